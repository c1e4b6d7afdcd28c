import PenguinTable

/// How far two tables are from being drawn from the same world.
struct Drift {
  /// By column, rounded to four decimals: for numbers the Kolmogorov-Smirnov distance in units of
  /// its spread by chance, for species the largest difference of shares.
  private(set) var measures: [String: Double] = [:]
  /// What exceeds the expectations, and penguins that are in both tables.
  private(set) var problems: [TableProblem] = []

  init(from train: Table, to other: Table, expecting expectations: Expectations) throws {
    for column in expectations.ranges.keys.sorted() {
      let distance = Self.distance(
        try train.rows.map { try train.number(column, of: $0) },
        try other.rows.map { try other.number(column, of: $0) })
      record(
        distance, of: column, in: other, from: train, limit: expectations.drift.distanceAtMost)
    }
    let label = Penguin.speciesColumn
    let shares = try (train.shares(of: label), other.shares(of: label))
    let difference = Set(shares.0.keys).union(shares.1.keys)
      .map { abs((shares.0[$0] ?? 0) - (shares.1[$0] ?? 0)) }.max()
    record(
      difference ?? 0, of: label, in: other, from: train,
      limit: expectations.drift.shareDifferenceAtMost)
    try recordSharedPenguins(train, other, expectations.identity)
  }

  /// The two-sample Kolmogorov-Smirnov statistic: the largest difference of the two distribution
  /// functions, times the square root of nm / (n + m).
  ///
  /// - Returns: infinity where there is nothing to compare.
  /// - SeeAlso: D. E. Knuth, "The Art of Computer Programming", volume 2, section 3.3.1.
  static func distance(_ first: [Double], _ second: [Double]) -> Double {
    guard !first.isEmpty, !second.isEmpty else { return .infinity }
    let counts = (Double(first.count), Double(second.count))
    let (first, second) = (first.sorted(), second.sorted())
    var (i, j, largest) = (0, 0, 0.0)
    while i < first.count, j < second.count {
      // Past all equal values on both sides: between them neither function has its value yet.
      let value = min(first[i], second[j])
      while i < first.count, first[i] == value { i += 1 }
      while j < second.count, second[j] == value { j += 1 }
      largest = max(largest, abs(Double(i) / counts.0 - Double(j) / counts.1))
    }
    return largest * (counts.0 * counts.1 / (counts.0 + counts.1)).squareRoot()
  }

  private mutating func record(
    _ measure: Double, of column: String, in other: Table, from train: Table, limit: Double
  ) {
    measures[column] = measure.rounded(decimals: 4)
    if measure > limit {
      problems.append(
        TableProblem(
          table: other.name,
          fact: "\(column) has drifted by \(measure.text(decimals: 3)) from '\(train.name)'; "
            + "expected at most \(limit)"))
    }
  }

  private mutating func recordSharedPenguins(
    _ train: Table, _ other: Table, _ identity: [String]
  ) throws {
    let known = try Set(
      train.rows.map { row in try identity.map { try train.text($0, of: row) } })
    for row in other.rows {
      let penguin = try identity.map { try other.text($0, of: row) }
      if known.contains(penguin) {
        problems.append(
          TableProblem(
            table: other.name, line: row.line, fact: "the penguin is in '\(train.name)' too"))
      }
    }
  }
}
