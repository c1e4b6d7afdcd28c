import Foundation
import Testing

/// The manifests of `Fixtures/manifests`, as the real tool meets them.
@Suite("Manifests and the tool") struct ManifestTests {
  static let folder = Fixtures.package.appending(path: "Fixtures/manifests")

  static func manifests(in names: String...) -> [String] {
    names.flatMap { name in
      Fixtures.list(folder.appending(path: name)).filter { $0.pathExtension == "yaml" }
        .map { "\(name)/\($0.lastPathComponent)" }
    }
  }

  /// What the tool says to a manifest in a directory where nothing else is.
  private func validate(
    _ manifest: String, and look: @Sendable (Stage) throws -> Void = { _ in }
  ) async throws -> Program.Ended {
    let tool = try #require(Fixtures.tool)
    return try await Fixtures.turnstile.pass {
      let stage = try Stage(nil, tool: tool)
      try FileManager.default.copyItem(
        at: ManifestTests.folder.appending(path: manifest),
        to: stage.workspace.appending(path: "pipeline.yaml"))
      let ended = try await stage.execute("pipewright validate && pipewright run --dry-run")
      try look(stage)
      await stage.clear()
      return ended
    }
  }

  @Test(
    "A rejected manifest ends the tool with 2, and nothing is written",
    arguments: manifests(in: "rejected/form", "rejected/graph"))
  func rejected(_ manifest: String) async throws {
    let ended = try await validate(manifest) { stage in
      let left = try FileManager.default.contentsOfDirectory(atPath: stage.workspace.path)
      #expect(left == ["pipeline.yaml"])
    }
    #expect(ended.code == 2, "\(ended.output)")
    #expect(ended.output.contains("nothing was executed"), "\(ended.output)")
    let code = manifest.split(separator: "/").last?.prefix { $0 != "." } ?? ""
    if code != "ten-mistakes" { #expect(ended.output.contains("[\(code)]"), "\(ended.output)") }
  }

  @Test(
    "Of an accepted manifest only what else there should be is missing",
    arguments: manifests(in: "accepted"))
  func accepted(_ manifest: String) async throws {
    let ended = try await validate(manifest)
    let codes = ended.output.matches(of: /error: .* \[([a-z-]+)\]/).map { String($0.1) }
    let absent: Set = [
      "missing-input", "missing-source", "missing-parameters", "missing-secret", "frozen-missing",
      "no-package", "unknown-step", "unknown-parameter",
    ]
    #expect(Set(codes).subtracting(absent).isEmpty, "\(ended.output)")
    #expect(ended.code == (codes.isEmpty ? 0 : 2), "\(ended.output)")
  }
}
