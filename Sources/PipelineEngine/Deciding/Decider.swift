import PipelineModel

/// What is decided of a step, and from what.
package struct Decision: Sendable {
  package let fingerprint: Fingerprint
  package let key: ActionKey
  package let verdict: Verdict
}

/// Decides steps whose inputs are settled. `status` and `run` decide with this same code.
package struct Decider<World: Facts>: Sendable {
  package let plan: Plan
  package let world: World

  package init(_ plan: Plan, _ world: World) {
    self.plan = plan
    self.world = world
  }

  /// - Parameter known: what settled steps have written; whatever else is read is looked at.
  /// - Throws: `StepProblem` where an input or a source does not exist, `SystemError` where the
  ///   machine fails.
  package func decide(
    _ id: ID<Step>, known: [ID<Artifact>: Content]
  ) async throws -> Decision {
    let step = plan.pipeline.steps[id]
    let fingerprint = try await self.fingerprint(of: id, known: known)
    let key = fingerprint.key
    let history = try world.history(of: step.name)
    if step.traits.contains(.frozen) {
      let verdict = try frozen(step, fingerprint, key, history)
      return Decision(fingerprint: fingerprint, key: key, verdict: verdict)
    }
    let result = try world.result(for: key)
    let outputs = try result.map { try evidence(of: step, against: $0) }
    let evidence = Evidence(
      fingerprint: fingerprint, traits: step.traits, isForced: plan.forced.contains(id),
      workspace: world.workspace, result: outputs == nil ? nil : result, outputs: outputs ?? [],
      last: history.last, hasFailed: history.hasFailed)
    return Decision(fingerprint: fingerprint, key: key, verdict: Verdict(evidence))
  }

  private func evidence(of step: Step, against result: Result) throws -> [Evidence.Output] {
    try zip(step.outputs, result.outputs).map { id, recorded in
      let artifact = plan.pipeline.artifacts[id]
      let present = try world.content(ofOutput: artifact.path)
      let isRestorable =
        present == recorded.content
        || (recorded.isStored ? try world.contains(recorded.content) : false)
      return Evidence.Output(
        path: artifact.path, present: present, isRestorable: isRestorable,
        isPersistent: artifact.isPersistent)
    }
  }

  /// What is there counts, whatever made it; what is missing comes from the step's own key, or from
  /// its last success.
  private func frozen(
    _ step: Step, _ fingerprint: Fingerprint, _ key: ActionKey, _ history: History
  ) throws -> Verdict {
    let recorded = try world.result(for: key) ?? history.last
    var outputs: [Result.Output] = []
    var missing: [Reason] = []
    for (index, id) in step.outputs.enumerated() {
      let artifact = plan.pipeline.artifacts[id]
      if let present = try world.content(ofOutput: artifact.path) {
        outputs.append(
          .init(name: artifact.name, path: artifact.path, content: present, isStored: false))
        continue
      }
      guard let known = recorded?.outputs.dropFirst(index).first, known.path == artifact.path,
        known.isStored, try world.contains(known.content)
      else {
        throw StepProblem(
          "frozen-missing",
          "output '\(artifact.path)' of frozen step '\(step.name)' is not there, nor in the store",
          hint: "put the file there, or remove 'frozen: true'", at: artifact.span)
      }
      outputs.append(known)
      missing.append(.outputMissing(artifact.path))
    }
    let result = Result(
      key: key, step: step.name, fingerprint: fingerprint, outputs: outputs, log: nil, metrics: nil,
      workspace: world.workspace, finished: 0, usage: Usage(attempts: 0))
    return missing.isEmpty ? .kept(result) : .restorable(result, missing)
  }
}
