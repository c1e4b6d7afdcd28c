/// Lines that say one thing each, under the title of a report.
enum ReportFacts {
  /// One line for each fact that is there: its name, dim, and its text.
  static func lines(_ facts: [(name: String, text: String?)]) -> [StyledLine] {
    let width = facts.filter { $0.text != nil }.map(\.name.count).max() ?? 0
    return facts.compactMap { fact in
      fact.text.map { text in
        var line = StyledLine("  " + fact.name.padded(to: width) + "  ", .dim)
        line.append(Excerpt.shown(text))
        return line
      }
    }
  }
}

extension StyledLine {
  /// The line behind two blanks.
  var indented: StyledLine { StyledLine([Part("  ")] + parts) }
}
