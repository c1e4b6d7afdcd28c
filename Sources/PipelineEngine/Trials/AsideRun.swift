import PipelineModel

/// Executes steps beside the workspace, on contents that stand in for what their inputs would be,
/// and records that as an experiment.
package struct AsideRun: Sendable {
  /// The workspace.
  package let home: MachineWorld
  /// Absolute.
  let history: Path
  let request: ExperimentRequest
  /// How many steps may execute at once.
  let pools: @Sendable (Plan) -> Pools
  /// Opens a voice for a plan, since each has steps of its own.
  let voice: @Sendable (Plan) -> Voice
  /// Looks at what can be seen beforehand, and throws what is wrong.
  let check: @Sendable (Plan, MachineWorld) async throws -> Void
  let isCancelled: @Sendable () -> Bool

  /// Tells the user what such a run does.
  package struct Voice: Sendable {
    package let tell: @Sendable (RunEvent) -> Void
    package let finish: @Sendable () -> Void

    package init(
      tell: @escaping @Sendable (RunEvent) -> Void,
      finish: @escaping @Sendable () -> Void
    ) {
      self.tell = tell
      self.finish = finish
    }
  }

  package init(
    beside home: MachineWorld, history: Path, request: ExperimentRequest,
    pools: @escaping @Sendable (Plan) -> Pools, voice: @escaping @Sendable (Plan) -> Voice,
    check: @escaping @Sendable (Plan, MachineWorld) async throws -> Void,
    isCancelled: @escaping @Sendable () -> Bool
  ) {
    self.home = home
    self.history = history
    var request = request
    request.movesLatest = false
    request.name = nil
    request.isWanted = false
    self.request = request
    self.pools = pools
    self.voice = voice
    self.check = check
    self.isCancelled = isCancelled
  }

  /// - Parameter occasion: variables for the steps, not keyed.
  /// - Throws: `StepProblem` where the store lacks a replacing content, or a step wrote into the
  ///   workspace; never because a step failed.
  func run(
    _ plan: Plan, replacing: [ID<Artifact>: Content], occasion: [EnvironmentVariable] = []
  ) async throws -> RunRecord {
    // Asked of the workspace: what it lacks, a shadow could only be puzzled by.
    try await check(plan, home)
    let voice = voice(plan)
    defer { voice.finish() }
    let shadow = try Shadow.make(for: plan, beside: home, replacing: replacing)
    shadow.world.occasion.withLock { $0 = occasion }
    let ended = try await RecordedRun(
      plan, on: home, in: shadow, history: home.place(ofHistory: history), request,
      pools: pools(plan), keepsGoing: false
    ).run(tell: voice.tell, isCancelled: isCancelled)
    if let fault = ended.fault { throw fault }
    return ended.record
  }
}

extension RunRecord {
  /// What kept steps from doing what a promotion needs of them; nil where all did.
  func promotionProblem(of plan: Plan) -> StepProblem? {
    let failed = steps.first { entry in
      entry.outcome.ending == .failed
        && !plan.pipeline.steps[entry.step].traits.contains(.allowFailure)
    }
    if let failed {
      let name = plan.pipeline.steps[failed.step].name
      return StepProblem(
        "promotion-failed", "step '\(name)' failed, so no alias was moved",
        hint: failed.outcome.log.map { "its log: \($0)" })
    }
    return wasCancelled ? StepProblem("promotion-failed", "stopped: no alias was moved") : nil
  }
}
