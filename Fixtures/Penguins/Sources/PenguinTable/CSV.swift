extension Table {
  /// Reads comma-separated values (RFC 4180): a first line of column names, fields in double quotes
  /// where they contain commas, quotes or line ends, which may be LF or CRLF.
  public init(name: String, csv: String) throws(TableProblem) {
    var reader = CSVReader(table: name, text: csv)
    guard let header = try reader.row() else {
      throw TableProblem(table: name, line: 1, fact: "no line of column names")
    }
    var rows: [Row] = []
    while let row = try reader.row() {
      guard row.fields.count == header.fields.count else {
        throw TableProblem(
          table: name, line: row.line,
          fact: "the row has \(row.fields.count) fields for \(header.fields.count) columns")
      }
      rows.append(row)
    }
    self.init(name: name, columns: header.fields, rows: rows)
  }

  /// Comma-separated values, a line for each row, in quotes what needs them.
  public var csv: String {
    ([columns] + rows.map(\.fields))
      .map { fields in fields.map(Self.quoted).joined(separator: ",") + "\n" }
      .joined()
  }

  private static func quoted(_ field: String) -> String {
    guard field.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return field }
    return "\"" + field.replacing("\"", with: "\"\"") + "\""
  }
}

/// Goes through a text row by row.
private struct CSVReader {
  private let table: String
  // Bytes, because to Swift CRLF is a single character.
  private let bytes: [UInt8]
  private var position = 0
  private var line = 1

  init(table: String, text: String) {
    self.table = table
    bytes = Array(text.utf8)
    // A byte order mark, which spreadsheets write.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  /// The next row; `nil` after the last.
  mutating func row() throws(TableProblem) -> Table.Row? {
    guard position < bytes.count else { return nil }
    let start = line
    var fields: [String] = []
    repeat {
      fields.append(next(is: "\"") ? try quotedField() : plainField())
    } while skip(",")
    _ = skip("\r")
    if skip("\n") {
      line += 1
    } else if position < bytes.count {
      throw TableProblem(table: table, line: line, fact: "more text after a quoted field")
    }
    return Table.Row(line: start, fields: fields)
  }

  private mutating func plainField() -> String {
    let start = position
    while position < bytes.count, !next(is: ","), !next(is: "\n") { position += 1 }
    var field = bytes[start..<position]
    if field.last == UInt8(ascii: "\r"), !next(is: ",") {
      field.removeLast()
    }
    return String(decoding: field, as: UTF8.self)
  }

  private mutating func quotedField() throws(TableProblem) -> String {
    let start = line
    var field: [UInt8] = []
    _ = skip("\"")
    while position < bytes.count {
      // Two quotes stand for one; one ends the field.
      if skip("\""), !next(is: "\"") { return String(decoding: field, as: UTF8.self) }
      if next(is: "\n") { line += 1 }
      field.append(bytes[position])
      position += 1
    }
    throw TableProblem(table: table, line: start, fact: "a quoted field without an end")
  }

  private func next(is character: Unicode.Scalar) -> Bool {
    position < bytes.count && bytes[position] == UInt8(ascii: character)
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard next(is: character) else { return false }
    position += 1
    return true
  }
}
