/// What a gate decided of a version, for people, programs and pull requests.
package struct GateReport: Sendable {
  /// `penguin-classifier:v5`.
  package let candidate: String
  /// The version that has the alias; nil where none has it.
  package let incumbent: String?
  package let alias: String
  package let decision: Gate.Decision

  package init(candidate: String, incumbent: String?, alias: String, decision: Gate.Decision) {
    self.candidate = candidate
    self.incumbent = incumbent
    self.alias = alias
    self.decision = decision
  }

  /// `penguin-classifier:v5 is not to be production instead of penguin-classifier:v3`.
  package var summary: String {
    let verdict = decision.isPassed ? "may be" : "is not to be"
    return "\(candidate) \(verdict) \(alias)" + (incumbent.map { " instead of \($0)" } ?? "")
  }

  /// The summary, then a line for each check.
  package var lines: [StyledLine] {
    var lines = [StyledLine(summary, decision.isPassed ? .good : .bad)]
    if decision.checks.isEmpty { lines.append(StyledLine("  nothing is asked of it", .dim)) }
    let width = decision.checks.map(\.metric.description.count).max() ?? 0
    for check in decision.checks {
      var line = StyledLine(
        "  " + check.word.padded(to: 9), check.verdict.passes ? .good : .bad)
      line.append(check.metric.description.padded(to: width) + "  ")
      line.append(check.fact, check.verdict.passes ? .dim : .plain)
      lines.append(line)
    }
    return lines
  }

  /// What `--json` writes of a gate.
  package var json: Value {
    .map([
      ("candidate", .text(candidate)),
      ("incumbent", incumbent.map(Value.text) ?? .null),
      ("alias", .text(alias)),
      ("passed", .boolean(decision.isPassed)),
      ("checks", .list(decision.checks.map(\.json))),
    ])
  }

  /// A table, for the comment on a pull request.
  package var markdown: String {
    var lines = ["**\(Markup.markdown(summary))**", ""]
    guard !decision.checks.isEmpty else {
      return (lines + ["Nothing is asked of it.", ""]).joined(separator: "\n")
    }
    let before = incumbent.map(Markup.markdown) ?? "before"
    lines += [
      "| metric | \(before) | \(Markup.markdown(candidate)) | asked for | |",
      "| :-- | --: | --: | :-- | :-- |",
    ]
    for check in decision.checks {
      let (old, new) = check.shown
      let cells = [
        Markup.markdown(check.metric.description), old ?? "", new ?? "not measured",
        Markup.markdown(check.demand.text), check.verdict.passes ? "passed" : "**refused**",
      ]
      lines.append("| " + cells.joined(separator: " | ") + " |")
    }
    return (lines + [""]).joined(separator: "\n")
  }
}

extension Gate.Check {
  fileprivate var word: String { verdict.passes ? "passed" : "refused" }

  /// Both values, in as few digits as tell them apart.
  fileprivate var shown: (incumbent: String?, candidate: String?) {
    let pair = GateNumbers.apart([incumbent, candidate])
    return (pair[0], pair[1])
  }

  fileprivate var fact: String {
    switch verdict {
    case .missing: return "was not measured, and \(demand.text) is asked for"
    case .notANumber: return "is not a number, and \(demand.text) is asked for"
    case .noIncumbent: return "\(shown.candidate ?? ""), with no version to be better than"
    case .incumbentUnmeasured:
      let lack = incumbent == nil ? "not measured" : "not a number"
      return "\(shown.candidate ?? ""), and that of the version before is \(lack)"
    case .better: return "\(shown.incumbent ?? "") → \(shown.candidate ?? ""), \(demand.text)"
    case .notBetter:
      return "\(shown.incumbent ?? "") → \(shown.candidate ?? ""), not \(demand.text)"
    case .fulfilled, .notFulfilled: return compared
    }
  }

  private var compared: String {
    guard case .threshold(let threshold) = demand else { return "" }
    let pair = GateNumbers.apart([candidate, threshold.number])
    let number = pair[1] ?? ""
    let sign = threshold.comparison.rawValue
    return verdict.passes
      ? "\(pair[0] ?? "") \(sign) \(number)" : "\(pair[0] ?? ""), not \(sign) \(number)"
  }

  fileprivate var json: Value {
    var entries: [(key: String, value: Value)] = [
      ("metric", .text(metric.description)),
      ("verdict", .text(verdict.rawValue)),
      ("passed", .boolean(verdict.passes)),
      ("candidate", candidate.map(Metric.json) ?? .null),
      ("incumbent", incumbent.map(Metric.json) ?? .null),
    ]
    switch demand {
    case .better(let better):
      entries.append(("goal", .text(better.goal.rawValue)))
      entries.append(("by", Metric.json(better.by)))
    case .threshold(let threshold):
      entries.append(("comparison", .text(threshold.comparison.rawValue)))
      entries.append(("number", Metric.json(threshold.number)))
    }
    return .map(entries)
  }
}

extension Gate.Demand {
  /// `higher`, `lower by more than 0.1`, `>= 0.9`.
  package var text: String {
    switch self {
    case .threshold(let threshold):
      return "\(threshold.comparison.rawValue) \(GateNumbers.exact(threshold.number))"
    case .better(let better):
      let amount = better.by > 0 ? " by more than \(GateNumbers.exact(better.by))" : ""
      switch better.goal {
      case .maximize: return "higher" + amount
      case .minimize: return "lower" + amount
      }
    }
  }
}

/// Numbers of a gate as people read them.
private enum GateNumbers {
  /// In as few digits as tell the different ones apart.
  static func apart(_ numbers: [Double?]) -> [String?] {
    let brief = numbers.map { $0.map { Metric.brief($0) } }
    let whole = numbers.map { $0.map { exact($0) } }
    return Set(brief).count == Set(whole).count ? brief : whole
  }

  static func exact(_ number: Double) -> String {
    switch Metric.json(number) {
    case .number(let text), .text(let text): text
    case .null, .boolean, .list, .map: ""
    }
  }
}
