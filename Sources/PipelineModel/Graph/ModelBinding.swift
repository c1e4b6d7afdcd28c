extension Binder {
  /// The models with their artifacts and steps, as far as these exist; reports what does not fit.
  mutating func boundModels() -> [Model] {
    checkRegistry()
    return manifest.models.map { declaration in
      let from = artifacts(of: declaration)
      if let metric = declaration.metric { check(metric, of: declaration, from) }
      for threshold in declaration.require {
        check(Located(threshold.content.metric, at: threshold.span), of: declaration, from)
      }
      var better: Better?
      if let metric = declaration.metric, let goal = declaration.goal {
        better = Better(metric: metric.content, goal: goal, by: declaration.by)
      }
      return Model(
        name: declaration.name.content, span: declaration.name.span, from: from, better: better,
        require: declaration.require.map(\.content), deploy: deploySteps(of: declaration, from))
    }
  }

  /// What a step writes is cleared away before it executes.
  private mutating func checkRegistry() {
    guard let registry = manifest.registry else { return }
    for id in outputs.outputs(at: registry.content).prefix(1) {
      problems.append(
        Diagnostic(
          "registry-in-output",
          "'\(registry.content)' overlaps with '\(artifacts[id].path)', which step "
            + "'\(steps[artifacts[id].writer].name)' writes anew each time",
          hint: "write a path that no step writes", at: registry.span))
    }
  }

  /// The artifacts that a model is registered from; reports if there are none, or none are kept.
  private mutating func artifacts(of model: ModelDeclaration) -> [ID<Artifact>] {
    guard let from = model.from else { return [] }
    let pattern = from.content
    let base = pattern.step.base
    let writers = steps(matching: Located(pattern.step, at: from.span), of: model)
    let found = writers.flatMap { writer in
      steps[writer].outputs.filter { artifacts[$0].name == pattern.artifact }
    }
    if found.isEmpty, !writers.isEmpty, !manifest.brokenSteps.contains(base) {
      let known = declaration(of: base)?.outputs.compactMap { $0.name?.content.text } ?? []
      problems.append(
        .noWriter(
          of: pattern.artifact, step: base, known: known, model: model.name.content, at: from.span))
    }
    if let lost = found.first(where: { !artifacts[$0].isStored }) {
      problems.append(
        Diagnostic(
          "not-stored",
          "'\(base).\(pattern.artifact)' is never stored, so model '\(model.name.content)' has no "
            + "version to go back to",
          hint: "remove 'store: false' on line \(artifacts[lost].span.line)", at: from.span))
    }
    return found
  }

  /// A pattern outside of any step refers to parameters only.
  private mutating func steps(
    matching pattern: Located<StepPattern>, of model: ModelDeclaration
  ) -> [ID<Step>] {
    var scope = Scope(
      name: StepName(model.name.content), combination: [], parameters: parameters)
    let found = matches(pattern, &scope)
    problems += scope.problems
    return found
  }

  /// A version's metric is that of the latest run of the step that wrote or read it, so the step
  /// has to do one of both, and write the metric.
  private mutating func check(
    _ metric: Located<MetricName>, of model: ModelDeclaration, _ from: [ID<Artifact>]
  ) {
    let name = metric.content
    if manifest.brokenSteps.contains(name.step) { return }
    guard let declaration = declaration(of: name.step) else {
      problems.append(
        .unknownStep(
          name.step.text, among: manifest.steps.map(\.name.content), at: metric.span))
      return
    }
    guard
      declaration.outputs.contains(where: { $0.name?.content == name.output && $0.kind == .metrics }
      )
    else {
      problems.append(.noMetrics(name, of: declaration, at: metric.span))
      return
    }
    guard let unseen = from.first(where: { !knows(name.step, $0) }) else { return }
    let others = manifest.steps.filter { step in
      step.outputs.contains { $0.name != nil && $0.kind == .metrics }
        && from.allSatisfy { knows(step.name.content, $0) }
    }
    problems.append(
      .unrelatedMetric(
        name, model: model.name.content, artifact: label(unseen),
        others: others.map(\.name.content), at: metric.span))
  }

  /// Whether any step of a declaration writes or reads an artifact.
  private func knows(_ base: Name, _ artifact: ID<Artifact>) -> Bool {
    (variants[base] ?? []).contains { artifacts[artifact].writer == $0 || reads($0, artifact) }
  }

  /// Whether a step has an artifact as an input, alone or among all of its group. A directory or
  /// glob that happens to hold it does not count: no version can stand in for it there.
  private func reads(_ step: ID<Step>, _ artifact: ID<Artifact>) -> Bool {
    steps[step].inputs.contains { input in
      guard case .artifacts(let artifacts, _) = input.source else { return false }
      return artifacts.contains(artifact)
    }
  }

  private mutating func deploySteps(
    of model: ModelDeclaration, _ from: [ID<Artifact>]
  ) -> [ID<Step>] {
    var chosen: [ID<Step>] = []
    for pattern in model.deploy {
      let base = pattern.content.base
      let found = steps(matching: pattern, of: model)
      chosen += found.filter { !chosen.contains($0) }
      // Of a step in which something is wrong it cannot be told what it would read.
      guard !manifest.brokenSteps.contains(base), let first = found.first else { continue }
      if !steps[first].traits.contains(.manual) {
        problems.append(
          Diagnostic(
            "not-manual",
            "step '\(base)' deploys model '\(model.name.content)', but is not manual: every run "
              + "would execute it",
            hint: "write 'manual: true' on step '\(base)' (line \(steps[first].span.line))",
            at: pattern.span))
      }
      let blind = found.first { step in !from.contains { reads(step, $0) } }
      guard let blind, let artifact = from.first else { continue }
      problems.append(
        Diagnostic(
          "unrelated-step",
          "step '\(steps[blind].name)' deploys model '\(model.name.content)', but has no input "
            + "'\(label(artifact))'",
          hint: "let it read '\(label(artifact))': the promoted version stands in for it",
          at: pattern.span))
    }
    return chosen
  }

  private func label(_ artifact: ID<Artifact>) -> String {
    let row = artifacts[artifact]
    return "\(steps[row.writer].name)" + (row.name.map { ".\($0)" } ?? ":\(row.path)")
  }
}

extension Diagnostic {
  fileprivate static func noWriter(
    of artifact: Name, step: Name, known: [String], model: Name, at span: Span
  ) -> Diagnostic {
    let written =
      known.isEmpty
      ? "give an output of step '\(step)' that name"
      : "step '\(step)' writes " + known.map { "'\($0)'" }.joined(separator: ", ")
    return Diagnostic(
      "no-writer",
      "'\(step).\(artifact)' is what model '\(model)' is made from, but no step "
        + "writes it",
      hint: nearest(to: artifact.text, among: known).map { "write '\(step).\($0)'" } ?? written,
      at: span)
  }

  fileprivate static func noMetrics(
    _ metric: MetricName, of step: StepDeclaration, at span: Span
  ) -> Diagnostic {
    let known = step.outputs.filter { $0.kind == .metrics }.compactMap { $0.name?.content.text }
    let rest = metric.path.joined(separator: ".")
    let near = nearest(to: metric.output.text, among: known) ?? (known.count == 1 ? known[0] : nil)
    let declared = step.outputs.contains { $0.name?.content == metric.output }
    let hint =
      declared
      ? "write 'kind: metrics' on that output, if metrics are what it holds"
      : near.map { "write '\(metric.step).\($0).\(rest)'" }
    return Diagnostic(
      "no-metrics",
      "'\(metric.step).\(metric.output)' is no output of kind metrics, so no metric is named "
        + "'\(metric)'",
      hint: hint ?? "give step '\(metric.step)' an output of kind metrics", at: span)
  }

  fileprivate static func unrelatedMetric(
    _ metric: MetricName, model: Name, artifact: String, others: [Name], at span: Span
  ) -> Diagnostic {
    let names = others.map { "'\($0)'" }.joined(separator: " or ")
    return Diagnostic(
      "unrelated-metric",
      "'\(metric)' says nothing of model '\(model)': step '\(metric.step)' neither writes nor "
        + "reads '\(artifact)'",
      hint: others.isEmpty
        ? "let step '\(metric.step)' read '\(artifact)'" : "write a metric of step \(names)",
      at: span)
  }
}
