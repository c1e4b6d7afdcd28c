/// Experiments in the order of a metric, the best first.
package struct RankedRows<Row: Sendable>: Sendable {
  package let goal: Goal
  /// Those that have a number under the metric's name; equals in the order given.
  package let ranked: [(row: Row, number: Double)]
  /// How many have none, or one that is not a number: they never win.
  package let unrankedCount: Int

  /// - Parameter number: what was measured of a row; nil where nothing was.
  package init(_ rows: [Row], by goal: Goal, number: (Row) -> Double?) {
    self.goal = goal
    let measured = rows.compactMap { row in
      number(row).flatMap { $0.isNaN ? nil : (row: row, number: $0) }
    }
    ranked = measured.enumerated().sorted { a, b in
      if a.element.number == b.element.number { return a.offset < b.offset }
      switch goal {
      case .maximize: return a.element.number > b.element.number
      case .minimize: return a.element.number < b.element.number
      }
    }.map(\.element)
    unrankedCount = rows.count - measured.count
  }

  /// The best.
  package var best: (row: Row, number: Double)? { ranked.first }

  /// The next after the best, and how far it is from it; zero where they are equal.
  package var next: (row: Row, distance: Double)? {
    guard ranked.count > 1 else { return nil }
    return (ranked[1].row, abs(ranked[0].number - ranked[1].number))
  }
}
