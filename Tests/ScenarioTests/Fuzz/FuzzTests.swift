import Foundation
import Seeds
import Testing

/// All readers on random input, each in a process of its own: one that traps, hangs or takes all
/// memory is told of with its seed and ends nothing else.
///
/// `PIPEWRIGHT_SEEDS=100000` tries more. What fails names its seed, and
/// `swift run fuzz READING 17-17 --save FILE` plays that one again and keeps its input.
@Suite("Readers under fire") struct FuzzTests {
  /// So many inputs each, that all of them take a few seconds.
  static let counts: [String: UInt64] = [
    "manifest": 3_000, "parameters": 3_000, "sweep": 2_000, "json": 5_000, "metrics": 5_000,
    "registry": 4_000, "words": 2_000, "result": 2_000, "listing": 5_000, "index": 5_000,
    "bound": 5_000, "progress": 2_000, "output": 2_000, "executable": 3_000,
  ]

  @Test(
    "Whatever the bytes are, a reader ends, points into them, and writes what it read",
    arguments: counts.keys.sorted())
  func reading(_ name: String) async throws {
    let seeds = Seeds.asked(or: FuzzTests.counts[name] ?? 0)
    let words = [name, "\(seeds.lowerBound)-\(max(seeds.lowerBound, seeds.upperBound - 1))"]
    let ended = try await FuzzTests.fuzz(words)
    #expect(ended.code == 0, "\(ended.output)")
    #expect(ended.output.contains("nothing broken"))
  }

  @Test("Every reading is tried")
  func complete() async throws {
    let listed = try await FuzzTests.fuzz(["--list"]).output.split(separator: "\n").map(String.init)
    #expect(listed.sorted() == FuzzTests.counts.keys.sorted())
  }

  private static func fuzz(_ words: [String]) async throws -> Program.Ended {
    let tool = try #require(Fixtures.built("fuzz"))
    let folder = FileManager.default.temporaryDirectory.appending(path: "fuzz-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let corpus = Fixtures.package.appending(path: "Fixtures/Corpus").path
    let program = try Program(
      [tool.path] + words + (words == ["--list"] ? [] : ["--corpus", corpus]), in: folder,
      environment: ["PATH": "/usr/bin:/bin"], output: folder.appending(path: "printed"))
    return await Fixtures.turnstile.pass {
      await program.ended(within: Seeds.areAsked ? 86_400 : 600)
    }
  }
}
