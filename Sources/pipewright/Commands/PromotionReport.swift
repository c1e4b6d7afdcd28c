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
    guard case .refused(let gate) = outcome else { return }
    throw ToolFailure(
      code: .verificationFailed, fact: "\(gate.candidate) was not promoted to \(alias)")
  }

  var lines: [StyledLine] {
    switch outcome {
    case .already(let version): [StyledLine("\(model):v\(version.number) is \(alias) already")]
    case .refused(let gate): gate.lines
    case .moved(let move, let gate):
      (gate.map { $0.decision.isPassed ? $0.lines : warning($0) } ?? []) + [moved(move)]
    }
  }

  /// `penguin-classifier@production is v3 now, and was v2`.
  private func moved(_ move: MoveEntry) -> StyledLine {
    let before = move.from.map { ", and was v\($0)" } ?? ""
    return StyledLine("\(model)@\(alias) is v\(move.version) now\(before)", .strong)
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
