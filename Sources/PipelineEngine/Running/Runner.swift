import PipelineModel

/// Executes what is stale of a plan, in the order and at the time that its schedule says.
package struct Runner<W: World>: Sendable {
  package let plan: Plan
  package let world: W
  package let pools: Pools
  package let keepsGoing: Bool
  /// Called once, before the first step is executed or restored.
  package let begin: @Sendable () async throws -> Void
  /// Called from one task at a time, in the order of what happened.
  package let tell: @Sendable (RunEvent) -> Void

  package init(
    _ plan: Plan, _ world: W, pools: Pools, keepsGoing: Bool,
    begin: @escaping @Sendable () async throws -> Void = {},
    tell: @escaping @Sendable (RunEvent) -> Void
  ) {
    self.plan = plan
    self.world = world
    self.pools = pools
    self.keepsGoing = keepsGoing
    self.begin = begin
    self.tell = tell
  }

  /// - Parameter isCancelled: asked whenever something happened; true stops what has not started.
  ///   Ending what is executing is the world's affair.
  /// - Throws: what `begin` throws, and the world's memory, before anything has started.
  package func run(isCancelled: @escaping @Sendable () -> Bool) async throws -> RunRecord {
    let durations = try durations()
    var progress = RunProgress(
      plan, Schedule(plan, pools: pools, durations: durations, keepsGoing: keepsGoing))
    let decider = Decider(plan, world)
    return try await withThrowingTaskGroup(of: (ID<Step>, Outcome).self) { group in
      var hasBegun = false
      while true {
        while let id = progress.schedule.nextToDecide() {
          await decide(id, decider, &progress)
        }
        if isCancelled() { progress.cancel() }
        let ready = progress.schedule.startReady()
        // Before what starts can print: else their order would be a matter of luck.
        report(progress.takeEndings(), progress)
        if !ready.isEmpty, !hasBegun {
          try await begin()
          hasBegun = true
        }
        for (id, verdict) in ready { start(id, verdict, decider, progress, in: &group) }
        if progress.schedule.hasMoreToDecide { continue }
        guard let (id, outcome) = try await group.next() else { break }
        if isCancelled() { progress.cancel() }
        progress.ended(id, outcome)
      }
      report(progress.takeEndings(), progress)
      return progress.record
    }
  }

  private func durations() throws -> [Double?] {
    var durations = [Double?](repeating: nil, count: plan.pipeline.steps.count)
    for id in plan.steps {
      durations[id.index] = try world.history(of: plan.pipeline.steps[id].name).seconds
    }
    return durations
  }

  private func decide(
    _ id: ID<Step>, _ decider: Decider<W>, _ progress: inout RunProgress
  ) async {
    do {
      let decision = try await decider.decide(id, known: progress.known)
      progress.decided(id, decision)
    } catch {
      progress.refused(id, Failure(undecidable: error))
    }
  }

  private func start(
    _ id: ID<Step>, _ verdict: Verdict, _ decider: Decider<W>, _ progress: RunProgress,
    in group: inout ThrowingTaskGroup<(ID<Step>, Outcome), any Error>
  ) {
    guard let decision = progress.decisions[id] else { return }
    let traits = plan.pipeline.steps[id].traits
    let work = Execution(
      pipeline: plan.pipeline, id: id, decision: decision, known: progress.known,
      mustExecute: plan.forced.contains(id) || traits.contains(.always))
    tell(.started(id, isRestore: verdict.isFresh))
    group.addTask { [world] in
      if case .restorable(let result, _) = verdict,
        let outcome = await world.restore(work, from: result)
      {
        return (id, outcome)
      }
      if traits.contains(.frozen) {
        var outcome = Outcome(.failed)
        outcome.failure = Failure(
          "step '\(work.step.name)' is frozen, and its outputs could not be restored",
          hint: "put the files there, or remove 'frozen: true'")
        return (id, outcome)
      }
      let outcome = await world.execute(work) {
        // As it is, not as it was left: a step or a user may have changed another step's output.
        try await decider.fingerprint(of: id, known: [:])
      }
      return (id, outcome)
    }
  }

  private func report(_ endings: [(step: ID<Step>, outcome: Outcome)], _ progress: RunProgress) {
    for (id, outcome) in endings {
      let name = plan.pipeline.steps[id].name
      world.remember(name, outcome)
      tell(.ended(id, outcome, progress.decisions[id]))
    }
    tell(
      .progress(
        ended: progress.endedCount, of: plan.steps.count,
        secondsLeft: progress.schedule.secondsLeft))
  }
}

/// What a run knows of its steps so far.
private struct RunProgress {
  let plan: Plan
  var schedule: Schedule
  private(set) var decisions: [ID<Step>: Decision] = [:]
  private(set) var known: [ID<Artifact>: Content] = [:]
  private(set) var endedCount = 0
  private var outcomes: [ID<Step>: Outcome] = [:]
  private var wasCancelled = false

  init(_ plan: Plan, _ schedule: Schedule) {
    self.plan = plan
    self.schedule = schedule
  }

  mutating func decided(_ id: ID<Step>, _ decision: Decision) {
    decisions[id] = decision
    if case .kept(let result) = decision.verdict {
      learn(id, result.outputs.map(\.content))
    }
    schedule.decided(id, decision.verdict)
  }

  /// The step can be neither decided nor executed.
  mutating func refused(_ id: ID<Step>, _ failure: Failure) {
    var outcome = Outcome(.failed)
    outcome.failure = failure
    outcomes[id] = outcome
    schedule.refused(id)
  }

  mutating func ended(_ id: ID<Step>, _ outcome: Outcome) {
    outcomes[id] = outcome
    learn(id, outcome.contents)
    schedule.ended(id, outcome.ending)
  }

  mutating func cancel() {
    guard !wasCancelled else { return }
    wasCancelled = true
    schedule.cancel()
  }

  /// The endings since the last call, each with what is known of it.
  mutating func takeEndings() -> [(step: ID<Step>, outcome: Outcome)] {
    schedule.takeEndings().map { id, ending in
      var outcome = outcomes[id] ?? Outcome(ending)
      if ending == .kept, case .kept(let result)? = decisions[id]?.verdict {
        outcome.result = result
        outcome.contents = result.outputs.map(\.content)
      }
      outcomes[id] = outcome
      endedCount += 1
      return (id, outcome)
    }
  }

  var record: RunRecord {
    RunRecord(
      steps: plan.steps.map { id in
        .init(step: id, decision: decisions[id], outcome: outcomes[id] ?? Outcome(.cancelled))
      },
      wasCancelled: wasCancelled)
  }

  private mutating func learn(_ id: ID<Step>, _ contents: [Content]) {
    for (artifact, content) in zip(plan.pipeline.steps[id].outputs, contents) {
      known[artifact] = content
    }
  }
}

extension Failure {
  /// A step whose inputs or component could not be looked at.
  init(undecidable error: any Error) {
    if let problem = error as? StepProblem {
      self.init(problem.fact, hint: problem.hint)
    } else if let error = error as? SystemError {
      self.init(error.description, hint: error.hint)
      isMachine = true
    } else {
      self.init("\(error)")
      isMachine = true
    }
  }
}
