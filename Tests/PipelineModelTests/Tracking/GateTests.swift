import Testing

@testable import PipelineModel

/// Which versions may be promoted.
@Suite("The gate") struct GateTests {
  static let accuracy = "evaluate.scores.accuracy"

  static func metric(_ text: String) throws -> MetricName { try #require(MetricName(text)) }

  static func values(_ values: [String: Double]) throws -> [MetricName: Double] {
    try Dictionary(uniqueKeysWithValues: values.map { (try metric($0.key), $0.value) })
  }

  struct BetterCase: Sendable {
    var goal = Goal.maximize
    var by = 0.0
    var candidate: Double?
    /// Nil where it was not measured.
    var incumbent: Double?
    var hasIncumbent = true
    var verdict: Gate.Verdict
  }

  static let pairs = [
    BetterCase(candidate: 0.9, incumbent: 0.8, verdict: .better),
    BetterCase(candidate: 0.8, incumbent: 0.9, verdict: .notBetter),
    BetterCase(candidate: 0.9, incumbent: 0.9, verdict: .notBetter),
    BetterCase(candidate: 0.9.nextUp, incumbent: 0.9, verdict: .better),
    BetterCase(goal: .minimize, candidate: 0.8, incumbent: 0.9, verdict: .better),
    BetterCase(goal: .minimize, candidate: 0.9, incumbent: 0.8, verdict: .notBetter),
    BetterCase(goal: .minimize, candidate: 0, incumbent: -0.0, verdict: .notBetter),
    BetterCase(goal: .minimize, candidate: -1, incumbent: 1, verdict: .better),
    BetterCase(by: 0.1, candidate: 0.85, incumbent: 0.7, verdict: .better),
    // The difference in floating point is more than 0.1.
    BetterCase(by: 0.1, candidate: 0.8, incumbent: 0.7, verdict: .notBetter),
    BetterCase(by: 0.1, candidate: 0.75, incumbent: 0.7, verdict: .notBetter),
    BetterCase(by: 0.1, candidate: 0.5, incumbent: 0.7, verdict: .notBetter),
    BetterCase(goal: .minimize, by: 0.1, candidate: 0.5, incumbent: 0.7, verdict: .better),
    BetterCase(goal: .minimize, by: 0.1, candidate: 0.7, incumbent: 0.8, verdict: .notBetter),
    BetterCase(candidate: nil, incumbent: 0.5, verdict: .missing),
    BetterCase(candidate: nil, incumbent: nil, verdict: .missing),
    BetterCase(candidate: nil, incumbent: nil, hasIncumbent: false, verdict: .missing),
    BetterCase(candidate: .nan, incumbent: 0.5, verdict: .notANumber),
    BetterCase(candidate: .nan, incumbent: .nan, verdict: .notANumber),
    BetterCase(candidate: .nan, incumbent: nil, hasIncumbent: false, verdict: .notANumber),
    BetterCase(candidate: 0.1, incumbent: nil, verdict: .incumbentUnmeasured),
    BetterCase(candidate: 0.1, incumbent: .nan, verdict: .incumbentUnmeasured),
    BetterCase(candidate: 0.1, incumbent: nil, hasIncumbent: false, verdict: .noIncumbent),
    BetterCase(candidate: .infinity, incumbent: 1, verdict: .better),
    BetterCase(by: 0.1, candidate: .infinity, incumbent: .infinity, verdict: .notBetter),
    BetterCase(goal: .minimize, by: 1, candidate: .infinity, incumbent: 1, verdict: .notBetter),
    BetterCase(goal: .minimize, by: 1, candidate: 1, incumbent: .infinity, verdict: .better),
  ]

  @Test("What is better passes", arguments: pairs)
  func isBetter(_ c: BetterCase) throws {
    let name = try GateTests.metric(GateTests.accuracy)
    let gate = Gate(better: Better(metric: name, goal: c.goal, by: c.by))
    let incumbent: [MetricName: Double] = c.incumbent.map { [name: $0] } ?? [:]
    let decision = gate.decide(
      candidate: c.candidate.map { [name: $0] } ?? [:], incumbent: c.hasIncumbent ? incumbent : nil)
    #expect(decision.checks.map(\.verdict) == [c.verdict])
    #expect(decision.isPassed == c.verdict.passes)
  }

  static let thresholds: [(sign: Comparison, number: Double, value: Double?, Gate.Verdict)] = [
    (.atLeast, 0.9, 0.9, .fulfilled), (.atLeast, 0.9, 0.8, .notFulfilled),
    (.above, 0.9, 0.9, .notFulfilled), (.above, 0.9, 0.91, .fulfilled),
    (.atMost, 2, 2, .fulfilled), (.atMost, 2, 2.5, .notFulfilled),
    (.below, 2, 2, .notFulfilled), (.below, 2, -3, .fulfilled),
    (.atLeast, 0, nil, .missing), (.below, 2, .nan, .notANumber),
    (.atMost, 2, .infinity, .notFulfilled), (.below, 2, -.infinity, .fulfilled),
  ]

  @Test("What is required is judged without any incumbent", arguments: thresholds.indices)
  func threshold(_ index: Int) throws {
    let (sign, number, value, verdict) = GateTests.thresholds[index]
    let name = try GateTests.metric(GateTests.accuracy)
    let gate = Gate(require: [Threshold(metric: name, comparison: sign, number: number)])
    for incumbent: [MetricName: Double]? in [nil, [:], [name: 1]] {
      let decision = gate.decide(candidate: value.map { [name: $0] } ?? [:], incumbent: incumbent)
      #expect(decision.checks.map(\.verdict) == [verdict])
      #expect(decision.isPassed == verdict.passes)
    }
  }

  @Test("One check that does not pass refuses, and all are told")
  func all() throws {
    let name = try GateTests.metric(GateTests.accuracy)
    let other = try GateTests.metric("evaluate.scores.loss")
    let gate = Gate(
      better: Better(metric: name, goal: .maximize),
      require: [
        Threshold(metric: other, comparison: .below, number: 1),
        Threshold(metric: name, comparison: .above, number: 0.5),
      ])
    let decision = gate.decide(candidate: [name: 0.9, other: 2], incumbent: [name: 0.8])
    #expect(!decision.isPassed)
    #expect(decision.checks.map(\.verdict) == [.better, .notFulfilled, .fulfilled])
    #expect(Gate().decide(candidate: [:], incumbent: nil).isPassed)
  }

  static let groups: [(values: [Double?], goal: Goal, best: Int?)] = [
    ([0.1, 0.3, 0.2], .maximize, 1), ([0.1, 0.3, 0.2], .minimize, 0),
    ([0.2, 0.3, 0.3], .maximize, 1), ([.nan, 0.1], .maximize, 1), ([0.1, .nan], .minimize, 0),
    ([nil, 0.1, nil], .minimize, 1), ([.nan, nil], .maximize, nil), ([], .maximize, nil),
    ([-.infinity, .nan, -5], .maximize, 2), ([0, -0.0], .minimize, 0),
  ]

  @Test("Of a group the best is taken, of equals the first", arguments: groups.indices)
  func best(_ index: Int) {
    let (values, goal, best) = GateTests.groups[index]
    let candidates = values.enumerated().map { (candidate: $0.offset, value: $0.element) }
    #expect(Gate.best(of: candidates, goal: goal) == best)
  }
}
