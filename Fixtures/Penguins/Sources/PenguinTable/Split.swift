/// Which rows are learnt from, which choose among what was learnt, and which only judge it.
public struct Split: Equatable, Sendable {
  /// To learn from.
  public let train: [Int]
  /// To see during training how well it goes.
  public let validation: [Int]
  /// Not looked at before the end.
  public let test: [Int]

  /// Splits the rows so that each class has its share in each part.
  ///
  /// - Parameters:
  ///   - classes: of each row.
  ///   - validation: the share of each class, from 0 to 1, rounded to whole rows.
  ///   - test: likewise; both together below 1.
  ///   - seed: decides which rows of a class go where.
  /// - Returns: indices into `classes`, each in exactly one part, ascending.
  public init(stratifying classes: [String], validation: Double, test: Double, seed: Int) {
    var random = SplitMix64(seed: seed)
    var parts: (train: [Int], validation: [Int], test: [Int]) = ([], [], [])
    let members = Dictionary(grouping: classes.indices) { classes[$0] }
    // Sorted, because a dictionary's order changes from process to process.
    for (_, rows) in members.sorted(by: { $0.key < $1.key }) {
      let shuffled = random.shuffled(rows)
      let testCount = Int((Double(rows.count) * test).rounded())
      let validationCount = Int((Double(rows.count) * validation).rounded())
      parts.test += shuffled.prefix(testCount)
      parts.validation += shuffled.dropFirst(testCount).prefix(validationCount)
      parts.train += shuffled.dropFirst(testCount + validationCount)
    }
    self.train = parts.train.sorted()
    self.validation = parts.validation.sorted()
    self.test = parts.test.sorted()
  }
}
