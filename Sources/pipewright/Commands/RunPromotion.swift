import PipelineEngine
import PipelineModel

/// What `run --promote` does at the end of a run that succeeded.
struct RunPromotion: Sendable {
  private let model: Model
  private let alias: Name

  /// - Parameter text: `ALIAS`, or `MODEL@ALIAS`.
  /// - Throws: `ToolFailure` where that names no model, or not one alone.
  init(_ text: String, in pipeline: Pipeline) throws {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
      .map(String.init)
    guard let last = parts.last, let alias = Name(last), VersionReference.isAlias(alias) else {
      throw ToolFailure(
        code: .usage, fact: "'--promote \(text)' names no alias",
        hint: "write '--promote production' or '--promote MODEL@production'")
    }
    self.alias = alias
    let names = pipeline.models.map(\.name.text)
    let known = names.map { "'\($0)'" }.joined(separator: ", ")
    if parts.count == 2 {
      guard let model = pipeline.models.first(where: { $0.name.text == parts[0] }) else {
        throw ToolFailure(
          code: .usage, fact: "no model of the manifest is named '\(parts[0])'",
          hint: nearest(to: parts[0], among: names).map { "write '\($0)@\(alias)'" }
            ?? (names.isEmpty ? "'models:' declares models" : "it has \(known)"))
      }
      self.model = model
    } else if pipeline.models.count == 1, let model = pipeline.models.first {
      self.model = model
    } else {
      throw ToolFailure(
        code: .usage, fact: "'--promote \(alias)' does not say which model",
        hint: names.first.map { "write '--promote \($0)@\(alias)'; there are \(known)" }
          ?? "'models:' in the manifest declares models")
    }
  }

  /// As long as nothing has come of it.
  var pending: PromotionEnding { PromotionEnding(model: model.name.text, alias: alias.text) }

  /// - Parameter ending: becomes what came of it, also where this throws.
  /// - Throws: `ToolFailure`, with exit code 4 where the gate refuses.
  func run(
    after ended: RecordedRun.Ended, of plan: Plan, _ session: Session, _ machine: MachineWorld,
    jobs: Int, isQuiet: Bool, _ stop: StopSignal, noting ending: inout PromotionEnding
  ) async throws {
    let report: PromotionReport
    do {
      let aside = AsideRun(session, machine, jobs: jobs, stop, isQuiet: isQuiet)
      let outcome = try await promote(ended, plan, session, aside, stop)
      report = PromotionReport(model: model.name.text, alias: alias.text, outcome)
    } catch {
      let failure =
        (error as? StepProblem).map { PromotionReport.failure($0) } ?? Session.failure(error)
      ending.outcome = .failed((failure as? ToolFailure)?.fact ?? "\(failure)")
      throw failure
    }
    ending = report.ending
    session.show(machine.warnings.take())
    Invocation.shared.print(report.lines.map(session.style.text).joined(separator: "\n"))
    try report.refuse()
  }

  private func promote(
    _ ended: RecordedRun.Ended, _ plan: Plan, _ session: Session, _ aside: AsideRun,
    _ stop: StopSignal
  ) async throws -> Promotion.Outcome {
    let registry = try Registry(
      plan.pipeline, in: session.root, historyFile: session.historyFile,
      warnings: aside.home.warnings)
    var author = try await Promotion.Author(session, why: nil)
    author.experiment = ended.experiment?.name
    author.commit = ended.experiment?.origin.commit
    let promotion = Promotion(
      model, to: alias, in: registry, by: author, aside, tell: session.tell)
    let made = ended.record.contents(of: model.from, in: plan.pipeline)
    return try await stop.telling {
      try await promotion.promote(made.isEmpty ? .latest : .among(made), isGated: true)
    }
  }
}

extension RunRecord {
  /// What the steps of a run have written or kept at some artifacts.
  fileprivate func contents(of artifacts: [ID<Artifact>], in pipeline: Pipeline) -> [Content] {
    steps.flatMap { entry in
      zip(pipeline.steps[entry.step].outputs, entry.outcome.contents)
        .filter { artifacts.contains($0.0) }.map(\.1)
    }
  }
}
