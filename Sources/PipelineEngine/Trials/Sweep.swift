import PipelineModel

/// Executes the trials of a sweep beside the workspace, several at once.
///
/// Trials share every step that does not depend on what is swept, since such steps have one key: the
/// first that needs it executes it, the others wait for that and take the result.
package struct Sweep: Sendable {
  /// One combination with the plan that it leads to.
  package struct Trial: Sendable {
    /// From 1.
    package let number: Int
    package let label: String
    package let plan: Plan

    package init(number: Int, label: String, plan: Plan) {
      self.number = number
      self.label = label
      self.plan = plan
    }
  }

  /// What became of a trial.
  package struct Ended: Sendable {
    package let trial: Trial
    /// As history has it; nil where it could not be begun.
    package var experiment: ExperimentEntry?
    package var outcome = ExperimentEntry.Outcome.succeeded
    package var endings: [Ending] = []
    package var metrics: [Metric] = []
    /// Whether an earlier sweep had tried the same, with the same results.
    package var isKnown = false
    package var seconds = 0.0
    /// The first step that failed, where one did.
    package var failure: (step: String, failure: Failure, log: Path?)?

    /// What was measured under a name, or under an unambiguous end of one.
    package func number(of metric: String) -> Double? {
      guard case .found(let name) = NameMatch.of(metric, among: metrics.map(\.name)) else {
        return nil
      }
      return metrics.first { $0.name == name }?.number
    }
  }

  /// What happens while it goes on.
  package enum Event: Sendable {
    case started(Trial)
    case ended(Ended)
  }

  let home: MachineWorld
  let history: History
  let entry: SweepEntry
  let request: ExperimentRequest
  let pools: Pools
  /// How many trials are at work at once.
  let width: Int
  /// Whether what does not depend on a failed step goes on, within a trial.
  let keepsGoing: Bool
  let stop: SweepStop?
  let tell: @Sendable (Event) -> Void

  /// - Parameters:
  ///   - home: the workspace, which the caller has to itself.
  ///   - request: what the trials' experiments have in common.
  ///   - pools: shared by all trials.
  package init(
    beside home: MachineWorld, recordedAs entry: SweepEntry, in history: History,
    _ request: ExperimentRequest, pools: Pools, width: Int, keepsGoing: Bool = false,
    stop: SweepStop?,
    tell: @escaping @Sendable (Event) -> Void
  ) {
    self.home = home
    self.entry = entry
    self.history = history
    self.request = request
    self.pools = pools
    self.width = max(1, width)
    self.keepsGoing = keepsGoing
    self.stop = stop
    self.tell = tell
  }

  /// Executes the trials, in order as far as they start.
  ///
  /// - Returns: those that were begun, by number. A failed one stops no other; one that reaches the
  ///   goal, or a cancellation, stops those that have not started.
  package func run(
    _ trials: [Trial], isCancelled: @escaping @Sendable () -> Bool
  ) async throws -> [Ended] {
    let gate = ResourceGate(pools)
    let known = try history.trials(of: entry)
    return try await withThrowingTaskGroup(of: Ended.self) { group in
      var waiting = trials[...]
      var ended: [Ended] = []
      var isReached = false
      var count = 0
      while true {
        while count < width, !isReached, !isCancelled(), let trial = waiting.popFirst() {
          count += 1
          group.addTask { try await execute(trial, known, gate, isCancelled) }
        }
        guard let next = try await group.next() else { break }
        count -= 1
        ended.append(next)
        tell(.ended(next))
        if let stop, isGoal(stop, next) { isReached = true }
      }
      return ended.sorted { $0.trial.number < $1.trial.number }
    }
  }

  private func isGoal(_ stop: SweepStop, _ ended: Ended) -> Bool {
    guard ended.outcome == .succeeded else { return false }
    return ended.number(of: stop.metric).map(stop.isReached) ?? false
  }

  private func execute(
    _ trial: Trial, _ known: [Set<String>: String], _ gate: ResourceGate,
    _ isCancelled: @escaping @Sendable () -> Bool
  ) async throws -> Ended {
    tell(.started(trial))
    let begin = SystemClock.steady
    var ended = try await TrialExecution(sweep: self, trial: trial, known: known)
      .run(gate, isCancelled)
    ended.seconds = Double(SystemClock.steady - begin) / 1e9
    if let experiment = ended.experiment {
      ended.metrics = try history.metrics(of: [experiment.id])[experiment.id] ?? []
    }
    return ended
  }
}
