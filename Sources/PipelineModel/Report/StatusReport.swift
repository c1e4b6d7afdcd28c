/// What `status` says: the verdict of every selected step, and why.
package struct StatusReport: Sendable {
  /// One selected step.
  package struct Row: Sendable {
    package let name: StepName
    package let verdict: Verdict
    package let isFrozen: Bool

    package init(name: StepName, verdict: Verdict, isFrozen: Bool = false) {
      self.name = name
      self.verdict = verdict
      self.isFrozen = isFrozen
    }
  }

  package let project: String
  /// In the order of the pipeline.
  package let rows: [Row]

  package init(project: String, rows: [Row]) {
    self.project = project
    self.rows = rows
  }

  /// One line per step, its reasons indented below it, and the counts at the end.
  package var lines: [StyledLine] {
    var lines: [StyledLine] = []
    for row in rows {
      var line = StyledLine(row.word.shown.padded(to: 11), row.word.tone)
      line.append("\(row.name)", row.word == .stale ? .strong : .plain)
      if case .undecided(let steps) = row.verdict, row.word == .undecided {
        line.append("  waits for \(StatusReport.names(steps))", .dim)
      }
      lines.append(line)
      for reason in row.reasons { lines.append(StyledLine("             \(reason.text)")) }
    }
    if !lines.isEmpty { lines.append(StyledLine()) }
    lines.append(StyledLine(totals))
    return lines
  }

  /// `5 steps: 3 fresh, 1 stale, 1 undecided`.
  package var totals: String {
    guard !rows.isEmpty else { return "no steps" }
    var counts: [Word: Int] = [:]
    for row in rows { counts[row.word, default: 0] += 1 }
    let parts = Word.allCases.compactMap { word in counts[word].map { "\($0) \(word.counted)" } }
    return "\(Amount.count(rows.count, "step")): \(parts.joined(separator: ", "))"
  }

  /// What `status --json` writes, schema 1.
  package var json: Value {
    .map([
      ("schema", .number("1")),
      ("project", .text(project)),
      ("steps", .list(rows.map(\.json))),
    ])
  }

  private static func names(_ steps: [StepName]) -> String {
    let shown = steps.prefix(3).map(\.description).joined(separator: ", ")
    return steps.count > 3 ? "\(shown) and \(steps.count - 3) more" : shown
  }
}

/// What a row is called; `restorable` is for programs, people read what will be done.
private enum Word: String, CaseIterable {
  case fresh, restorable, stale, undecided, frozen

  var shown: String { self == .restorable ? "restore" : rawValue }

  var counted: String { self == .restorable ? "to restore" : rawValue }

  var tone: Tone {
    switch self {
    case .fresh: .good
    case .restorable, .stale: .caution
    case .undecided, .frozen: .dim
    }
  }
}

extension StatusReport.Row {
  /// A frozen step whose output must be put back is no different from others that must.
  fileprivate var word: Word {
    switch verdict {
    case .kept: isFrozen ? .frozen : .fresh
    case .restorable: .restorable
    case .stale: isFrozen ? .frozen : .stale
    case .undecided: isFrozen ? .frozen : .undecided
    }
  }

  fileprivate var reasons: [Reason] {
    switch word {
    case .fresh, .undecided, .frozen: []
    case .restorable, .stale: verdict.reasons
    }
  }

  fileprivate var json: Value {
    var waitsFor: [StepName] = []
    if case .undecided(let steps) = verdict, word == .undecided { waitsFor = steps }
    return .map([
      ("name", .text("\(name)")),
      ("verdict", .text(word.rawValue)),
      ("reasons", .list(reasons.map(\.json))),
      ("waitsFor", .list(waitsFor.map { .text("\($0)") })),
    ])
  }
}
