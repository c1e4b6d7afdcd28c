/// A listing: rows of cells under columns, for people and for programs.
package struct Sheet: Sendable {
  package enum Alignment: Sendable, Equatable {
    case left, right
  }

  /// What stands in one place of every row.
  package struct Column: Sendable, Equatable {
    /// What JSON and CSV call it; one that no other column has.
    package let key: String
    /// What people read above it.
    package let title: String
    package let alignment: Alignment

    package init(_ key: String, title: String? = nil, alignment: Alignment = .left) {
      self.key = key
      self.title = title ?? key
      self.alignment = alignment
    }

    /// A column of numbers: they stand under each other from the right.
    package static func numbers(_ key: String, title: String? = nil) -> Column {
      Column(key, title: title, alignment: .right)
    }
  }

  /// One value, and how people see it.
  package struct Cell: Sendable {
    /// For JSON and CSV: exact.
    package let value: Value
    /// For terminals and Markdown: may be rounded, or say more than the value.
    package let line: StyledLine

    package init(_ value: Value, _ line: StyledLine) {
      self.value = value
      self.line = line
    }

    /// A cell that shows its value as it is.
    package init(_ value: Value, _ tone: Tone = .plain) {
      self.init(value, StyledLine(value.argument, tone))
    }

    package init(_ text: String, _ tone: Tone = .plain) {
      self.init(.text(text), StyledLine(text, tone))
    }

    /// Nothing.
    package static let empty = Cell(.null, StyledLine())
  }

  package let columns: [Column]
  /// Each has as many cells as there are columns.
  package private(set) var rows: [[Cell]]
  /// What people read where there are no rows: `no experiments`.
  package let emptiness: String

  package init(columns: [Column], rows: [[Cell]] = [], emptiness: String) {
    self.columns = columns
    self.rows = []
    self.emptiness = emptiness
    for row in rows { add(row) }
  }

  /// Adds a row at the end.
  package mutating func add(_ row: [Cell]) {
    precondition(row.count == columns.count, "a row has as many cells as there are columns")
    rows.append(row)
  }
}

extension Sheet {
  /// The titles and the rows, columns aligned with two blanks between them; where there are no
  /// rows, one line that says so.
  ///
  /// - Parameter width: how many columns of a terminal a text takes, by default one for each of
  ///   its scalars.
  /// - Complexity: O(text).
  package func lines(
    width: (String) -> Int = { $0.unicodeScalars.count }
  ) -> [StyledLine] {
    if rows.isEmpty { return [StyledLine(emptiness, .dim)] }
    let all = [columns.map { StyledLine($0.title, .dim) }] + rows.map { $0.map { $0.line.shown } }
    let widths = all.map { line in line.map { $0.parts.reduce(0) { $0 + width($1.text) } } }
    var widest = columns.map { _ in 0 }
    for row in widths {
      for (index, width) in row.enumerated() { widest[index] = max(widest[index], width) }
    }
    return zip(all, widths).map { cells, widths in
      line(cells, gaps: widths.indices.map { widest[$0] - widths[$0] })
    }
  }

  /// Blanks are only written before something, so that no line ends with them.
  private func line(_ cells: [StyledLine], gaps: [Int]) -> StyledLine {
    var parts: [StyledLine.Part] = []
    var blanks = 0
    for (index, cell) in cells.enumerated() {
      if index > 0 { blanks += 2 }
      if columns[index].alignment == .right { blanks += gaps[index] }
      for part in cell.parts where !part.text.isEmpty {
        if blanks > 0 { parts.append(StyledLine.Part(String(repeating: " ", count: blanks))) }
        blanks = 0
        parts.append(part)
      }
      if columns[index].alignment == .left { blanks += gaps[index] }
    }
    return StyledLine(parts)
  }

  /// For `--json`: one object a row, by the keys of the columns; numbers keep their text.
  package var json: Value {
    .list(rows.map { row in .map(zip(columns, row).map { ($0.key, $1.value) }) })
  }
}

extension StyledLine {
  /// The line with nothing in it that controls a terminal.
  fileprivate var shown: StyledLine {
    let isPlain = parts.allSatisfy { $0.text.utf8.allSatisfy { (0x20..<0x7F).contains($0) } }
    return isPlain ? self : StyledLine(parts.map { Part(Excerpt.shown($0.text), $0.tone) })
  }
}
