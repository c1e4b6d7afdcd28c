import Testing

@testable import PipelineModel

@Suite("The report of status") struct StatusReportTests {
  static func report() throws -> StatusReport {
    let fingerprint = Fingerprint([])
    let result = Result(
      key: fingerprint.key, step: try stepName("fetch"), fingerprint: fingerprint, outputs: [],
      log: nil, metrics: nil, workspace: "w", finished: 0, usage: Usage())
    return StatusReport(
      project: "penguins",
      rows: [
        .init(name: try stepName("fetch"), verdict: .kept(result)),
        .init(
          name: try stepName("clean"), verdict: .restorable(result, [.outputMissing("clean.csv")])),
        .init(
          name: try stepName("train@seed=1"),
          verdict: .stale([
            .changed(
              from: Field(.parameter, "train.rate", value: "0.1"),
              to: Field(.parameter, "train.rate", value: "0.01")),
            .added(Field(.source, "x.py", value: digest("aa").description)),
          ])),
        .init(
          name: try stepName("report"),
          verdict: .undecided(try ["train@seed=1", "b", "c", "d", "e"].map(stepName))),
        .init(name: try stepName("labels"), verdict: .stale([.firstRun]), isFrozen: true),
      ])
  }

  @Test("Each step has its word, and reasons below it")
  func lines() throws {
    #expect(
      try StatusReportTests.report().lines.map(\.text) == [
        "fresh      fetch",
        "restore    clean",
        "             output clean.csv is missing",
        "stale      train@seed=1",
        "             parameter train.rate changed: 0.1 → 0.01",
        "             source x.py added",
        "undecided  report  waits for train@seed=1, b, c and 2 more",
        "frozen     labels",
        "",
        "5 steps: 1 fresh, 1 to restore, 1 stale, 1 undecided, 1 frozen",
      ])
    #expect(StatusReport(project: "p", rows: []).lines.map(\.text) == ["no steps"])
  }

  @Test("JSON has verdicts, reasons and what is waited for")
  func json() throws {
    let report = try StatusReportTests.report()
    let steps = try #require(report.json["steps"]?.list)
    #expect(report.json["schema"] == .number("1"))
    #expect(
      steps.compactMap { $0["verdict"]?.text }
        == ["fresh", "restorable", "stale", "undecided", "frozen"])
    #expect(steps.compactMap { $0["reasons"]?.list?.count } == [0, 1, 2, 0, 0])
    #expect(
      JSON.text(steps[3])
        == #"{"name":"report","verdict":"undecided","reasons":[],"#
        + #""waitsFor":["train@seed=1","b","c","d","e"]}"#)
  }

  @Test("Sources are listed with why they count")
  func sources() throws {
    let report = SourcesReport(
      project: "penguins",
      rows: [
        .init(
          step: try stepName("check"),
          sources: [
            .init(name: "Scripts/lib/a.py", origin: .explicit),
            .init(name: "Scripts/check.py", origin: .implicit, digest: digest("aa")),
          ]),
        .init(step: try stepName("list"), sources: []),
        .init(step: try stepName("train"), sources: [.init(name: "Train", origin: .component)]),
      ])
    #expect(
      report.lines.map(\.text) == [
        "check",
        "  explicit   Scripts/lib/a.py",
        "  implicit   Scripts/check.py  aa000000",
        "list",
        "  no file counts: only the command itself",
        "train",
        "  component  Train",
      ])
    #expect(
      JSON.text(report.json["steps"]?.list?.last ?? .null)
        == #"{"name":"train","sources":[{"name":"Train","origin":"component","digest":null}]}"#)
  }
}
