/// What `status` says: the verdict of every selected step, and why.
package struct StatusReport: Sendable {
  /// One selected step.
  package struct Row: Sendable {
    fileprivate let name: String
    fileprivate let word: Word
    fileprivate let reasons: [Reason]
    fileprivate let waitsFor: [StepName]

    /// A frozen step whose output must be put back is no different from others that must.
    package init(name: StepName, verdict: Verdict, isFrozen: Bool = false) {
      self.name = name.description
      var reasons: [Reason] = []
      var waitsFor: [StepName] = []
      switch verdict {
      case .kept: word = isFrozen ? .frozen : .fresh
      case .restorable:
        word = .restorable
        reasons = verdict.reasons
      case .stale:
        word = isFrozen ? .frozen : .stale
        reasons = isFrozen ? [] : verdict.reasons
      case .undecided(let steps):
        word = isFrozen ? .frozen : .undecided
        waitsFor = isFrozen ? [] : steps
      }
      self.reasons = reasons
      self.waitsFor = waitsFor
    }

    private init(fresh name: String) {
      self.name = name
      word = .fresh
      reasons = []
      waitsFor = []
    }

    /// A step of which nothing is to be told.
    package static func fresh(_ name: String) -> Row { Row(fresh: name) }
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
      line.append(row.name, row.word == .stale ? .strong : .plain)
      if row.word == .undecided {
        line.append("  waits for \(StatusReport.names(row.waitsFor))", .dim)
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
fileprivate enum Word: String, CaseIterable {
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
  fileprivate var json: Value {
    .map([
      ("name", .text(name)),
      ("verdict", .text(word.rawValue)),
      ("reasons", .list(reasons.map(\.json))),
      ("waitsFor", .list(waitsFor.map { .text("\($0)") })),
    ])
  }
}
