/// Which experiment is the best by a metric.
package struct BestReport: Sendable {
  /// Its full name.
  package let metric: String
  package let ranking: RankedRows<ExperimentRow>

  package init(metric: String, ranking: RankedRows<ExperimentRow>) {
    self.metric = metric
    self.ranking = ranking
  }

  /// The best with its parameters, then how far the next is.
  package var lines: [StyledLine] {
    guard let best = ranking.best else {
      return [StyledLine("no experiment has a number for \(metric)", .dim)]
    }
    var title = StyledLine(best.row.entry.name, .strong)
    title.append("  \(metric) ")
    title.append(number(best.number), .good)
    title.append(ranking.goal == .maximize ? ", the highest" : ", the lowest", .dim)
    title.append(" of \(Amount.count(ranking.ranked.count, "experiment"))", .dim)
    var lines = [title]
    lines += ReportFacts.lines(
      best.row.entry.parameters.map { ($0.name, Excerpt.shown($0.value.argument)) })
    if let next = ranking.next {
      let name = next.row.entry.name
      lines.append(
        StyledLine(
          next.distance == 0
            ? "as good: \(name)" : "next: \(name), \(Metric.brief(next.distance)) behind", .dim))
    }
    if ranking.unrankedCount > 0 {
      lines.append(
        StyledLine(
          "not counted: \(Amount.count(ranking.unrankedCount, "experiment")) without a number",
          .dim))
    }
    return lines
  }

  /// In as many digits as tell it from the next.
  private func number(_ number: Double) -> String {
    let next = ranking.ranked.dropFirst().first { $0.number != number }?.number
    let texts = (4...17).lazy.map { digits in
      (
        Metric.brief(number, digits: digits),
        next.map { Metric.brief($0, digits: digits) } ?? ""
      )
    }
    return texts.first { $0.0 != $0.1 }?.0 ?? Metric.brief(number, digits: 17)
  }

  /// What `--json` writes, schema 1.
  package var json: Value {
    .map([
      ("schema", .number("1")), ("metric", .text(metric)),
      ("goal", .text(ranking.goal.rawValue)),
      ("best", ranking.best.map { json($0.row, $0.number) } ?? .null),
      (
        "next",
        ranking.ranked.dropFirst().first.map { json($0.row, $0.number) } ?? .null
      ), ("ranked", .number("\(ranking.ranked.count)")),
      ("unranked", .number("\(ranking.unrankedCount)")),
    ])
  }

  private func json(_ row: ExperimentRow, _ number: Double) -> Value {
    .map([
      ("name", .text(row.entry.name)), ("id", .text(row.entry.globalID)),
      ("value", Metric.json(number)),
      ("parameters", .map(row.entry.parameters.map { (key: $0.name, value: $0.value) })),
    ])
  }
}
