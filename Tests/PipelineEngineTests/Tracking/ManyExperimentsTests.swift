import GRDB
import PipelineModel
import Testing

@testable import PipelineEngine

@Suite("Many experiments") struct ManyExperimentsTests {
  /// A history of that many experiments, in a directory that goes with the scratch.
  private func history(_ count: Int, in scratch: ScratchDirectory) throws -> History {
    let history = try History(
      opening: scratch.directory.path.appending("history.db"), warnings: Warnings())
    try history.write { try $0.execute(sql: ManyExperiments.sql(count: count)) }
    return history
  }

  @Test("Of all experiments those with the highest metric are found")
  func rows() throws {
    let scratch = try ScratchDirectory()
    let history = try history(2_000, in: scratch)
    let entries = try history.experiments()
    let names = TrackedNames(
      fixed: ExperimentRow.names, parameters: try history.parameterNames(),
      metrics: try history.metricNames())
    let inquiry = Inquiry(
      condition: try Condition.read("tag = nightly and train.p3 < 0.5 and outcome = succeeded"),
      order: "-step7.scores.m1", limit: 3, columns: ["name", "step7.scores.m1"])
    let resolved = try ResolvedInquiry(inquiry, names: names, standard: [])
    let rows = try history.rows(of: entries, resolved)
    let numbers = rows.compactMap { $0.metrics["step7.scores.m1"]?.number }
    #expect(entries.count == 2_000)
    #expect(numbers.count == 3 && numbers == numbers.sorted(by: >))
    // Counted by hand, as the SQL has them.
    let found = (1...2_000).filter { (id: Int) -> Bool in
      let isNightly = id % 3 == 0
      let isLow = id * 10 % 1_000 < 500
      return isNightly && isLow && id % 50 != 0
    }
    let all = found.map { (id: Int) -> Double in
      let run = id * 8 + 7
      return Double(run * 4 % 997) / 997
    }
    let best = all.sorted(by: >).prefix(3)
    #expect(numbers == Array(best))
  }

  @Test("A removed experiment leaves the runs that others point to, and nothing else")
  func removal() throws {
    let scratch = try ScratchDirectory()
    let history = try history(20, in: scratch)
    let removed = try history.remove([
      history.experiment(written: "sunny-spring-1"), history.experiment(written: "latest"),
    ])
    #expect(removed.map(\.removedRuns) == [3, 3])
    #expect(removed.map(\.keptRuns) == [5, 0])
    #expect(try history.experiments().count == 18)
    let left = try history.read { db in
      try [
        "SELECT count(*) FROM run WHERE experiment_id IS NULL", "SELECT count(*) FROM step",
        "SELECT count(*) FROM metric", "SELECT count(*) FROM experiment_parameter",
      ].map { try Int.fetchOne(db, sql: $0) ?? -1 }
    }
    #expect(left == [5, 18 * 8, (18 * 3 + 5) * 5, 18 * 10])
  }

  @Test(
    "What says that it goes on is killed if nobody is at work in its workspace",
    arguments: [(true, "running"), (false, "killed")])
  func killed(isUnderWay: Bool, outcome: String) throws {
    let scratch = try ScratchDirectory()
    let history = try history(3, in: scratch)
    try history.write { try $0.execute(sql: "UPDATE experiment SET outcome = 'running'") }
    try history.write {
      try $0.execute(sql: "UPDATE experiment SET workspace = 'other' WHERE id = 2")
    }
    var entries = try history.experiments()
    try history.noteKilled(&entries, workspace: "workspace") { isUnderWay }
    #expect(entries.map(\.outcome.rawValue) == [outcome, "running", outcome])
  }
}
