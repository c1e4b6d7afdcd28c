import PipelineEngine
import PipelineModel

/// What came of a promotion, in words.
struct PromotionReport {
  let model: String
  let alias: String
  let outcome: Promotion.Outcome

  init(model: String, alias: String, _ outcome: Promotion.Outcome) {
    self.model = model
    self.alias = alias
    self.outcome = outcome
  }

  /// What a problem of a promotion means to the user.
  static func failure(_ problem: StepProblem) -> ToolFailure {
    let isUsage = ["no-version", "no-rollback"].contains(problem.code)
    return ToolFailure(
      code: isUsage ? .usage : .stepFailed, fact: problem.fact, hint: problem.hint)
  }

  /// - Throws: `ToolFailure` where the gate has refused.
  func refuse() throws {
    guard case .refused = outcome else { return }
    throw ToolFailure(
      code: .verificationFailed, fact: ending.sentence)
  }

  var lines: [StyledLine] {
    switch outcome {
    case .already: [StyledLine(ending.sentence)]
    case .refused(let gate): gate.lines
    case .moved(_, let gate):
      (gate.map { $0.decision.isPassed ? $0.lines : warning($0) } ?? [])
        + [StyledLine(ending.sentence, .strong)]
    }
  }

  /// The same for the report of a run.
  var ending: PromotionEnding {
    switch outcome {
    case .already(let version):
      PromotionEnding(model: model, alias: alias, .already(version: version.number))
    case .refused(let gate): PromotionEnding(model: model, alias: alias, .refused, gate: gate)
    case .moved(let move, let gate):
      PromotionEnding(
        model: model, alias: alias, .moved(version: move.version, from: move.from), gate: gate)
    }
  }

  private func warning(_ gate: GateReport) -> [StyledLine] {
    [StyledLine("warning: with '--if-better' it would have been refused", .caution)]
      + gate.lines.dropFirst()
  }

  /// What `--json` writes, schema 1.
  func json(_ known: RegisteredModel) -> Value {
    var entries: [(key: String, value: Value)] = [
      ("schema", .number("1")), ("model", .text(model)), ("alias", .text(alias)),
    ]
    switch outcome {
    case .already(let version):
      entries += [
        ("outcome", .text("already")), ("version", .number("\(version.number)")),
        ("gate", .null), ("move", .null),
      ]
    case .refused(let gate):
      entries += [("outcome", .text("refused")), ("gate", gate.json), ("move", .null)]
    case .moved(let move, let gate):
      entries += [
        ("outcome", .text("moved")), ("version", .number("\(move.version)")),
        ("gate", gate?.json ?? .null), ("move", move.json(of: known)),
      ]
    }
    return .map(entries)
  }
}
