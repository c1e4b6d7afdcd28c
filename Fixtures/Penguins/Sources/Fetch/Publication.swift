import PenguinTable

/// The table as the Palmer Station published it.
enum Publication {
  /// Every column it has, in order. Another header is another table, and not to be guessed at.
  static let columns = [
    "studyName", "Sample Number", "Species", "Region", "Island", "Stage", "Individual ID",
    "Clutch Completion", "Date Egg", "Culmen Length (mm)", "Culmen Depth (mm)",
    "Flipper Length (mm)", "Body Mass (g)", "Sex", "Delta 15 N (o/oo)", "Delta 13 C (o/oo)",
    "Comments",
  ]

  /// The columns that are used: their published names, and ours.
  static let used = [
    ("studyName", "study"), ("Sample Number", "sample"), ("Individual ID", "individual"),
    ("Species", "species"), ("Island", "island"), ("Sex", "sex"),
    ("Culmen Length (mm)", "culmen_length_mm"), ("Culmen Depth (mm)", "culmen_depth_mm"),
    ("Flipper Length (mm)", "flipper_length_mm"), ("Body Mass (g)", "body_mass_g"),
  ]

  /// The used columns under our names, with one spelling for each thing.
  static func normalised(_ published: Table) throws(TableProblem) -> Table {
    for (index, column) in columns.enumerated() {
      let found = index < published.columns.count ? published.columns[index] : "nothing"
      guard found == column else {
        throw TableProblem(
          table: published.name, line: 1,
          fact: "column \(index + 1) is '\(found)', not '\(column)'")
      }
    }
    guard published.columns.count == columns.count else {
      throw TableProblem(
        table: published.name, line: 1,
        fact: "\(published.columns.count) columns, not \(columns.count)")
    }
    var rows: [Table.Row] = []
    for row in published.rows {
      var fields: [String] = []
      for (theirs, ours) in used {
        fields.append(normalised(try published.text(theirs, of: row), in: ours))
      }
      rows.append(Table.Row(line: row.line, fields: fields))
    }
    return Table(name: published.name, columns: used.map(\.1), rows: rows)
  }

  private static func normalised(_ field: String, in column: String) -> String {
    let text = field.trimmed
    // The three ways in which the table says that something is not known.
    if ["", "NA", "."].contains(text) { return "" }
    switch column {
    // "Adelie Penguin (Pygoscelis adeliae)"
    case "species": return String(text.prefix { $0 != " " })
    case "sex": return text.lowercased()
    default: return text
    }
  }
}

extension String {
  /// Without white space at either end.
  fileprivate var trimmed: String {
    let start = drop(while: \.isWhitespace)
    return String(start.reversed().drop(while: \.isWhitespace).reversed())
  }
}
