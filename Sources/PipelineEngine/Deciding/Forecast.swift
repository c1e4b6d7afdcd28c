import PipelineModel

/// What a run would do now, as far as it can be known before anything executes.
package struct Forecast: Sendable {
  package enum Prospect: Sendable {
    case decided(Decision)
    /// It waits for what these steps make.
    case undecided([StepName])
    case impossible(StepProblem)
  }

  /// In plan order.
  package private(set) var steps: [(step: ID<Step>, prospect: Prospect)] = []

  /// Decides every step of the plan that does not depend on one that has to execute.
  ///
  /// A step that will be restored is taken as if it were: its outputs' content is known. Only where
  /// another step reads them by a directory or a pattern has the workspace itself to be looked at.
  ///
  /// - Parameters:
  ///   - given: what replaced artifacts of the plan hold.
  ///   - isBrief: whether nobody will ask what steps were made from: of thousands it would be most
  ///     of what is held in memory.
  package init<World: Facts>(
    _ decider: Decider<World>, given: [ID<Artifact>: Content] = [:], isBrief: Bool = false
  ) async throws {
    let pipeline = decider.plan.pipeline
    var known = given
    var isSettled = Set<ID<Step>>()
    var isPresent = Set<ID<Step>>()
    for id in decider.plan.steps {
      let step = pipeline.steps[id]
      let waitsFor = step.needs.filter { needed in
        guard decider.plan.contains(needed) else { return false }
        return !isSettled.contains(needed)
          || (!isPresent.contains(needed) && step.looksInto(needed, pipeline))
      }
      if !waitsFor.isEmpty {
        steps.append((id, .undecided(waitsFor.map { pipeline.steps[$0].name })))
        continue
      }
      do {
        let isForeseen = step.needs.contains {
          decider.plan.contains($0) && !isPresent.contains($0)
        }
        let decision = try await decider.decide(id, known: known, isForeseen: isForeseen)
        steps.append((id, .decided(isBrief ? decision.brief : decision)))
        guard let result = decision.verdict.result else { continue }
        isSettled.insert(id)
        if case .kept = decision.verdict { isPresent.insert(id) }
        for (artifact, output) in zip(step.outputs, result.outputs) {
          known[artifact] = output.content
        }
      } catch let problem as StepProblem {
        steps.append((id, .impossible(problem)))
      } catch let error as SystemError {
        steps.append((id, .impossible(StepProblem("unreadable", "\(error)", hint: error.hint))))
      } catch let error as StorageError {
        steps.append((id, .impossible(StepProblem("unreadable", "\(error)", hint: error.hint))))
      }
    }
  }

  /// Whether any step would execute, or might; steps that always do, and what waits only for
  /// them, do not count.
  package func hasStale(in pipeline: Pipeline) -> Bool {
    var uncounted: Set<StepName> = []
    for (id, prospect) in steps {
      let step = pipeline.steps[id]
      switch prospect {
      case .impossible: return true
      case .decided(let decision):
        if decision.verdict.isFresh { continue }
        guard step.traits.contains(.always) else { return true }
        uncounted.insert(step.name)
      case .undecided(let waitsFor):
        guard waitsFor.allSatisfy(uncounted.contains) else { return true }
        uncounted.insert(step.name)
      }
    }
    return false
  }

  /// The verdicts as `status` lists them; what is impossible is stale, and a problem beside.
  package func rows(in pipeline: Pipeline) -> [StatusReport.Row] {
    steps.map { id, prospect in
      let step = pipeline.steps[id]
      let verdict: Verdict =
        switch prospect {
        case .decided(let decision): decision.verdict
        case .undecided(let waitsFor): .undecided(waitsFor)
        case .impossible: .stale([])
        }
      return .init(
        name: step.name, verdict: verdict, isFrozen: step.traits.contains(.frozen))
    }
  }

  /// Why steps can be neither decided nor executed.
  package func problems(in pipeline: Pipeline) -> [Diagnostic] {
    steps.compactMap { id, prospect in
      guard case .impossible(let problem) = prospect else { return nil }
      return problem.diagnostic(of: pipeline.steps[id])
    }
  }
}

extension Step {
  /// Whether it reads what another step writes otherwise than as that step's artifact.
  func looksInto(_ writer: ID<Step>, _ pipeline: Pipeline) -> Bool {
    let overlapping = inputs.contains { input in
      switch input.source {
      case .artifacts: false
      case .path(_, let overlaps), .glob(_, let overlaps):
        overlaps.contains { pipeline.artifacts[$0].writer == writer }
      }
    }
    let written = pipeline.steps[writer].outputs.map { pipeline.artifacts[$0].path }
    return overlapping
      || (sources + sourceCandidates).contains { source in
        written.contains { $0.overlaps(source) }
      }
  }
}

extension Verdict {
  /// The result that answers, where one does.
  package var result: Result? {
    switch self {
    case .kept(let result), .restorable(let result, _): result
    case .stale, .undecided: nil
    }
  }
}
