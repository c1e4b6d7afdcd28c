import PipelineModel

/// What can be seen before anything executes, and would fail later: reported all at once.
package struct Preflight<World: Facts>: Sendable {
  private let plan: Plan
  private let world: World

  package init(_ plan: Plan, _ world: World) {
    self.plan = plan
    self.world = world
  }

  /// Inputs and sources that no step writes and no file has, and outputs of frozen steps that are
  /// nowhere, in the order of the manifest.
  package func problems() async throws -> [Diagnostic] {
    var problems: [Diagnostic] = []
    for id in plan.steps {
      let step = plan.pipeline.steps[id]
      if step.traits.contains(.frozen) {
        do {
          _ = try await Decider(plan, world).decide(id, known: [:])
        } catch let problem as StepProblem {
          problems.append(problem.diagnostic(of: step))
        }
        continue
      }
      problems += try step.inputs.compactMap { try missing($0, of: step) }
      problems += try step.sources.compactMap { try missing($0, of: step) }
    }
    return problems.inOrderOfPlace()
  }

  private func missing(_ input: Input, of step: Step) throws -> Diagnostic? {
    switch input.source {
    case .artifacts(let artifacts, _):
      for id in artifacts {
        let artifact = plan.pipeline.artifacts[id]
        if plan.contains(artifact.writer) { continue }
        if try world.content(ofOutput: artifact.path) != nil { continue }
        let writer = plan.pipeline.steps[artifact.writer]
        return Diagnostic(
          "missing-input",
          "'\(artifact.path)' is read by step '\(step.name)'; step '\(writer.name)' writes it, "
            + "and is not part of this run",
          hint: "name '\(writer.name)' too", at: input.span)
      }
      return nil
    case .path(let path, let overlaps):
      if overlaps.contains(where: { plan.contains(plan.pipeline.artifacts[$0].writer) }) {
        return nil
      }
      return try world.content(ofInput: path) != nil
        ? nil : .missingInput(path, readBy: step.name, at: input.span)
    case .glob(let glob, let overlaps):
      guard overlaps.isEmpty, try world.matches(of: glob).isEmpty else { return nil }
      return Diagnostic(
        "empty-glob", "'\(glob.pattern)' matches no file",
        hint: "correct the pattern, or expect an empty list", severity: .warning, at: input.span)
    }
  }

  private func missing(_ source: Path, of step: Step) throws -> Diagnostic? {
    let isWritten = step.needs.contains { writer in
      plan.contains(writer)
        && plan.pipeline.steps[writer].outputs.contains {
          plan.pipeline.artifacts[$0].path.overlaps(source)
        }
    }
    guard !isWritten, try world.content(ofInput: source) == nil else { return nil }
    return .missingSource(source, of: step.name, at: step.span)
  }
}
