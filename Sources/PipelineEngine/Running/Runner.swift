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
    var ahead = DecisionsAhead(decider)
    let ended = EndedSteps()
    return try await withThrowingTaskGroup(of: Void.self) { group in
      var hasBegun = false
      var executing = 0
      while true {
        await decide(&ahead, &progress, until: { !ended.isEmpty })
        if isCancelled() { progress.cancel() }
        let ready = progress.schedule.startReady()
        // Before what starts can print: else their order would be a matter of luck.
        report(&progress)
        if !ready.isEmpty, !hasBegun {
          try await begin()
          hasBegun = true
        }
        for (id, verdict) in ready {
          start(id, verdict, decider, progress, in: &group, ended)
          executing += 1
        }
        if progress.schedule.hasMoreToDecide, ended.isEmpty { continue }
        if executing == 0 { break }
        await ended.wait()
        if isCancelled() { progress.cancel() }
        for (id, outcome) in ended.takeAll() {
          // Lets go of the task.
          try await group.next()
          executing -= 1
          progress.ended(id, outcome)
        }
      }
      report(&progress)
      await settle(&progress)
      return progress.record
    }
  }

  /// Decides what can be decided, for a while: what is ready by then starts before the rest is
  /// looked at, and so does what the end of a step makes room for.
  private func decide(
    _ ahead: inout DecisionsAhead<W>, _ progress: inout RunProgress, until isOver: () -> Bool
  ) async {
    let end = SystemClock.steady + Runner.patience
    while let id = progress.schedule.nextToDecide() {
      switch await ahead.decision(of: id, progress.schedule, known: progress.known) {
      case .success(let decision): progress.decided(id, decision)
      case .failure(let error): progress.refused(id, refused(by: error))
      }
      if isOver() || SystemClock.steady > end { return }
    }
  }

  /// Nanoseconds for which processors may be idle so that the longest of all way is begun first.
  private static var patience: Int64 { 20_000_000 }

  /// Waits until all that was made is safe; what could not be made so has failed.
  private func settle(_ progress: inout RunProgress) async {
    for (id, outcome) in progress.takeUnsettled() {
      outcome.recording?.hurry()
      let settled = world.presentable(await outcome.settled())
      world.remember(plan.pipeline.steps[id].name, settled)
      if settled.ending != outcome.ending { progress.replace(id, settled) }
    }
    world.abandonUnrecorded()
  }

  private func durations() throws -> [Double?] {
    var durations = [Double?](repeating: nil, count: plan.pipeline.steps.count)
    for id in plan.steps {
      durations[id.index] = world.seconds(of: plan.pipeline.steps[id].name)
    }
    return durations
  }

  /// How a step ends of which something could not be looked at.
  private func refused(by error: any Error) -> Outcome {
    var outcome = Outcome(.failed)
    outcome.failure = Failure(undecidable: error)
    return world.presentable(outcome)
  }

  private func start(
    _ id: ID<Step>, _ verdict: Verdict, _ decider: Decider<W>, _ progress: RunProgress,
    in group: inout ThrowingTaskGroup<Void, any Error>, _ ended: EndedSteps
  ) {
    guard let decision = progress.decisions[id.index] else { return }
    let traits = plan.pipeline.steps[id].traits
    let work = Execution(
      pipeline: plan.pipeline, id: id, decision: decision,
      mustExecute: plan.forced.contains(id) || traits.contains(.always))
    tell(.started(id, isRestore: verdict.isFresh))
    group.addTask { ended.add(id, world.presentable(await perform(work, verdict, decider))) }
  }

  private func perform(
    _ work: Execution, _ verdict: Verdict, _ decider: Decider<W>
  ) async -> Outcome {
    if case .restorable(let result, _) = verdict,
      let outcome = await world.restore(work, from: result)
    {
      return outcome
    }
    if work.step.traits.contains(.frozen) {
      var outcome = Outcome(.failed)
      outcome.failure = Failure(
        "step '\(work.step.name)' is frozen, and its outputs could not be restored",
        hint: "put the files there, or remove 'frozen: true'")
      return outcome
    }
    return await world.execute(work) {
      // As it is, not as it was left: a step or a user may have changed another step's output.
      try await decider.fingerprint(of: work.id, known: [:], insteadOf: work.decision.fingerprint)
    }
  }

  private func report(_ progress: inout RunProgress) {
    for (id, outcome) in progress.takeEndings() {
      let name = plan.pipeline.steps[id].name
      // What is not recorded yet is no success to compare with.
      if outcome.recording == nil { world.remember(name, outcome) }
      tell(.ended(id, outcome, progress.decisions[id.index]))
      // Of what is kept there were none.
      if outcome.ending != .kept { progress.forgetDetails(of: id) }
    }
    tell(
      .progress(
        ended: progress.endedCount, of: plan.steps.count,
        secondsLeft: progress.schedule.secondsLeft))
  }
}

/// The steps that have ended since the runner last looked.
private final class EndedSteps: Sendable {
  private struct State {
    var outcomes: [(ID<Step>, Outcome)] = []
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let state = Locked(State())

  var isEmpty: Bool { state.withLock { $0.outcomes.isEmpty } }

  func add(_ id: ID<Step>, _ outcome: Outcome) {
    let waiter = state.withLock { state in
      state.outcomes.append((id, outcome))
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume()
  }

  /// Returns when there is one; called by one task at a time.
  func wait() async {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        if state.outcomes.isEmpty { state.waiter = continuation }
        return !state.outcomes.isEmpty
      }
      if isThere { continuation.resume() }
    }
  }

  func takeAll() -> [(ID<Step>, Outcome)] {
    state.withLock { state in
      defer { state.outcomes = [] }
      return state.outcomes
    }
  }
}

/// What a run knows of its steps so far.
private struct RunProgress {
  let plan: Plan
  var schedule: Schedule
  /// By step index.
  private(set) var decisions: [Decision?]
  private(set) var known: [ID<Artifact>: Content] = [:]
  private(set) var endedCount = 0
  /// By step index.
  private var outcomes: [Outcome?]
  private var unsettled: [ID<Step>] = []
  private var wasCancelled = false

  init(_ plan: Plan, _ schedule: Schedule) {
    self.plan = plan
    self.schedule = schedule
    decisions = Array(repeating: nil, count: plan.pipeline.steps.count)
    outcomes = Array(repeating: nil, count: plan.pipeline.steps.count)
  }

  mutating func decided(_ id: ID<Step>, _ decision: Decision) {
    // Nobody asks what a step was made from that stays as it is.
    if case .kept = decision.verdict {
      decisions[id.index] = decision.brief
    } else {
      decisions[id.index] = decision
    }
    if case .kept(let result) = decision.verdict {
      learn(id, result.outputs.map(\.content))
    }
    schedule.decided(id, decision.verdict)
  }

  /// The step can be neither decided nor executed.
  mutating func refused(_ id: ID<Step>, _ outcome: Outcome) {
    outcomes[id.index] = outcome
    schedule.refused(id)
  }

  mutating func ended(_ id: ID<Step>, _ outcome: Outcome) {
    outcomes[id.index] = outcome
    if outcome.recording != nil { unsettled.append(id) }
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
      var outcome = outcomes[id.index] ?? Outcome(ending)
      if ending == .kept, case .kept(let result)? = decisions[id.index]?.verdict {
        outcome.result = result
        outcome.contents = result.outputs.map(\.content)
      }
      outcomes[id.index] = outcome
      endedCount += 1
      return (id, outcome)
    }
  }

  /// The outcomes that may not be safe yet, the last one first: with it all before it are.
  mutating func takeUnsettled() -> [(step: ID<Step>, outcome: Outcome)] {
    defer { unsettled = [] }
    return unsettled.reversed().compactMap { id in outcomes[id.index].map { (id, $0) } }
  }

  mutating func replace(_ id: ID<Step>, _ outcome: Outcome) { outcomes[id.index] = outcome }

  /// To be called when it was told how the step ended: of thousands of steps, what they were made
  /// from would be most of what a run holds in memory.
  mutating func forgetDetails(of id: ID<Step>) {
    decisions[id.index] = decisions[id.index]?.brief
    guard let result = outcomes[id.index]?.result else { return }
    outcomes[id.index]?.result = result.brief
  }

  var record: RunRecord {
    RunRecord(
      steps: plan.steps.map { id in
        .init(
          step: id, decision: decisions[id.index],
          outcome: outcomes[id.index] ?? Outcome(.cancelled))
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
