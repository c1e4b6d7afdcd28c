/// Rows of text under named columns, as a CSV file has them.
public struct Table: Equatable, Sendable {
  /// One row, which remembers where it stands.
  public struct Row: Equatable, Sendable {
    /// The line of the file that the row begins on, counted from 1.
    public let line: Int
    /// In the order of the table's columns, and as many.
    public var fields: [String]

    /// A row of fields.
    public init(line: Int, fields: [String]) {
      self.line = line
      self.fields = fields
    }
  }

  /// What messages call the table; usually a path.
  public let name: String
  /// Names of the columns, in order.
  public let columns: [String]
  /// In the order of the file.
  public var rows: [Row]

  /// A table of rows that are as wide as its columns.
  public init(name: String, columns: [String], rows: [Row]) {
    self.name = name
    self.columns = columns
    self.rows = rows
  }

  /// The table with other rows.
  public func with(_ rows: some Sequence<Row>) -> Table {
    Table(name: name, columns: columns, rows: Array(rows))
  }

  /// What a row has in a column.
  public func text(_ column: String, of row: Row) throws(TableProblem) -> String {
    guard let index = columns.firstIndex(of: column) else {
      throw TableProblem(
        table: name, line: 1,
        fact: "no column '\(column)'; there are: \(columns.joined(separator: ", "))")
    }
    return row.fields[index]
  }

  /// What a row has in a column of numbers.
  public func number(_ column: String, of row: Row) throws(TableProblem) -> Double {
    let text = try text(column, of: row)
    // Double("nan") is a number to Swift, and none that a penguin has.
    guard let number = Double(text), number.isFinite else {
      throw TableProblem(table: name, line: row.line, fact: "\(column) is '\(text)', no number")
    }
    return number
  }
}

/// What is wrong with a table, and where.
public struct TableProblem: Error, Equatable, Sendable, CustomStringConvertible {
  /// What the table is called; usually a path.
  public let table: String
  /// Counted from 1; `nil` for what concerns the whole table.
  public let line: Int?
  /// What is wrong there.
  public let fact: String

  /// A problem at a line, or with the whole table.
  public init(table: String, line: Int? = nil, fact: String) {
    self.table = table
    self.line = line
    self.fact = fact
  }

  /// As in `Data/clean.csv:18: sex is 'x', no number`.
  public var description: String {
    line.map { "\(table):\($0): \(fact)" } ?? "\(table): \(fact)"
  }
}
