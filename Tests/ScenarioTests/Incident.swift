import Foundation
import Testing

/// Something that happens to a fresh workspace, and all that has to be seen of it.
struct Incident: Sendable, CustomTestStringConvertible {
  let testDescription: String
  /// What stands below `steps:` in the manifest.
  let steps: String
  /// For the shell, with the verbs of the scenarios.
  let script: String
  /// What it prints, as a transcript has it; `…` is anything within a line.
  let expected: String

  init(_ description: String, steps: String, script: String, expected: String) {
    testDescription = description
    self.steps = steps
    self.script = script
    self.expected = expected
  }

  /// Lets it happen, and tells what is not seen as it was expected.
  func check() async throws {
    let tool = try #require(Fixtures.tool)
    let printed = try await Fixtures.turnstile.pass {
      let stage = try Stage(nil, tool: tool)
      let lines = steps.split(separator: "\n", omittingEmptySubsequences: false)
      let manifest = "project: p\nsteps:\n" + lines.map { "  \($0)\n" }.joined()
      try Data(manifest.utf8).write(to: stage.workspace.appending(path: "pipeline.yaml"))
      let printed = try await stage.play(script)
      await stage.clear()
      return printed
    }
    let wanted = expected.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let isSame =
      printed.count == wanted.count
      && zip(printed, wanted).allSatisfy { Incident.is($0, as: $1) }
    if !isSame {
      Issue.record("--- expected\n\(expected)\n--- printed\n\(printed.joined(separator: "\n"))")
    }
  }

  private static func `is`(_ line: String, as pattern: String) -> Bool {
    let parts = pattern.split(separator: "…", omittingEmptySubsequences: false)
    guard let first = parts.first, let last = parts.last, line.hasPrefix(first) else {
      return false
    }
    if parts.count == 1 { return line == pattern }
    var rest = line.dropFirst(first.count)
    for part in parts.dropFirst().dropLast() {
      guard let found = rest.range(of: part) else { return false }
      rest = rest[found.upperBound...]
    }
    return rest.hasSuffix(last)
  }
}
