import Foundation
import PipelineEngine
import PipelineModel
import Testing

/// Plays the manifests of `Fixtures/manifests` whose mistakes can be told from their text.
@Suite("Manifest fixtures") struct ManifestFixtureTests {
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/manifests")

  static func manifests(in name: String) -> [URL] {
    let found = try? FileManager.default.contentsOfDirectory(
      at: folder.appending(path: name), includingPropertiesForKeys: nil)
    return (found ?? []).filter { $0.pathExtension == "yaml" }
      .sorted { $0.lastPathComponent < $1.lastPathComponent }
  }

  /// All that is wrong, as a terminal shows it, one blank line between.
  static func transcript(_ bytes: [UInt8]) -> (text: String, codes: [String]) {
    var sources = Sources()
    let index = sources.add(name: "pipeline.yaml", text: String(decoding: bytes, as: UTF8.self))
    var (syntax, problems) = YAMLReader.read(bytes, text: index)
    if let syntax { problems += ManifestReader.read(syntax).problems }
    let text = problems.map { $0.text(in: sources) + "\n" }.joined(separator: "\n")
    return (text, problems.map(\.code))
  }

  @Test("A rejected manifest is rejected in these words", arguments: manifests(in: "rejected/form"))
  func rejected(_ manifest: URL) throws {
    let (text, codes) = ManifestFixtureTests.transcript([UInt8](try Data(contentsOf: manifest)))
    let expected = manifest.deletingPathExtension().appendingPathExtension("txt")
    if ProcessInfo.processInfo.environment["RECORD"] == "1" {
      try Data(text.utf8).write(to: expected)
    }
    #expect(text == String(decoding: try Data(contentsOf: expected), as: UTF8.self))
    // `bad-yaml.tab.yaml` is one more fixture of `bad-yaml`.
    let code = manifest.lastPathComponent.prefix { $0 != "." }
    if code == "ten-mistakes" {
      #expect(codes.count == 10)
    } else {
      #expect(codes.contains(String(code)))
    }
  }

  @Test("An accepted manifest has no problem", arguments: manifests(in: "accepted"))
  func accepted(_ manifest: URL) throws {
    let (text, _) = ManifestFixtureTests.transcript([UInt8](try Data(contentsOf: manifest)))
    #expect(text == "")
  }

  @Test("A manifest cut off at any byte is read without a trap")
  func truncated() throws {
    for manifest in ManifestFixtureTests.manifests(in: "accepted") {
      let bytes = [UInt8](try Data(contentsOf: manifest))
      for count in bytes.indices { _ = ManifestFixtureTests.transcript(Array(bytes[..<count])) }
    }
  }
}
