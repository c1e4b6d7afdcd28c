import PipelineModel

/// One execution of a plan, written down: what its steps do is told once it is on disk, and so is
/// how it ends.
///
/// It happens in the workspace, or in a shadow that is gone afterwards.
package struct RecordedRun: Sendable {
  private let plan: Plan
  private let world: MachineWorld
  private let shadow: Shadow?
  private let history: ExperimentRecorder.Place
  private let request: ExperimentRequest
  private let pools: Pools
  private let keepsGoing: Bool

  /// - Parameters:
  ///   - shadow: made for the plan; nil for an execution in the workspace itself.
  ///   - history: where it is written down.
  ///   - keepsGoing: whether what does not depend on a failed step goes on.
  package init(
    _ plan: Plan, on machine: MachineWorld, in shadow: Shadow? = nil,
    history: ExperimentRecorder.Place, _ request: ExperimentRequest, pools: Pools,
    keepsGoing: Bool
  ) {
    self.plan = plan
    world = shadow?.world ?? machine
    self.shadow = shadow
    self.history = history
    var request = request
    // What history lacks of the last run it learns of steps that are kept.
    if shadow == nil, machine.access.isAfterUnfinished { request.isWanted = true }
    self.request = request
    self.pools = pools
    self.keepsGoing = keepsGoing
  }

  /// What came of it.
  package struct Ended: Sendable {
    package let record: RunRecord
    package let outcome: ExperimentEntry.Outcome
    /// Nil where none was made.
    package let experiment: ExperimentEntry?
    /// Numbers of the versions that the steps have written or kept.
    package let versions: [ID<Artifact>: Int]
    /// What went wrong after the last step: a step has written outside of the shadow, which makes
    /// the outcome a failure, or history could not be written, which changes nothing of what the
    /// steps have made.
    package let fault: (any Error)?
  }

  /// - Parameters:
  ///   - tell: given what happens, what steps print among it, in order.
  ///   - isCancelled: as for `Runner.run`.
  /// - Throws: what keeps the first step from starting; then nothing is left of a shadow.
  package func run(
    tell: @escaping @Sendable (RunEvent) -> Void,
    isCancelled: @escaping @Sendable () -> Bool
  ) async throws -> Ended {
    let recorder = ExperimentRecorder(plan, in: history, request, forward: tell)
    let record: RunRecord
    do {
      record = try await execute(recorder, isCancelled)
    } catch {
      try? shadow?.finish()
      throw error
    }
    var outcome: ExperimentEntry.Outcome =
      record.wasCancelled ? .cancelled : record.hasFailed(in: plan.pipeline) ? .failed : .succeeded
    var fault: (any Error)?
    do {
      try shadow?.finish()
    } catch {
      outcome = .failed
      fault = error
    }
    do {
      try await recorder.finish(outcome)
    } catch {
      fault = fault ?? error
    }
    if shadow == nil {
      // One that was stopped may have come too early to what the last one has left.
      let isBroken = record.wasCancelled && world.access.isAfterUnfinished
      world.noteEnd(isWhole: fault == nil && !record.hasMachineFailure && !isBroken)
    }
    return Ended(
      record: record, outcome: outcome, experiment: recorder.experiment,
      versions: recorder.versions, fault: fault)
  }

  private func execute(
    _ recorder: ExperimentRecorder, _ isCancelled: @escaping @Sendable () -> Bool
  ) async throws -> RunRecord {
    let runner = Runner(
      plan, world, pools: pools, keepsGoing: keepsGoing,
      begin: { [world] in try await recorder.begin(on: world) }, tell: recorder.take)
    // What is printed waits, too, for what is told before it to be recorded.
    return try await world.listening {
      recorder.take(.printed($0, $1))
    } while: {
      try await recorder.recording { try await runner.run(isCancelled: isCancelled) }
    }
  }
}
