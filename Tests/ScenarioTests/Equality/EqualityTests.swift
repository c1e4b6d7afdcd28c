import Foundation
import Seeds
import Testing

/// Incremental runs against clean ones, with random pipelines and edits.
///
/// `PIPEWRIGHT_SEEDS=5000` tries more of them, `PIPEWRIGHT_SEEDS=17-17` one again, and
/// `PIPEWRIGHT_TOOL` names another build of the tool.
@Suite("Equality") struct EqualityTests {
  private static let doors = Turnstile(2)

  @Test(
    "After any edits a run leaves what a clean run makes, and one more does nothing",
    arguments: Seeds.asked(or: 80))
  func inThisProcess(_ seed: UInt64) async throws {
    try await EqualityTests.doors.pass {
      try await play(seed) { EngineWorkplace(directory: $0, home: $1, store: $2) }
    }
  }

  @Test("The tool does so, too, also when it was killed", arguments: Seeds.asked(or: 4))
  func withTheTool(_ seed: UInt64) async throws {
    let tool = try #require(Fixtures.tool)
    try await Fixtures.turnstile.pass {
      try await play(seed) { ToolWorkplace(directory: $0, tool: tool, home: $1, store: $2) }
    }
  }

  private func play(_ seed: UInt64, make: (URL, URL, URL?) -> any Workplace) async throws {
    var trial = try EqualityTrial(seed: seed, make: make)
    let problem = try await trial.play(rounds: Seeds.areAsked ? 8 : 3)
    let diary = trial.diary.joined(separator: "\n")
    #expect(
      problem == nil,
      "PIPEWRIGHT_SEEDS=\(seed)-\(seed)\n\(trial.manifest.text)\n\(diary)\n\(problem ?? "")")
  }
}
