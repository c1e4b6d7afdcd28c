import PipelineEngine
import PipelineModel

/// One promotion or rollback, from the command line to what is said of it.
struct PromotionExecution {
  private let models: ModelSession
  private let model: Model
  private let alias: Name
  private let registry: Registry
  private let author: Promotion.Author
  private let asJSON: Bool

  /// - Throws: `ToolFailure` where nothing was ever recorded.
  init(
    _ models: ModelSession, model: Model, alias: Name, why: String?, asJSON: Bool
  ) async throws {
    guard let registry = models.registry else {
      throw ToolFailure(
        code: .usage, fact: "model '\(model.name)' has no version yet",
        hint: "run what makes it first")
    }
    self.models = models
    self.model = model
    self.alias = alias
    self.registry = registry
    self.asJSON = asJSON
    author = try await Promotion.Author(models.session, why: why)
  }

  func run(_ act: (Promotion) async throws -> Promotion.Outcome) async throws {
    let promotion = Promotion(model, to: alias, in: registry, by: author) { [registry, model] in
      let known = try registry.model(named: model.name)
      return Measurement(metrics: try registry.metrics(of: $0, model, known))
    } deploy: { _ in
    }
    do {
      try tell(try await act(promotion))
    } catch let problem as StepProblem {
      throw ToolFailure(code: .usage, fact: problem.fact, hint: problem.hint)
    } catch {
      throw Session.failure(error)
    }
  }

  private func tell(_ outcome: Promotion.Outcome) throws {
    let report = PromotionReport(model: model.name.text, alias: alias.text, outcome)
    let known = try registry.model(named: model.name)
    models.show(report.lines, report.json(known), asJSON: asJSON)
    if case .refused(let gate) = outcome {
      throw ToolFailure(
        code: .verificationFailed, fact: "\(gate.candidate) was not promoted to \(alias)")
    }
  }
}

extension Promotion.Author {
  init(_ session: Session, why: String?) async throws {
    let environment = Invocation.shared.environment
    let loop = try ProcessLoop()
    let known = await GitIdentity.read(session.root, environment: environment, loop: loop)
    let user = Invocation.shared.value("USER") ?? Invocation.shared.value("LOGNAME")
    let host = Machine.hostName
    self.init(who: known ?? user.map { "\($0)@\(host)" } ?? host, why: why)
    commit = await GitState.read(session.root, environment: environment, loop: loop)?.commit
  }
}

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
