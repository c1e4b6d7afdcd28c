import Foundation
import Testing

/// What was run, which is best, what made it, and what may go into production: asked of the
/// Penguins. In the suite of the plugin, whose copy of them it uses.
extension PluginTests {
  @Test("Of three rates the best is found, compared, promoted and traced; a worse one is refused")
  func promotes() async throws {
    try await penguins.untouched()
    let sweep = try await said("run --sweep train.rate=0.1,0.2,0.4 --experiment rates")
    #expect(sweep.contains("best: rates.3 (rate=0.4)"), "\(sweep)")

    let best = try await said("experiments best --metric scores.loss")
    #expect(best.contains("rates.3  evaluate.scores.loss 0.0316, the lowest of"), "\(best)")
    #expect(best.contains("next: rates.2, 0.0171 behind"), "\(best)")

    let comparison = try await said("experiments compare rates.2 rates.3")
    #expect(comparison.contains("train.rate  0.2      0.4"), "\(comparison)")
    #expect(comparison.contains("0.0316 (-0.0171 better)"), "\(comparison)")
    #expect(!comparison.contains("segregate.train"), "what is equal is no difference")

    let promotion = try await said("run --promote production -P train.rate=0.4")
    #expect(promotion.contains("penguin-classifier@production is v"), "\(promotion)")
    let lineage = try await said("artifacts lineage penguin-classifier@production --up")
    for expected in [
      "made by rates.3/train", "parameter train.rate = 0.4", "component Train  ",
      "component Segregate  ", "component Clean  ", "component Fetch  ",
      "data Data/penguins-raw.csv  ",
    ] {
      #expect(lineage.contains(expected), "\(expected) is not in \(lineage)")
    }
    // A copy of the sources that no git knows has none.
    let commit = try await penguins.shell("git rev-parse --verify -q HEAD")
    if commit.code == 0 {
      #expect(lineage.contains("commit \(commit.output.prefix(12))"), "\(lineage)")
    }

    // The tool itself ends with 4, as the scenario `promotion` shows; SwiftPM has only 0 and 1.
    let worse = try await penguins.run(["run", "--promote", "production"])
    #expect(worse.code == 1, "\(worse.output)")
    #expect(worse.output.contains("refused  evaluate.scores.loss"), "\(worse.output)")
    #expect(worse.output.contains("was not promoted to production"), "\(worse.output)")
    let still = try await said("artifacts lineage penguin-classifier@production --up --depth 1")
    #expect(still.contains("parameter train.rate = 0.4"), "\(still)")
    await penguins.remove("server")
    await penguins.remove("Models/registry.jsonl")
  }

  @Test("Other code that makes the same model makes no new version, but is known to have made it")
  func sameModel() async throws {
    try await penguins.ready()
    let before = try await said("artifacts list train.model")
    try await penguins.edit(
      "Sources/Train/Train.swift", "print(\"best epoch", to: "print(\"the best epoch is")
    let run = try await penguins.run(["run", "--experiment", "other-code"])
    #expect(run.steps("ran") == ["train"], "\(run.output)")
    #expect(run.steps("kept").count == 7, "\(run.output)")
    let after = try await said("artifacts list train.model")
    let counts = [before, after].map { $0.matches(of: /train\.model:v\d/).count }
    #expect(counts[0] > 0 && counts[0] == counts[1], "\(after)")
    let version = try await said("artifacts show train.model")
    #expect(version.contains("made by "), "\(version)")
    #expect(version.contains("also written by  other-code/train"), "\(version)")
  }

  /// What a verb prints that is to succeed.
  private func said(_ words: String) async throws -> String {
    let ended = try await penguins.shell(
      "PENGUINS_SERVER=\"$PWD/server\" swift package run-pipeline \(words)")
    try #require(ended.code == 0, "\(ended.output)")
    return ended.output
  }
}
