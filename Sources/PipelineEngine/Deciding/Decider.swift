import PipelineModel

/// What is decided of a step, and from what.
package struct Decision: Sendable {
  /// In a record of steps that have ended, nothing but their sources.
  package private(set) var fingerprint: Fingerprint
  package let key: ActionKey
  package private(set) var verdict: Verdict
  /// The world's, from before anything was asked of it.
  package let moment: Int

  package init(fingerprint: Fingerprint, key: ActionKey, verdict: Verdict, moment: Int) {
    self.fingerprint = fingerprint
    self.key = key
    self.verdict = verdict
    self.moment = moment
  }

  /// The same with no more of what the step is made from than its sources.
  var brief: Decision {
    var brief = self
    brief.fingerprint = Fingerprint(fingerprint.fields.filter { $0.kind == .source })
    brief.verdict = verdict.brief
    return brief
  }
}

/// Decides steps whose inputs are settled. `status` and `run` decide with this same code.
package struct Decider<World: Facts>: Sendable {
  package let plan: Plan
  package let world: World

  package init(_ plan: Plan, _ world: World) {
    self.plan = plan
    self.world = world
  }

  /// - Parameters:
  ///   - known: what settled steps have written; whatever else is read is looked at.
  ///   - isForeseen: whether something that it reads is not there yet as it will be.
  /// - Throws: `StepProblem` where an input or a source does not exist, `SystemError` where the
  ///   machine fails.
  package func decide(
    _ id: ID<Step>, known: [ID<Artifact>: Content], isForeseen: Bool = false
  ) async throws -> Decision {
    let step = plan.pipeline.steps[id]
    let moment = world.moment
    if !isForeseen, let result = try world.untouchedResult(of: id) {
      return Decision(
        fingerprint: result.fingerprint, key: result.key, verdict: .kept(result), moment: moment)
    }
    let history = try world.history(of: step.name)
    if step.traits.contains(.frozen) { return try await frozen(id, known, history) }
    let fingerprint = try await self.fingerprint(of: id, known: known)
    let key = fingerprint.key
    let result = try answer(to: key, for: step, history)
    let evidence = Evidence(
      fingerprint: fingerprint, traits: step.traits, isForced: plan.forced.contains(id),
      workspace: world.workspace, result: result,
      outputs: try result.map { try present(of: step, against: $0) } ?? [],
      last: history.last, lastKey: history.lastKey, hasFailed: history.hasFailed)
    let verdict = try await explained(Verdict(evidence))
    return Decision(fingerprint: fingerprint, key: key, verdict: verdict, moment: moment)
  }

  /// The verdict with the files named that changed a component's code.
  private func explained(_ verdict: Verdict) async throws -> Verdict {
    var reasons: [Reason] = []
    for reason in verdict.reasons {
      reasons.append(reason)
      guard case .changed(let old, let new) = reason, new.kind == .component else { continue }
      reasons += try await world.changes(ofComponent: new.name, since: old.value)
    }
    switch verdict {
    case .kept, .undecided: return verdict
    case .restorable(let result, _): return .restorable(result, reasons)
    case .stale: return .stale(reasons)
    }
  }

  /// The result under a key; nil as well where it has other outputs than the step, which only a
  /// damaged one has.
  private func answer(
    to key: ActionKey, for step: Step, _ history: StepHistory
  ) throws -> Result? {
    guard let found = try world.result(for: key) else { return nil }
    // Another workspace that shares the store may have executed the step after this one did.
    let result = history.last.flatMap { $0.key == key ? $0 : nil } ?? found
    let paths = step.outputs.map { plan.pipeline.artifacts[$0].path }
    return result.outputs.map(\.path) == paths ? result : nil
  }

  private func present(of step: Step, against result: Result) throws -> [Evidence.Output] {
    try zip(step.outputs, result.outputs).map { (id, recorded) throws -> Evidence.Output in
      let artifact = plan.pipeline.artifacts[id]
      let (present, isForeign) = try world.presence(ofOutput: artifact.path)
      var isRestorable = present == recorded.content
      if !isRestorable, recorded.isStored { isRestorable = try world.contains(recorded.content) }
      return Evidence.Output(
        path: artifact.path, present: present, isForeign: isForeign, isRestorable: isRestorable,
        isPersistent: artifact.isPersistent)
    }
  }

  /// What is there counts, whatever made it; what is missing comes from the step's own key, or from
  /// its last success. What it reads may be gone: that is what freezing is for.
  private func frozen(
    _ id: ID<Step>, _ known: [ID<Artifact>: Content], _ history: StepHistory
  ) async throws -> Decision {
    let step = plan.pipeline.steps[id]
    var fingerprint = Fingerprint([])
    do {
      fingerprint = try await self.fingerprint(of: id, known: known)
    } catch is StepProblem {}
    let key = fingerprint.key
    let results = [try answer(to: key, for: step, history), history.last].compactMap { $0 }
    var outputs: [Result.Output] = []
    var missing: [Reason] = []
    for id in step.outputs {
      let artifact = plan.pipeline.artifacts[id]
      if let present = try world.content(ofOutput: artifact.path) {
        outputs.append(
          .init(
            name: artifact.name, path: artifact.path, content: present,
            isStored: try world.contains(present)))
        continue
      }
      let recorded = results.flatMap(\.outputs).filter { $0.path == artifact.path && $0.isStored }
      guard let known = try recorded.first(where: { try world.contains($0.content) }) else {
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
    return Decision(
      fingerprint: fingerprint, key: key,
      verdict: missing.isEmpty ? .kept(result) : .restorable(result, missing),
      moment: world.moment)
  }
}
