extension ComparisonReport {
  /// One section: a row for each name, a column for each subject.
  package func sheet(_ section: Section, onlyDifferences: Bool = false) -> Sheet {
    let columns = subjects.enumerated().map { index, name in
      Sheet.Column("\(index + 1)", title: name, alignment: section == .metrics ? .right : .left)
    }
    let rows = rows(section, onlyDifferences: onlyDifferences)
    return Sheet(
      columns: [Sheet.Column("name", title: section.rawValue)] + columns,
      rows: rows.map { row in
        [Sheet.Cell(row.name)] + row.values.indices.map { row.cell(at: $0, of: section) }
      }, emptiness: onlyDifferences ? "no differences" : "nothing to compare")
  }

  /// The sections that have rows, an empty line between them.
  ///
  /// - Parameter width: how many columns of a terminal a text takes.
  package func lines(
    onlyDifferences: Bool = false, width: (String) -> Int = { $0.unicodeScalars.count }
  ) -> [StyledLine] {
    let sheets = sheets(onlyDifferences)
    guard !sheets.isEmpty else {
      return sheet(.parameters, onlyDifferences: onlyDifferences).lines(width: width)
    }
    return Array(sheets.map { $0.sheet.lines(width: width) }.joined(separator: [StyledLine()]))
  }

  /// A table for each section that has rows, under its heading: for a comment on a pull request.
  package func markdown(onlyDifferences: Bool = false) -> String {
    let sheets = sheets(onlyDifferences)
    guard !sheets.isEmpty else {
      return sheet(.parameters, onlyDifferences: onlyDifferences).markdown
    }
    return sheets.map { section, sheet in
      "#### \(section.rawValue.prefix(1).uppercased() + section.rawValue.dropFirst())\n\n"
        + sheet.markdown
    }.joined(separator: "\n")
  }

  /// All sections in one table with a column for each subject, which its name heads.
  package func csv(onlyDifferences: Bool = false) -> String {
    var sheet = Sheet(
      columns: [Sheet.Column("section"), Sheet.Column("name")]
        + subjects.map { Sheet.Column($0) }, emptiness: "no differences")
    for section in Section.allCases {
      for row in rows(section, onlyDifferences: onlyDifferences) {
        sheet.add(
          [Sheet.Cell(section.rawValue), Sheet.Cell(row.name)]
            + row.values.map { $0.map { Sheet.Cell($0) } ?? .empty })
      }
    }
    return sheet.csv
  }

  /// What `--json` writes, schema 1. Lists have an item for each subject, in their order; metrics
  /// also say the difference to the first and whether that is better or worse.
  package func json(onlyDifferences: Bool = false) -> Value {
    .map(
      [("schema", .number("1")), ("subjects", .list(subjects.map { .text($0) }))]
        + Section.allCases.map { section in
          let rows = rows(section, onlyDifferences: onlyDifferences)
          return (section.rawValue, .list(rows.map { $0.json(of: section) }))
        })
  }

  private func sheets(_ onlyDifferences: Bool) -> [(section: Section, sheet: Sheet)] {
    Section.allCases.map { ($0, sheet($0, onlyDifferences: onlyDifferences)) }
      .filter { !$0.sheet.rows.isEmpty }
  }
}

extension ComparisonReport.Row {
  /// `0.93 (+0.013 better)`; without colours the word must do.
  fileprivate func cell(at subject: Int, of section: ComparisonReport.Section) -> Sheet.Cell {
    guard let value = values[subject] else { return Sheet.Cell(.null, StyledLine("–", .dim)) }
    guard section == .metrics else {
      // What only looks alike is told apart: the text "1" is no number.
      return isEqual || values.allSatisfy({ $0?.kind == value.kind })
        ? Sheet.Cell(value) : Sheet.Cell(value, StyledLine(JSON.text(value)))
    }
    guard case .number = value, let number = value.double else { return Sheet.Cell(value) }
    var line = StyledLine(Metric.brief(number, digits: 6))
    guard let difference = difference(at: subject), difference != 0 else {
      return Sheet.Cell(value, line)
    }
    let sign = difference > 0 ? "+" : ""
    let judgement = judgement(at: subject)
    line.append(" (" + sign + Metric.brief(difference), judgement.asDifference)
    if let judgement {
      line.append(" ", judgement.tone)
      line.append(judgement.rawValue, judgement.tone)
    }
    line.append(")", judgement.asDifference)
    return Sheet.Cell(value, line)
  }

  fileprivate func json(of section: ComparisonReport.Section) -> Value {
    var entries: [(key: String, value: Value)] = [
      ("name", .text(name)), ("equal", .boolean(isEqual)),
      ("values", .list(values.map { $0 ?? .null })),
    ]
    if section == .metrics {
      entries += [
        ("goal", goal.map { .text($0.rawValue) } ?? .null),
        (
          "differences",
          .list(
            values.indices.map { subject in
              // Twelve digits are what a subtraction leaves that is no noise.
              difference(at: subject).flatMap { Decimal($0) }.map {
                .number($0.rounded(digits: 12).text)
              }
                ?? .null
            })
        ),
        (
          "judgements",
          .list(
            values.indices.map { judgement(at: $0).map { .text($0.rawValue) } ?? .null })
        ),
      ]
    }
    return .map(entries)
  }
}

extension ComparisonReport.Judgement {
  fileprivate var tone: Tone {
    switch self {
    case .better: .good
    case .worse: .bad
    }
  }
}

extension ComparisonReport.Judgement? {
  /// The tone of the difference itself, which is never bold in Markdown: the word is.
  fileprivate var asDifference: Tone { self == .better ? .good : .dim }
}
