/// Experiments or runs side by side: what `compare` says.
package struct ComparisonReport: Sendable {
  /// What is compared, in this order.
  package enum Section: String, Sendable, CaseIterable {
    case parameters, metrics, versions, code
  }

  /// One of those that are compared.
  package struct Subject: Sendable {
    package let name: String
    /// By section, in the order to be shown; a name stands once in a section.
    package let entries: [Section: [(name: String, value: Value)]]

    package init(name: String, entries: [Section: [(name: String, value: Value)]]) {
      self.name = name
      self.entries = entries
    }
  }

  /// How a metric stands against the first subject's.
  package enum Judgement: String, Sendable {
    case better, worse
  }

  /// One name and its values, one for each subject.
  struct Row: Sendable {
    let name: String
    /// Nil where a subject has none.
    let values: [Value?]
    let goal: Goal?

    /// Whether all subjects have it, and the same.
    var isEqual: Bool { values.allSatisfy { $0 == values.first } }
  }

  package let subjects: [String]
  /// The names of each section: those of the first subject, then what others add.
  private let rows: [Section: [Row]]

  /// - Parameters:
  ///   - subjects: the first is what the others are compared with.
  ///   - goals: which way a metric gets better, by its name, where that is known.
  package init(subjects: [Subject], goals: [String: Goal] = [:]) {
    self.subjects = subjects.map(\.name)
    var rows: [Section: [Row]] = [:]
    for section in Section.allCases {
      rows[section] = ComparisonReport.rows(
        subjects.map { $0.entries[section] ?? [] }, goals: section == .metrics ? goals : [:])
    }
    self.rows = rows
  }

  /// The rows of a section.
  ///
  /// - Parameter onlyDifferences: without what all subjects have alike.
  func rows(_ section: Section, onlyDifferences: Bool) -> [Row] {
    (rows[section] ?? []).filter { !onlyDifferences || !$0.isEqual }
  }

  private static func rows(
    _ entries: [[(name: String, value: Value)]], goals: [String: Goal]
  ) -> [Row] {
    var places: [String: Int] = [:]
    var table: [(name: String, values: [Value?])] = []
    for (subject, own) in entries.enumerated() {
      for (name, value) in own {
        let place = places[name] ?? table.count
        if place == table.count {
          places[name] = place
          table.append((name, entries.map { _ in nil }))
        }
        table[place].values[subject] = value
      }
    }
    return table.map { Row(name: $0.name, values: $0.values, goal: goals[$0.name]) }
  }
}

extension ComparisonReport.Row {
  /// By how much a subject's number differs from the first's; nil where one has no finite number,
  /// and for the first.
  func difference(at subject: Int) -> Double? {
    guard subject > 0, let first = values[0]?.double, let own = values[subject]?.double else {
      return nil
    }
    let difference = own - first
    return difference.isFinite ? difference : nil
  }

  /// Nil where the goal is not known, or neither is better.
  func judgement(at subject: Int) -> ComparisonReport.Judgement? {
    guard let goal, let difference = difference(at: subject), difference != 0 else { return nil }
    switch goal {
    case .maximize: return difference > 0 ? .better : .worse
    case .minimize: return difference < 0 ? .better : .worse
    }
  }
}
