import Testing

@testable import PipelineModel

/// A step's name that is known to be one.
func stepName(_ text: String) throws -> StepName { try #require(StepName(text)) }

@Suite("The report of a run") struct RunReportTests {
  static func report() throws -> RunReport {
    var clean = RunReport.Step(name: try stepName("clean"), ending: .ran, isRecorded: true)
    clean.reasons = [
      .changed(
        from: Field(.input, path: "raw.csv", value: digest("aa").description),
        to: Field(.input, path: "raw.csv", value: digest("bb").description))
    ]
    clean.key = ActionKey(digest: digest("cc"))
    clean.usage = Usage(seconds: 2.125, cpuSeconds: 1.5, peakMemoryBytes: 1_000_000)
    clean.outputs = [
      RunReport.Output(name: Name("clean"), path: "clean.csv", digest: digest("dd")),
      RunReport.Output(name: nil, path: "notes.txt", digest: digest("ee"), version: 3),
    ]
    clean.metrics = [("rows", .number("340"))]
    var train = RunReport.Step(
      name: try stepName("train@seed=1"), ending: .failed, isRecorded: false)
    train.reasons = [.firstRun]
    train.usage = Usage(seconds: 12)
    train.failure = RunReport.Failure(
      message: "exit code 1 <\"&\">", excerpt: ["50% | done", "```\u{1B}[0m"],
      log: ".pipeline/logs/1.txt", file: "a,b:pipeline.yaml", line: 7)
    let fetch = RunReport.Step(name: try stepName("fetch"), ending: .kept, isRecorded: true)
    let check = RunReport.Step(name: try stepName("check"), ending: .skipped, isRecorded: false)
    return RunReport(
      project: "penguins", experiment: "sunny-spring-21", outcome: .failed,
      started: 1_740_830_405_123_999_999, seconds: 14.2, steps: [fetch, clean, train, check])
  }

  @Test("Lines tell ending, name, reasons and time")
  func lines() throws {
    let lines = try RunReportTests.report().steps.map { $0.line.line(nameWidth: 12).text }
    #expect(
      lines == [
        "kept      fetch",
        "ran       clean         input raw.csv changed  2.1 s",
        "failed    train@seed=1  exit code 1 <\"&\">  12 s",
        "skipped   check",
      ])
    #expect(RunLine(name: "a", ending: .cancelled).line().text == "cancelled a")
    #expect(RunLine(name: "a", ending: .restored).line().text == "restored  a")
    #expect(try RunReportTests.report().summary == "1 kept, 1 ran, 1 failed, 1 skipped in 14 s")
  }

  @Test("Of many reasons a line has three, and says how many more there are")
  func manyReasons() {
    let reasons = (1...5).map { Reason.outputMissing(Path("o\($0)")) }
    #expect(
      RunLine.detail(of: reasons)
        == "output o1 is missing, output o2 is missing, output o3 is missing and 2 more")
  }

  @Test("JSON has the fields of schema 1")
  func json() throws {
    let report = try RunReportTests.report()
    #expect(
      JSON.text(report.json).split(separator: ",{\"name\"").map(String.init) == [
        #"{"schema":1,"project":"penguins","experiment":"sunny-spring-21","outcome":"failed","#
          + #""steps":[{"name":"fetch","ending":"kept","recorded":true,"reasons":[],"key":null,"#
          + #""seconds":null,"cpuSeconds":null,"peakMemoryBytes":null,"outputs":[],"metrics":{}}"#,
        #":"clean","ending":"ran","recorded":true,"reasons":[{"code":"input-changed","text":"#
          + #""input raw.csv changed: aa000000 → bb000000","path":"raw.csv","#
          + #""from":"\#(digest("aa"))","to":"\#(digest("bb"))"}],"key":"\#(digest("cc"))","#
          + #""seconds":2.125,"cpuSeconds":1.5,"peakMemoryBytes":1000000,"outputs":["#
          + #"{"name":"clean","path":"clean.csv","digest":"\#(digest("dd"))","version":null}"#,
        #":null,"path":"notes.txt","digest":"\#(digest("ee"))","version":3}],"#
          + #""metrics":{"rows":340}}"#,
        #":"train@seed=1","ending":"failed","recorded":false,"reasons":["#
          + #"{"code":"first-run","text":"first run"}],"key":null,"seconds":12,"cpuSeconds":0,"#
          + #""peakMemoryBytes":0,"outputs":[],"metrics":{}}"#,
        #":"check","ending":"skipped","recorded":false,"reasons":[],"key":null,"seconds":null,"#
          + #""cpuSeconds":null,"peakMemoryBytes":null,"outputs":[],"metrics":{}}]}"#,
      ])
  }

  @Test("JUnit has a case per step, and nothing that XML cannot say")
  func junit() throws {
    #expect(
      try RunReportTests.report().junit == """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="penguins" tests="4" failures="1" errors="0" skipped="1" time="14.2">
          <testsuite name="penguins" tests="4" failures="1" errors="0" skipped="1" time="14.2" \
        timestamp="2025-03-01T12:00:05">
            <testcase classname="penguins" name="fetch" time="0">
              <system-out>kept      fetch</system-out>
            </testcase>
            <testcase classname="penguins" name="clean" time="2.125">
              <system-out>ran       clean  input raw.csv changed  2.1 s</system-out>
            </testcase>
            <testcase classname="penguins" name="train@seed=1" time="12">
              <failure type="failed" message="exit code 1 &lt;&quot;&amp;&quot;&gt;">50% | done
        ```\u{FFFD}[0m
        log: .pipeline/logs/1.txt</failure>
              <system-out>failed    train@seed=1  exit code 1 &lt;&quot;&amp;&quot;&gt;  12 s\
        </system-out>
            </testcase>
            <testcase classname="penguins" name="check" time="0">
              <skipped message="skipped"/>
              <system-out>skipped   check</system-out>
            </testcase>
          </testsuite>
        </testsuites>

        """)
  }

  @Test("A failure that is allowed fails no test and is only a warning")
  func allowedFailure() throws {
    var report = try RunReportTests.report()
    report.steps[2].mayFail = true
    #expect(report.junit.contains("failures=\"0\" errors=\"0\" skipped=\"2\""))
    #expect(!report.junit.contains("<failure"))
    #expect(report.gitHubAnnotations.allSatisfy { $0.hasPrefix("::warning ") })
  }

  @Test("Annotations escape what would end a property or a line")
  func annotations() throws {
    #expect(
      try RunReportTests.report().gitHubAnnotations == [
        "::error file=a%2Cb%3Apipeline.yaml,line=7,title=step train@seed=1 failed::"
          + "exit code 1 <\"&\">%0A50%25 | done%0A```\u{FFFD}[0m"
      ])
  }

  @Test("More than ten failures end in a note")
  func manyAnnotations() throws {
    var report = try RunReportTests.report()
    report.steps = [RunReport.Step](repeating: report.steps[2], count: 13)
    let lines = report.gitHubAnnotations
    #expect(lines.count == 11)
    #expect(
      lines.last
        == "::notice title=Pipeline::3 more failed steps not shown here; the log has all")
  }

  @Test("The summary is a table and the logs of failures")
  func summary() throws {
    #expect(
      try RunReportTests.report().jobSummary == """
        ### Pipeline penguins: failed

        1 kept, 1 ran, 1 failed, 1 skipped in 14 s, experiment `sunny-spring-21`

        | step | ending | why | time |
        | :-- | :-- | :-- | --: |
        | fetch | kept |  |  |
        | clean | ran | input raw.csv changed | 2.1 s |
        | train\\@seed=1 | **failed** | exit code 1 &lt;"&amp;"&gt; | 12 s |
        | check | skipped |  |  |

        <details><summary>The log of train@seed=1</summary>

        ````text
        50% | done
        ```\u{FFFD}[0m
        ````

        </details>

        """)
  }

  @Test("What came of promotions is in JSON and in the summary, with what the gate has seen")
  func promotions() throws {
    var report = try RunReportTests.report()
    let gate = try GateReportTests.report(GateReportTests.good, nil)
    let cases: [(ending: PromotionEnding, json: String, sentence: String)] = [
      (
        PromotionEnding(model: "m", alias: "a", .moved(version: 3, from: nil), gate: gate),
        #""moved","version":3,"from":null,"gate":\#(JSON.text(gate.json))"#,
        "m@a is v3 now"
      ),
      (
        PromotionEnding(model: "m", alias: "a", .moved(version: 3, from: 2)),
        #""moved","version":3,"from":2,"gate":null"#, "m@a is v3 now, and was v2"
      ),
      (
        PromotionEnding(model: "m", alias: "a", .already(version: 2)),
        #""already","version":2,"gate":null"#, "m:v2 is a already"
      ),
      (
        PromotionEnding(model: "m", alias: "a", .refused, gate: gate),
        #""refused","gate":\#(JSON.text(gate.json))"#, "classifier:v5 was not promoted to a"
      ),
      (
        PromotionEnding(model: "m", alias: "a", .failed("no room")),
        #""failed","message":"no room","gate":null"#, "m@a is what it was: no room"
      ),
      (
        PromotionEnding(model: "m", alias: "a"), #""skipped","gate":null"#,
        "m@a is what it was: the run did not succeed"
      ),
    ]
    for (ending, json, sentence) in cases {
      #expect(JSON.text(ending.json) == #"{"model":"m","alias":"a","outcome":\#(json)}"#)
      #expect(ending.sentence == sentence)
    }
    report.promotions = cases.map(\.ending)
    #expect(JSON.text(report.json).contains(#"],"promotions":[{"model":"m","alias":"a","#))
    let summary = report.jobSummary
    #expect(summary.contains("\nm\\@a is v3 now\n\n\(gate.markdown)\n"))
    #expect(summary.contains("\n**m\\@a is what it was: no room**\n"))
  }

  @Test("Of a large pipeline the summary leaves kept steps out")
  func largeSummary() throws {
    var report = try RunReportTests.report()
    report.steps += [RunReport.Step](repeating: report.steps[0], count: 1_000)
    #expect(report.jobSummary.contains("\n1001 more steps not shown.\n"))
  }
}
