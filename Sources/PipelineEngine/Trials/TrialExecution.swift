import PipelineModel

/// One trial of a sweep, from the look at what is known of it to its record.
struct TrialExecution: Sendable {
  let sweep: Sweep
  let trial: Sweep.Trial
  /// What the sweep has tried before, as `History.trials` tells.
  let known: [Set<String>: String]

  func run(
    _ gate: ResourceGate, _ isCancelled: @escaping @Sendable () -> Bool
  ) async throws -> Sweep.Ended {
    let forecast = try await Forecast(Decider(trial.plan, sweep.home))
    if let decisions = forecast.freshDecisions { return try await keep(decisions) }
    return try await execute(gate, isCancelled)
  }

  private var request: ExperimentRequest {
    var request = sweep.request
    request.name = "\(sweep.entry.name).\(trial.number)"
    request.isNameFlexible = true
    request.isWanted = true
    request.sweep = sweep.entry.globalID
    request.movesLatest = false
    return request
  }

  /// A trial of which nothing has to execute: nothing is put anywhere either.
  private func keep(_ decisions: [(step: ID<Step>, decision: Decision)]) async throws -> Sweep.Ended
  {
    var ended = Sweep.Ended(trial: trial)
    let results = decisions.compactMap(\.decision.verdict.result)
    ended.endings = decisions.map { _ in .kept }
    let runs = Set(results.map { RunWriting.globalID(of: $0) })
    ended.experiment = try known[runs].flatMap { try sweep.history.experiment(named: $0) }
    ended.isKnown = ended.experiment != nil
    if ended.isKnown { return ended }
    let recorder = ExperimentRecorder(
      trial.plan, in: sweep.home.place(of: sweep.history), request
    ) { _ in }
    for (id, decision) in decisions {
      var outcome = Outcome(.kept)
      outcome.result = decision.verdict.result
      outcome.contents = decision.verdict.result?.outputs.map(\.content) ?? []
      recorder.take(.ended(id, outcome, decision))
    }
    try await recorder.finish(.succeeded)
    ended.experiment = recorder.experiment
    return ended
  }

  private func execute(
    _ gate: ResourceGate, _ isCancelled: @escaping @Sendable () -> Bool
  ) async throws -> Sweep.Ended {
    let shadow = try Shadow.make(for: trial.plan, beside: sweep.home, gate: gate)
    let done = try await RecordedRun(
      trial.plan, on: sweep.home, in: shadow, history: sweep.home.place(of: sweep.history),
      request, pools: sweep.pools, keepsGoing: sweep.keepsGoing
    ).run(tell: { _ in }, isCancelled: isCancelled)
    var ended = Sweep.Ended(trial: trial)
    ended.outcome = done.outcome
    ended.experiment = done.experiment
    ended.endings = done.record.steps.map(\.outcome.ending)
    if let failed = done.record.steps.first(where: { $0.outcome.failure != nil }),
      let failure = failed.outcome.failure
    {
      let name = trial.plan.pipeline.steps[failed.step].name
      ended.failure = ("\(name)", failure, failed.outcome.log)
    }
    if let problem = done.fault as? StepProblem {
      ended.failure = (trial.label, Failure(problem.fact, hint: problem.hint), nil)
    } else if let fault = done.fault {
      throw fault
    }
    return ended
  }
}

extension Forecast {
  /// Every step's decision, where all of them are fresh; nil where something would execute, or
  /// might.
  var freshDecisions: [(step: ID<Step>, decision: Decision)]? {
    var decisions: [(step: ID<Step>, decision: Decision)] = []
    for (id, prospect) in steps {
      guard case .decided(let decision) = prospect, decision.verdict.isFresh else { return nil }
      decisions.append((id, decision))
    }
    return decisions
  }
}
