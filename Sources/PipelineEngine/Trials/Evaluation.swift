import PipelineModel

/// Finds out what versions of a model are worth on today's data.
///
/// The step that measures is decided as if the version stood where its artifact does. Where a
/// result answers, nothing executes; else the step does, beside the workspace, with all that it
/// needs but the model. So versions are compared on the same data, by the same code.
package struct Evaluation: Sendable {
  private let model: Model
  private let registry: Registry
  private let aside: AsideRun
  /// Told what the user should know of a measurement.
  private let tell: @Sendable (String) -> Void

  package init(
    of model: Model, in registry: Registry, by aside: AsideRun,
    tell: @escaping @Sendable (String) -> Void
  ) {
    self.model = model
    self.registry = registry
    self.aside = aside
    self.tell = tell
  }

  private var pipeline: Pipeline { registry.pipeline }

  /// - Returns: each metric as it is today, or where the version cannot be measured anew, as it was
  ///   recorded.
  /// - Throws: `StepProblem` where the step that measures fails.
  package func metrics(of version: ModelVersionEntry) async throws -> [MetricName: Double] {
    let registered = try registry.model(named: model.name)
    var values = try registry.metrics(of: version, model, registered)
    let label = registered.label(version.number)
    var names: [Name] = []
    for metric in model.metrics where !names.contains(metric.step) { names.append(metric.step) }
    for name in names {
      let wanted = model.metrics.filter { $0.step == name }
      guard let (plan, slot, step) = try plan(name, version, label) else { continue }
      let contents = try await contents(of: step, plan, [slot: version.content], label)
      for metric in wanted { values[metric] = try value(of: metric, step, contents) }
    }
    return values
  }

  /// The plan that measures a version anew; nil where that cannot be, which is told.
  private func plan(
    _ name: Name, _ version: ModelVersionEntry, _ label: String
  ) throws -> (plan: Plan, slot: ID<Artifact>, step: ID<Step>)? {
    let slot =
      model.from.first { pipeline.trackedName(of: $0) == version.artifact } ?? model.from.first
    guard let slot else { return nil }
    let step = pipeline.steps.ids.first { id in
      pipeline.steps[id].name.base == name && pipeline.steps[id].reads(slot)
    }
    // What the step measured that made it can be measured only by making it again.
    guard let step else { return recorded(label, "the step that made it measured it") }
    guard try aside.home.store.contains(version.content) else {
      return recorded(label, "its content is not in this store")
    }
    let selection = Selection(names: ["\(pipeline.steps[step].name)"])
    let (plan, _) = Plan.make(selection, of: pipeline, replacing: [slot])
    guard let plan else {
      let name = pipeline.steps[step].name
      return recorded(label, "step '\(name)' reads more than the model of the step that makes it")
    }
    return (plan, slot, step)
  }

  private func recorded<Answer>(_ label: String, _ reason: String) -> Answer? {
    tell("\(label) counts with what was recorded of it: \(reason)")
    return nil
  }

  /// What the measuring step's outputs hold, by its artifacts.
  private func contents(
    of step: ID<Step>, _ plan: Plan, _ given: [ID<Artifact>: Content], _ label: String
  ) async throws -> [ID<Artifact>: Content] {
    try await aside.home.prepareComponents(of: plan, note: tell)
    let forecast = try await Forecast(Decider(plan, aside.home), given: given)
    var found = forecast.result(of: step)?.outputs.map(\.content)
    if found == nil {
      tell("\(label) was not measured on today's data: now it is")
      let record = try await aside.run(plan, replacing: given)
      if let problem = record.promotionProblem(of: plan) { throw problem }
      found = record.steps.first { $0.step == step }?.outcome.contents
    }
    return Dictionary(
      zip(pipeline.steps[step].outputs, found ?? []).map { ($0, $1) }, uniquingKeysWith: { $1 })
  }

  private func value(
    of metric: MetricName, _ step: ID<Step>, _ contents: [ID<Artifact>: Content]
  ) throws -> Double? {
    let output = pipeline.steps[step].outputs.first { pipeline.artifacts[$0].name == metric.output }
    guard let content = output.flatMap({ contents[$0] }) else { return nil }
    let path = metric.path.joined(separator: ".")
    let values = MetricFile.values(try aside.home.store.read(content.digest))
    return values.last { $0.name == path }.flatMap { Metric.number($0.value) }
  }
}

extension Forecast {
  /// The result that answers for a step.
  fileprivate func result(of step: ID<Step>) -> Result? {
    guard case .decided(let decision)? = steps.first(where: { $0.step == step })?.prospect else {
      return nil
    }
    return decision.verdict.result
  }
}

extension Step {
  /// Whether it has an artifact as an input, alone or among all of its group.
  fileprivate func reads(_ artifact: ID<Artifact>) -> Bool {
    inputs.contains { input in
      guard case .artifacts(let artifacts, _) = input.source else { return false }
      return artifacts.contains(artifact)
    }
  }
}
