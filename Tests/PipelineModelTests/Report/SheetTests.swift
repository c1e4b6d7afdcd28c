import Testing

@testable import PipelineModel

@Suite("Sheets") struct SheetTests {
  static let sheet = Sheet(
    columns: [
      Sheet.Column("name", title: "experiment"), .numbers("accuracy"), Sheet.Column("note"),
      .numbers("seconds", title: "time"),
    ],
    rows: [
      [
        Sheet.Cell("sunny-spring-21", .strong),
        Sheet.Cell(.number("0.950"), StyledLine("0.95", .good)),
        Sheet.Cell("-1, \"a|b\"\n=2"), Sheet.Cell(.number("-12.5")),
      ],
      [Sheet.Cell("é", .bad), .empty, Sheet.Cell(""), Sheet.Cell(.text("NaN"))],
    ], emptiness: "no experiments")

  @Test("Text stands in columns, and no line ends with blanks")
  func text() {
    #expect(
      SheetTests.sheet.lines().map(\.text) == [
        "experiment       accuracy  note           time",
        "sunny-spring-21      0.95  -1, \"a|b\"⏎=2  -12.5",
        "é                                          NaN",
      ])
    #expect(SheetTests.sheet.lines()[1].parts.first == StyledLine.Part("sunny-spring-21", .strong))
    let short = Sheet(
      columns: [Sheet.Column("a"), Sheet.Column("b")],
      rows: [[Sheet.Cell("long"), .empty], [.empty, Sheet.Cell("\u{1B}[2J")]], emptiness: "nothing")
    #expect(short.lines().map(\.text) == ["a     b", "long", "      \u{FFFD}[2J"])
  }

  @Test("Whoever knows terminals says how wide text is")
  func width() {
    let sheet = Sheet(
      columns: [Sheet.Column("a"), Sheet.Column("b")],
      rows: [[Sheet.Cell("企鹅"), Sheet.Cell("x")], [Sheet.Cell("abcd"), Sheet.Cell("y")]],
      emptiness: "nothing")
    let lines = sheet.lines { $0.unicodeScalars.reduce(0) { $0 + ($1.value > 0x2E80 ? 2 : 1) } }
    #expect(lines.map(\.text) == ["a     b", "企鹅  x", "abcd  y"])
  }

  @Test("CSV keeps values as they are")
  func csv() {
    #expect(
      SheetTests.sheet.csv
        == "name,accuracy,note,seconds\r\nsunny-spring-21,0.950,\"-1, \"\"a|b\"\"\n=2\",-12.5\r\n"
        + "é,,\"\",NaN\r\n")
  }

  @Test(
    "Fields are quoted where they must be",
    arguments: [
      (Value.text("plain text"), "plain text"), (.text("a,b"), "\"a,b\""),
      (.text("say \"x\""), "\"say \"\"x\"\"\""), (.text("=1+1"), "\"=1+1\""),
      (.text("+1"), "\"+1\""), (.text("-1"), "\"-1\""), (.text("@x"), "\"@x\""),
      (.number("-1"), "-1"), (.text("a\r\nb"), "\"a\r\nb\""), (.text(" a"), "\" a\""),
      (.text("a "), "\"a \""), (.text("1=1"), "1=1"), (.boolean(true), "true"), (.null, ""),
      (.list([.number("1"), .text("x")]), "\"[1,\"\"x\"\"]\""),
    ])
  func field(_ value: Value, text: String) {
    let sheet = Sheet(columns: [Sheet.Column("a")], rows: [[Sheet.Cell(value)]], emptiness: "")
    #expect(sheet.csv == "a\r\n\(text)\r\n")
  }

  @Test("Markdown has a table in which nothing is markup")
  func markdown() {
    #expect(
      SheetTests.sheet.markdown == """
        | experiment | accuracy | note | time |
        | :-- | --: | :-- | --: |
        | **sunny-spring-21** | 0.95 | -1, "a\\|b"⏎=2 | -12.5 |
        | **é** |  |  | NaN |

        """)
  }

  @Test("JSON has an object a row, and numbers keep their text")
  func json() {
    #expect(
      JSON.text(SheetTests.sheet.json)
        == #"[{"name":"sunny-spring-21","accuracy":0.950,"note":"-1, \"a|b\"\n=2","#
        + #""seconds":-12.5},{"name":"é","accuracy":null,"note":"","seconds":"NaN"}]"#)
  }

  @Test("An empty sheet says so to people, and is an empty list to programs")
  func empty() {
    let sheet = Sheet(columns: [Sheet.Column("name")], emptiness: "no experiments")
    #expect(sheet.lines() == [StyledLine("no experiments", .dim)])
    #expect(sheet.markdown == "no experiments\n")
    #expect(sheet.csv == "name\r\n")
    #expect(sheet.json == .list([]))
  }

  @Test("Ten thousand rows are no more than ten thousand times one")
  func many() {
    let columns = (0..<12).map { Sheet.Column("column\($0)") }
    let row = columns.map { Sheet.Cell(.number("0.123"), StyledLine($0.key, .good)) }
    let sheet = Sheet(
      columns: columns, rows: [[Sheet.Cell]](repeating: row, count: 10_000), emptiness: "nothing")
    let clock = ContinuousClock()
    // Quadratic work would take minutes; an unoptimised build on a busy machine takes a second.
    #expect(clock.measure { _ = sheet.lines() } < .seconds(30))
    #expect(clock.measure { _ = (sheet.csv, sheet.markdown) } < .seconds(30))
  }
}
