import Foundation
import Testing

/// One copy of `Fixtures/Penguins` for all tests of the plugin, beside this package's own build.
///
/// What was built stays from one time to the next, since the tool for release takes minutes: in
/// `tool`, where no component has ever been compiled, and which every copy of `.build` is made of.
actor Penguins {
  static let shared = Penguins()

  /// What `swift package run-pipeline …` came to.
  struct Run: Sendable {
    let code: Int32
    let output: String
    /// By step; empty where there was no report.
    let endings: [String: String]

    /// Steps that ended so, sorted.
    func steps(_ ending: String) -> [String] {
      endings.filter { $0.value == ending }.map(\.key).sorted()
    }
  }

  let folder = Fixtures.package.appending(path: ".build/fixtures/Penguins")
  private let tool = Fixtures.package.appending(path: ".build/fixtures/tool")
  private var isReady = false
  private let files = FileManager.default

  static let parts = [
    "Package.swift", "Package.resolved", "pipeline.yaml", "Sources", "Tests", "Checks",
    "Data/penguins-raw.csv", "Data/penguins-2007.csv",
  ]

  /// The package as it is in the repository, and all of its steps fresh.
  ///
  /// - Returns: what it took.
  @discardableResult
  func ready() async throws -> Run {
    if !isReady {
      try? files.removeItem(at: folder)
      try files.createDirectory(
        at: folder.appending(path: "Data"), withIntermediateDirectories: true)
      try await restoreParts()
      try await buildTool()
      isReady = true
    }
    try await restoreParts()
    let run = try await run([])
    try #require(run.code == 0, "\(run.output)")
    return run
  }

  /// As `ready`, but nothing has ever been executed here.
  func untouched() async throws {
    try await ready()
    for name in [".pipeline", "Models", "Reports"] {
      try? files.removeItem(at: folder.appending(path: name))
    }
  }

  /// Takes away what was compiled, all but the tool itself.
  func forgetComponents() async throws {
    try files.removeItem(at: folder.appending(path: ".build"))
    try await shell("cp -a '\(tool.path)' '\(folder.path)/.build'")
  }

  private func buildTool() async throws {
    if files.fileExists(atPath: tool.path) {
      try await shell("cp -a '\(tool.path)' '\(folder.path)/.build'")
    }
    let run = try await run(["validate"])
    try #require(run.code == 0, "\(run.output)")
    try await shell("rm -rf '\(tool.path)'; cp -a '\(folder.path)/.build' '\(tool.path)'")
  }

  /// Copies what differs, so that what does not keeps its time, and nothing compiles for nothing.
  private func restoreParts() async throws {
    let origin = Fixtures.package.appending(path: "Fixtures/Penguins").path
    let package = Fixtures.package.path
    for part in Penguins.parts {
      let rule = "s|path: \"../..\"|path: \"\(package)\"|"
      try await shell(
        """
        cd '\(origin)' && find \(part) -type f | while read -r file; do
          mkdir -p '\(folder.path)'/"$(dirname "$file")"
          sed '\(rule)' "$file" | cmp -s - '\(folder.path)'/"$file" ||
            sed '\(rule)' "$file" > '\(folder.path)'/"$file"
        done
        """)
    }
  }

  @discardableResult
  func shell(_ line: String) async throws -> Program.Ended {
    let output = files.temporaryDirectory.appending(path: "penguins-\(UUID().uuidString)")
    defer { try? files.removeItem(at: output) }
    let directory = files.fileExists(atPath: folder.path) ? folder : Fixtures.package
    return try await Program(
      ["sh", "-c", line], in: directory, environment: Penguins.environment, output: output
    ).ended(within: 600)
  }

  func run(_ arguments: [String]) async throws -> Run {
    let report = folder.appending(path: "report.json")
    try? files.removeItem(at: report)
    let isRun = arguments.first.map { $0 == "run" || $0.hasPrefix("-") } ?? true
    let words = arguments + (isRun ? ["--report", "report.json"] : [])
    let line = words.map { "'\($0)'" }.joined(separator: " ")
    let ended = try await shell("swift package run-pipeline \(line)")
    var endings: [String: String] = [:]
    if let data = files.contents(atPath: report.path),
      let read = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    {
      for step in read["steps"] as? [[String: Any]] ?? [] {
        endings[step["name"] as? String ?? ""] = step["ending"] as? String
      }
    }
    return Run(code: ended.code, output: ended.output, endings: endings)
  }

  /// Whether SwiftPM plans a build of the tool for a run, which has to succeed.
  func asksForTheTool() async throws -> Bool {
    let plan = folder.appending(path: ".build/release/description.json").path
    let before = try files.attributesOfItem(atPath: plan)[.modificationDate] as? Date
    let run = try await run([])
    try #require(run.code == 0, "\(run.output)")
    return try files.attributesOfItem(atPath: plan)[.modificationDate] as? Date != before
  }

  /// The same once all changes are so old that a later one could not have their time, and a run has
  /// noted them.
  func settledRunAsksForTheTool() async throws -> Bool {
    try await Task.sleep(for: .seconds(3))
    _ = try await asksForTheTool()
    return try await asksForTheTool()
  }

  /// Starts `swift package run-pipeline`, and does not wait.
  func start(_ arguments: [String]) throws -> Program {
    try Program(
      ["swift", "package", "run-pipeline"] + arguments, in: folder,
      environment: Penguins.environment, output: folder.appending(path: ".output"))
  }

  /// Replaces the first occurrence of a text.
  func edit(_ path: String, _ text: String, to other: String) throws {
    let file = folder.appending(path: path)
    let before = try String(contentsOf: file, encoding: .utf8)
    try #require(before.contains(text))
    try Data(before.replacing(text, with: other, maxReplacements: 1).utf8).write(to: file)
  }

  func append(_ path: String, _ text: String) throws {
    let file = folder.appending(path: path)
    let before = try String(contentsOf: file, encoding: .utf8)
    try Data((before + text).utf8).write(to: file)
  }

  func exists(_ path: String) -> Bool {
    files.fileExists(atPath: folder.appending(path: path).path)
  }

  func remove(_ path: String) {
    try? files.removeItem(at: folder.appending(path: path))
  }

  /// That of whoever started the tests, less what belongs to them.
  static let environment = ProcessInfo.processInfo.environment.filter { name, _ in
    !["CI", "RECORD", "LD_LIBRARY_PATH"].contains(name) && !name.hasPrefix("GITHUB_")
      && !name.hasPrefix("SWIFT") && !name.hasPrefix("PIPE")
  }
}
