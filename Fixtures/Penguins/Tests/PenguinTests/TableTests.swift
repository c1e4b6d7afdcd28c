import PenguinTable
import Testing

@Suite("Table") struct TableTests {
  struct Text: Sendable {
    var csv: String
    var rows: [[String]]
    var lines: [Int]
  }

  static let texts = [
    Text(csv: "a,b\n1,2\n3,\n", rows: [["1", "2"], ["3", ""]], lines: [2, 3]),
    Text(csv: "a,b\r\n1,2\r\n", rows: [["1", "2"]], lines: [2]),
    Text(csv: "a,b\n1,2", rows: [["1", "2"]], lines: [2]),
    Text(csv: "\u{FEFF}a,b\n1,é\n", rows: [["1", "é"]], lines: [2]),
    Text(csv: "a,b\n\"x,\"\"y\"\"\",2\n", rows: [["x,\"y\"", "2"]], lines: [2]),
    Text(csv: "a,b\n\"1\n2\",3\n4,\"\"\n", rows: [["1\n2", "3"], ["4", ""]], lines: [2, 4]),
    Text(csv: "a,b\n", rows: [], lines: []),
  ]

  @Test("Quotes and line ends are read, and read again from what is written", arguments: texts)
  func read(_ text: Text) throws {
    let table = try Table(name: "t", csv: text.csv)
    #expect(table.columns == ["a", "b"])
    #expect(table.rows.map(\.fields) == text.rows)
    #expect(table.rows.map(\.line) == text.lines)
    #expect(try Table(name: "t", csv: table.csv).rows.map(\.fields) == text.rows)
  }

  static let malformed = [
    ("", 1, "no line of column names"),
    ("a,b\n1,2,3\n", 2, "the row has 3 fields for 2 columns"),
    ("a,b\n1,\"2\n\n", 2, "a quoted field without an end"),
    ("a,b\n1,2\n\"1\"x,2\n", 3, "more text after a quoted field"),
  ]

  @Test("What is no table is refused with its line", arguments: malformed)
  func refused(csv: String, line: Int, fact: String) {
    #expect(throws: TableProblem(table: "t", line: line, fact: fact)) {
      try Table(name: "t", csv: csv)
    }
  }

  @Test("Numbers are written with as many places as asked for")
  func decimals() {
    #expect(0.5.text(decimals: 2) == "0.50")
    #expect((-0.004).text(decimals: 2) == "0.00")
    #expect((-12.345).text(decimals: 1) == "-12.3")
    #expect(1.999.text(decimals: 2) == "2.00")
    #expect(7.6.text(decimals: 0) == "8")
    #expect(0.123456.rounded(decimals: 3) == 0.123)
  }
}
