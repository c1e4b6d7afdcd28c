import PipelineModel

extension MachineWorld {
  /// Records what is at a step's outputs now as its result, without executing it.
  ///
  /// - Throws: `StepProblem` where an output or an input is missing.
  package func adopt(_ id: ID<Step>, of decider: Decider<MachineWorld>) async throws {
    let pipeline = decider.plan.pipeline
    let step = pipeline.steps[id]
    let fingerprint = try await decider.fingerprint(of: id, known: [:])
    let artifacts = step.outputs.map { pipeline.artifacts[$0] }
    // What it is shows when it is stored: a large one is read once.
    for artifact in artifacts where try !hasOutput(at: artifact.path) {
      throw StepProblem(
        "nothing-to-adopt",
        "output '\(artifact.path)' of step '\(step.name)' does not exist, so there is nothing to "
          + "adopt",
        hint: "put it there, or let the step execute", at: artifact.span)
    }
    let stored = try store.deposit(artifacts.filter(\.isStored).map(\.path), from: contents)
    var rest = stored[...]
    let outputs = try artifacts.map { artifact in
      let deposited = artifact.isStored ? rest.popFirst() : try content(ofOutput: artifact.path)
      guard let content = deposited else { throw StorageError.missingOutput(artifact.path) }
      return Result.Output(
        name: artifact.name, path: artifact.path, content: content, isStored: artifact.isStored)
    }
    let result = Result(
      key: fingerprint.key, step: step.name, fingerprint: fingerprint, outputs: outputs, log: nil,
      metrics: nil, workspace: workspace, finished: Int(SystemClock.now), usage: Usage())
    try store.record(result)
    var outcome = Outcome(.ran)
    outcome.result = result
    remember(step.name, outcome)
  }
}
