import Foundation
import PipelineEngine
import PipelineModel
import Testing

/// Plays the manifests whose mistakes only show once everything is bound.
@Suite("Graph fixtures") struct GraphFixtureTests {
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func files(in path: String, _ ending: String) -> [URL] {
    let found = try? FileManager.default.contentsOfDirectory(
      at: folder.appending(path: path).resolvingSymlinksInPath(), includingPropertiesForKeys: nil)
    return (found ?? []).filter { $0.pathExtension == ending }
      .sorted { $0.lastPathComponent < $1.lastPathComponent }
  }

  static var manifests: [URL] { files(in: "Fixtures/manifests/rejected/graph", "yaml") }

  @Test("A rejected manifest is rejected in these words", arguments: manifests)
  func rejected(_ manifest: URL) throws {
    let bound = BoundText(try String(contentsOf: manifest, encoding: .utf8))
    let expected = manifest.deletingPathExtension().appendingPathExtension("txt")
    if ProcessInfo.processInfo.environment["RECORD"] == "1" {
      try Data(bound.transcript.utf8).write(to: expected)
    }
    #expect(bound.transcript == (try String(contentsOf: expected, encoding: .utf8)))
    #expect(bound.pipeline == nil)
    // `no-writer.model.yaml` is one more fixture of `no-writer`.
    let code = manifest.lastPathComponent.prefix { $0 != "." }
    #expect(bound.problems.contains { $0.code == code })
  }

  @Test("Every code of the graph has a fixture")
  func complete() throws {
    var codes: Set<String> = []
    for source in GraphFixtureTests.files(in: "Sources/PipelineModel/Graph", "swift") {
      let text = try String(contentsOf: source, encoding: .utf8)
      for found in text.matches(of: /Diagnostic\(\s*"([a-z]+(?:-[a-z]+)*)"/) {
        codes.insert(String(found.1))
      }
    }
    #expect(codes.count > 15)
    let played = Set(
      GraphFixtureTests.manifests.map { String($0.lastPathComponent.prefix { $0 != "." }) })
    // Whether a file is there is no matter of the text; `PreflightTests` ask for these.
    #expect(codes.subtracting(played).sorted() == ["missing-input", "missing-source"])
  }
}
