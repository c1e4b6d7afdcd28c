import Testing

@testable import PipelineModel

@Suite("The report of a gate") struct GateReportTests {
  static func report(
    _ candidate: [String: Double], _ incumbent: [String: Double]?, asksNothing: Bool = false
  ) throws -> GateReport {
    let accuracy = try GateTests.metric("evaluate.scores.accuracy")
    let loss = try GateTests.metric("train.result.loss")
    let gate =
      asksNothing
      ? Gate()
      : Gate(
        better: Better(metric: accuracy, goal: .maximize, by: 0.001),
        require: [
          Threshold(metric: accuracy, comparison: .atLeast, number: 0.9),
          Threshold(metric: loss, comparison: .below, number: 1),
        ])
    let decision = gate.decide(
      candidate: try GateTests.values(candidate), incumbent: try incumbent.map(GateTests.values))
    return GateReport(
      candidate: "classifier:v5", incumbent: incumbent == nil ? nil : "classifier:v3",
      alias: "production", decision: decision)
  }

  static let good = ["evaluate.scores.accuracy": 0.951234, "train.result.loss": 0.25]

  static let cases: [(candidate: [String: Double], incumbent: [String: Double]?, lines: [String])] =
    [
      (
        good, ["evaluate.scores.accuracy": 0.94],
        [
          "classifier:v5 may be production instead of classifier:v3",
          "  passed   evaluate.scores.accuracy  0.94 → 0.9512, higher by more than 0.001",
          "  passed   evaluate.scores.accuracy  0.9512 >= 0.9",
          "  passed   train.result.loss         0.25 < 1",
        ]
      ),
      (
        ["evaluate.scores.accuracy": 0.89999999], ["evaluate.scores.accuracy": 0.9],
        [
          "classifier:v5 is not to be production instead of classifier:v3",
          "  refused  evaluate.scores.accuracy  0.9 → 0.89999999, not higher by more than 0.001",
          "  refused  evaluate.scores.accuracy  0.89999999, not >= 0.9",
          "  refused  train.result.loss         was not measured, and < 1 is asked for",
        ]
      ),
      (
        ["evaluate.scores.accuracy": .nan, "train.result.loss": .infinity], nil,
        [
          "classifier:v5 is not to be production",
          "  refused  evaluate.scores.accuracy  is not a number, and higher by more than 0.001"
            + " is asked for",
          "  refused  evaluate.scores.accuracy  is not a number, and >= 0.9 is asked for",
          "  refused  train.result.loss         Infinity, not < 1",
        ]
      ),
      (
        good, nil,
        [
          "classifier:v5 may be production",
          "  passed   evaluate.scores.accuracy  0.9512, with no version to be better than",
          "  passed   evaluate.scores.accuracy  0.9512 >= 0.9",
          "  passed   train.result.loss         0.25 < 1",
        ]
      ),
      (
        good, [:],
        [
          "classifier:v5 may be production instead of classifier:v3",
          "  passed   evaluate.scores.accuracy  0.9512, and that of the version before is"
            + " not measured",
          "  passed   evaluate.scores.accuracy  0.9512 >= 0.9",
          "  passed   train.result.loss         0.25 < 1",
        ]
      ),
    ]

  @Test("Each check has its line", arguments: cases.indices)
  func lines(_ index: Int) throws {
    let (candidate, incumbent, lines) = GateReportTests.cases[index]
    #expect(try GateReportTests.report(candidate, incumbent).lines.map(\.text) == lines)
  }

  @Test("A gate that asks for nothing says so")
  func nothing() throws {
    let report = try GateReportTests.report([:], nil, asksNothing: true)
    #expect(
      report.lines.map(\.text) == ["classifier:v5 may be production", "  nothing is asked of it"])
    #expect(report.markdown == "**classifier:v5 may be production**\n\nNothing is asked of it.\n")
  }

  @Test("JSON has numbers as they are, and texts for what is none")
  func json() throws {
    let candidate = ["evaluate.scores.accuracy": Double.nan]
    let report = try GateReportTests.report(candidate, ["evaluate.scores.accuracy": 0.951234])
    #expect(
      JSON.text(report.json) == """
        {"candidate":"classifier:v5","incumbent":"classifier:v3","alias":"production",\
        "passed":false,"checks":[\
        {"metric":"evaluate.scores.accuracy","verdict":"not-a-number","passed":false,\
        "candidate":"NaN","incumbent":0.951234,"goal":"maximize","by":0.001},\
        {"metric":"evaluate.scores.accuracy","verdict":"not-a-number","passed":false,\
        "candidate":"NaN","incumbent":0.951234,"comparison":">=","number":0.9},\
        {"metric":"train.result.loss","verdict":"missing","passed":false,\
        "candidate":null,"incumbent":null,"comparison":"<","number":1}]}
        """)
  }

  @Test("Markdown is a table")
  func markdown() throws {
    let candidate = ["evaluate.scores.accuracy": 0.85]
    let report = try GateReportTests.report(candidate, ["evaluate.scores.accuracy": 0.9])
    #expect(
      report.markdown == """
        **classifier:v5 is not to be production instead of classifier:v3**

        | metric | classifier:v3 | classifier:v5 | asked for | |
        | :-- | --: | --: | :-- | :-- |
        | evaluate.scores.accuracy | 0.9 | 0.85 | higher by more than 0.001 | **refused** |
        | evaluate.scores.accuracy | 0.9 | 0.85 | &gt;= 0.9 | **refused** |
        | train.result.loss |  | not measured | &lt; 1 | **refused** |

        """)
  }
}
