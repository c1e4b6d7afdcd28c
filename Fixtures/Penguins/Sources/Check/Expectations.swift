import PenguinTable

/// What is expected of the data; a file, so that it changes without a change of code.
struct Expectations: Decodable {
  struct Drift: Decodable {
    /// The largest Kolmogorov-Smirnov distance, in units of its spread by chance. 1.95 is exceeded
    /// once in a thousand times where nothing is wrong.
    let distanceAtMost: Double
    /// The largest difference of a class's shares.
    let shareDifferenceAtMost: Double
  }

  /// All columns, in order.
  let columns: [String]
  /// Columns that together tell which penguin a row is about.
  let identity: [String]
  let rowsAtLeast: Int
  /// By column: the smallest and the largest number.
  let ranges: [String: ClosedRange<Double>]
  /// By column: the words.
  let values: [String: [String]]
  /// The smallest share of a species.
  let shareAtLeast: Double
  let drift: Drift

  /// Everything that is wrong with the table, in its order.
  func problems(of table: Table) throws -> [TableProblem] {
    // With other columns nothing else can be looked at.
    guard table.columns == columns else {
      let fact =
        "the columns are \(table.columns.joined(separator: ", ")); "
        + "expected: \(columns.joined(separator: ", "))"
      return [TableProblem(table: table.name, line: 1, fact: fact)]
    }
    return try table.rows.flatMap { try problems(of: $0, in: table) }
      + repetitions(in: table)
      + balance(of: table)
  }

  private func problems(of row: Table.Row, in table: Table) throws -> [TableProblem] {
    var problems: [TableProblem] = []
    for column in columns {
      let text = try table.text(column, of: row)
      if let range = ranges[column], Double(text).map(range.contains) != true {
        problems.append(
          TableProblem(
            table: table.name, line: row.line,
            fact: "\(column) is '\(text)', not from \(range.lowerBound) to \(range.upperBound)"))
      }
      if let words = values[column], !words.contains(text) {
        problems.append(
          TableProblem(
            table: table.name, line: row.line,
            fact: "\(column) is '\(text)', none of: \(words.joined(separator: ", "))"))
      }
    }
    return problems
  }

  private func repetitions(in table: Table) throws -> [TableProblem] {
    var lines: [[String]: Int] = [:]
    return try table.rows.compactMap { row in
      let penguin = try identity.map { try table.text($0, of: row) }
      guard let line = lines.updateValue(row.line, forKey: penguin) else { return nil }
      return TableProblem(
        table: table.name, line: row.line,
        fact: "\(identity.joined(separator: ", ")) are those of line \(line), "
          + "with other measurements")
    }
  }

  private func balance(of table: Table) throws -> [TableProblem] {
    guard table.rows.count >= rowsAtLeast else {
      return [
        TableProblem(
          table: table.name, fact: "\(table.rows.count) rows, not \(rowsAtLeast) or more")
      ]
    }
    let shares = try table.shares(of: Penguin.speciesColumn)
    return (values[Penguin.speciesColumn] ?? []).compactMap { name in
      let share = shares[name] ?? 0
      guard share < shareAtLeast else { return nil }
      return TableProblem(
        table: table.name,
        fact: "\(Penguin.speciesColumn) is '\(name)' in \(share.text(decimals: 3)) of the rows, "
          + "not in \(shareAtLeast.text(decimals: 3)) or more")
    }
  }
}

extension Table {
  /// How large a part of the rows has each word of a column.
  func shares(of column: String) throws -> [String: Double] {
    let words = try rows.map { try text(column, of: $0) }
    return Dictionary(grouping: words) { $0 }
      .mapValues { Double($0.count) / Double(words.count) }
  }
}
