import PipelineModel

/// What can be seen before anything executes, and would fail later: reported all at once.
package struct Preflight<World: Facts>: Sendable {
  private let plan: Plan
  private let world: World

  package init(_ plan: Plan, _ world: World) {
    self.plan = plan
    self.world = world
  }

  /// Inputs and sources that no step writes and no file has, outputs of frozen steps that are
  /// nowhere, and symbolic links that hide what leads to what, in the order of the manifest.
  package func problems() async throws -> [Diagnostic] {
    let isUntouched = plan.steps.map { world.isUntouched($0) }
    var links = LinkCheck(plan, world)
    let isFree = world.hasNoNewLinks
    var problems = isFree ? [] : try links.problems()
    // What is not there yet behind a link that hides a step's output is not missing.
    let told = Set(problems.compactMap(\.span))
    var next = 0
    for (id, isUntouched) in zip(plan.steps, isUntouched) {
      let step = plan.pipeline.steps[id]
      let first = next
      next += step.inputs.count
      if isUntouched { continue }
      if step.traits.contains(.frozen) {
        do {
          _ = try await Decider(plan, world).decide(id, known: [:])
        } catch let problem as StepProblem {
          problems.append(problem.diagnostic(of: step))
        }
        continue
      }
      for tool in step.tools where try world.tool(tool.content, of: step, in: plan.pipeline) == nil
      {
        problems.append(StepProblem(missingTool: tool, of: step).diagnostic(of: step))
      }
      for (offset, input) in step.inputs.enumerated() where !told.contains(input.span) {
        // What was seen a moment ago is there.
        if links.isSeen.count > first + offset, links.isSeen[first + offset] { continue }
        if let problem = try problem(with: input, of: step) { problems.append(problem) }
      }
      if told.contains(step.span) { continue }
      problems += try step.sources.compactMap { try missing($0, of: step) }
    }
    return problems.inOrderOfPlace()
  }

  private func problem(with input: Input, of step: Step) throws -> Diagnostic? {
    do {
      return try missing(input, of: step)
    } catch let error as StorageError {
      return Diagnostic("unreadable-input", error.description, hint: error.hint, at: input.span)
    }
  }

  private func missing(_ input: Input, of step: Step) throws -> Diagnostic? {
    switch input.source {
    case .artifacts(let artifacts, _):
      for id in artifacts {
        let artifact = plan.pipeline.artifacts[id]
        if plan.contains(artifact.writer) || plan.replaced.contains(id) { continue }
        if try world.hasOutput(at: artifact.path) { continue }
        let writer = plan.pipeline.steps[artifact.writer]
        return Diagnostic(
          "missing-input",
          "'\(artifact.path)' is read by step '\(step.name)'; step '\(writer.name)' writes it, "
            + "and is not part of this run",
          hint: "name '\(writer.name)' too", at: input.span)
      }
      return nil
    case .path(let path, let overlaps):
      let isMade = overlaps.contains {
        plan.contains(plan.pipeline.artifacts[$0].writer) || plan.replaced.contains($0)
      }
      if isMade { return nil }
      return try world.hasInput(at: path)
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
    guard !isWritten, try !world.hasInput(at: source) else { return nil }
    return .missingSource(source, of: step.name, at: step.span)
  }
}
