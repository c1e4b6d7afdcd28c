import Testing

@testable import PipelineModel

@Suite("Comparisons") struct ComparisonReportTests {
  static let report = ComparisonReport(
    subjects: [
      ComparisonReport.Subject(
        name: "sunny-spring-21",
        entries: [
          .parameters: [("train.rate", .number("0.1")), ("train.epochs", .number("200"))],
          .metrics: [
            ("accuracy", .number("0.9")), ("loss", .number("0.25")), ("size", .number("10")),
            ("f1", .text("NaN")),
          ],
          .versions: [("train.model", .text("v1"))],
          .code: [("commit", .text("abc"))],
        ]),
      ComparisonReport.Subject(
        name: "calm|river-22",
        entries: [
          .parameters: [
            ("train.epochs", .number("200")), ("train.rate", .number("0.10")),
            ("train.new", .text("0.1")),
          ],
          .metrics: [
            ("accuracy", .number("0.913")), ("loss", .number("0.3333333333333333")),
            ("size", .number("12")), ("f1", .number("0.5")),
          ],
          .versions: [("train.model", .text("v2"))],
          .code: [("commit", .text("abc"))],
        ]),
    ], goals: ["accuracy": .maximize, "loss": .minimize, "f1": .maximize])

  @Test("Text has a table for each section")
  func text() {
    #expect(
      ComparisonReportTests.report.lines().map(\.text) == [
        "parameters    sunny-spring-21  calm|river-22",
        "train.rate    0.1              0.10",
        "train.epochs  200              200",
        "train.new     –                \"0.1\"",
        "",
        "metrics   sunny-spring-21              calm|river-22",
        "accuracy              0.9      0.913 (+0.013 better)",
        "loss                 0.25  0.333333 (+0.08333 worse)",
        "size                   10                    12 (+2)",
        "f1                    NaN                        0.5",
        "",
        "versions     sunny-spring-21  calm|river-22",
        "train.model  v1               v2",
        "",
        "code    sunny-spring-21  calm|river-22",
        "commit  abc              abc",
      ])
    let tones = ComparisonReportTests.report.lines().flatMap(\.parts).filter {
      $0.text == "better" || $0.text == "worse"
    }
    #expect(tones.map(\.tone) == [.good, .bad])
  }

  @Test("Only differences: what is alike everywhere is left out")
  func differences() {
    let names = ComparisonReport.Section.allCases.map { section in
      ComparisonReportTests.report.sheet(section, onlyDifferences: true).rows.map {
        $0[0].value.argument
      }
    }
    #expect(
      names == [
        ["train.rate", "train.new"], ["accuracy", "loss", "size", "f1"], ["train.model"], [],
      ])
  }

  @Test("Nothing that differs is said")
  func same() {
    let subject = ComparisonReport.Subject(
      name: "a", entries: [.parameters: [("x", .number("1"))]])
    let report = ComparisonReport(subjects: [subject, subject])
    #expect(report.lines(onlyDifferences: true).map(\.text) == ["no differences"])
    #expect(report.markdown(onlyDifferences: true) == "no differences\n")
    #expect(report.csv(onlyDifferences: true) == "section,name,a,a\r\n")
    #expect(ComparisonReport(subjects: []).lines().map(\.text) == ["nothing to compare"])
  }

  @Test("Markdown has a heading for each section, and what is worse is bold")
  func markdown() {
    let text = ComparisonReportTests.report.markdown(onlyDifferences: true)
    #expect(
      text == """
        #### Parameters

        | parameters | sunny-spring-21 | calm\\|river-22 |
        | :-- | :-- | :-- |
        | train.rate | 0.1 | 0.10 |
        | train.new | – | "0.1" |

        #### Metrics

        | metrics | sunny-spring-21 | calm\\|river-22 |
        | :-- | --: | --: |
        | accuracy | 0.9 | 0.913 (+0.013 better) |
        | loss | 0.25 | 0.333333 (+0.08333 **worse**) |
        | size | 10 | 12 (+2) |
        | f1 | NaN | 0.5 |

        #### Versions

        | versions | sunny-spring-21 | calm\\|river-22 |
        | :-- | :-- | :-- |
        | train.model | v1 | v2 |

        """)
  }

  @Test("CSV has exact values, in one table")
  func csv() {
    let lines = ComparisonReportTests.report.csv().split(separator: "\r\n")
    #expect(lines[0] == "section,name,sunny-spring-21,calm|river-22")
    #expect(lines[1] == "parameters,train.rate,0.1,0.10")
    #expect(lines[3] == "parameters,train.new,,0.1")
    #expect(lines[5] == "metrics,loss,0.25,0.3333333333333333")
    #expect(lines.count == 10)
  }

  @Test("JSON has exact values, differences and what is better")
  func json() {
    let json = ComparisonReportTests.report.json()
    #expect(json["subjects"] == .list([.text("sunny-spring-21"), .text("calm|river-22")]))
    let metrics = (json["metrics"]?.list ?? []).map { JSON.text($0) }
    #expect(
      metrics == [
        #"{"name":"accuracy","equal":false,"values":[0.9,0.913],"goal":"maximize","#
          + #""differences":[null,0.013],"judgements":[null,"better"]}"#,
        #"{"name":"loss","equal":false,"values":[0.25,0.3333333333333333],"goal":"minimize","#
          + #""differences":[null,0.0833333333333],"judgements":[null,"worse"]}"#,
        #"{"name":"size","equal":false,"values":[10,12],"goal":null,"#
          + #""differences":[null,2],"judgements":[null,null]}"#,
        #"{"name":"f1","equal":false,"values":["NaN",0.5],"goal":"maximize","#
          + #""differences":[null,null],"judgements":[null,null]}"#,
      ])
    #expect(
      JSON.text(json["code"] ?? .null)
        == #"[{"name":"commit","equal":true,"values":["abc","abc"]}]"#)
  }
}
