extension Sheet {
  /// For `--markdown`: a table as GitHub shows it, with a line break at the end; where there are no
  /// rows, a line that says so.
  ///
  /// Nothing in a cell is markup. What stands out, or is bad, is bold.
  package var markdown: String {
    if rows.isEmpty { return Markup.markdown(emptiness) + "\n" }
    var out = Sheet.line(columns.map { Markup.markdown($0.title) })
    out += Sheet.line(columns.map { $0.alignment == .right ? "--:" : ":--" })
    for row in rows { out += Sheet.line(row.map { Sheet.markdown($0.line) }) }
    return out
  }

  private static func line(_ cells: [String]) -> String {
    "| " + cells.joined(separator: " | ") + " |\n"
  }

  private static func markdown(_ line: StyledLine) -> String {
    line.parts.map { part in
      switch part.tone {
      case .plain, .dim, .good, .caution: Markup.markdown(part.text)
      case .strong, .bad: bold(part.text)
      }
    }.joined()
  }

  /// Blanks stay outside of the marks, which would else be shown as they are.
  private static func bold(_ text: String) -> String {
    let lead = text.prefix { $0 == " " }
    let rest = text.dropFirst(lead.count)
    guard let end = rest.lastIndex(where: { $0 != " " }) else { return text }
    return lead + "**\(Markup.markdown(String(rest[...end])))**" + rest[rest.index(after: end)...]
  }
}
