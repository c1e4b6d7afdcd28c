import PipelineEngine
import PipelineModel

/// One run of the tool, from taking the workspace to the reports.
struct RunExecution: Sendable {
  let session: Session
  let plan: Plan
  let voice: VoiceOptions
  let limits: LimitOptions
  let reports: ReportOptions
  let tracking: TrackingOptions
  let inputs: GivenInputs
  let promotions: [RunPromotion]
  /// What the next run may be answered by; nil where it is not to be.
  let question: Digest?
  /// What that look has found that was to answer this run.
  let glance: Glance?
  let keepsGoing: Bool

  private var pipeline: Pipeline { plan.pipeline }

  /// - Parameter adopting: steps whose present outputs become their results.
  /// - Throws: `ExitCode` where the run did not succeed.
  func run(adopting: [String]) async throws {
    let stop = StopSignal(grace: limits.graceDuration)
    let watch = try stop.watch()
    if Invocation.shared.isPlugin { watch.watchHangup(of: 1) }
    defer { withExtendedLifetime(watch) {} }
    let started = SystemClock.now
    let teller = newTeller
    let access = try await session.access(
      .running(waits: !limits.noWait), grace: limits.graceDuration, after: glance)
    // Beside all that comes before the first step.
    async let keeping: Void = session.loaded.keep()
    teller.tell(survivors: access.survivors)
    let machine = try session.machine(access, pipeline, grace: limits.graceDuration) {
      teller.tell(.printed($0, $1))
    } onProgress: {
      teller.progress($0, $1)
    }
    defer { machine.close() }
    stop.attach(machine)
    if let glance { machine.lean(on: glance, for: plan, readFrom: session.loaded.files) }
    let pools = Pools(limits, plan)
    var isQuiet = try await session.check(plan, on: machine, pools: pools)
    if !adopting.isEmpty { return try await adopt(adopting, machine, teller) }
    for remain in try machine.remains(readBy: plan) {
      teller.warn(remain)
      isQuiet = false
    }
    try await build(machine, teller)
    await keeping
    let ended: RecordedRun.Ended
    do {
      ended = try await execute(machine, pools, teller, stop)
    } catch {
      teller.finish(machine.warnings.take())
      throw Session.failure(error)
    }
    var report = RunReport(
      of: plan, ended, session, on: machine, started: Int(started))
    report.promotions = promotions.map(\.pending)
    settle(ended, machine, teller, isQuiet: isQuiet)
    teller.summary(report)
    do {
      try check(report, ended, stop)
      try await promote(ended, machine, stop, noting: &report.promotions)
    } catch {
      try reports.write(report)
      throw error
    }
    try reports.write(report)
  }

  /// Tells the last warnings, and leaves to the next run what it may be answered by.
  private func settle(
    _ ended: RecordedRun.Ended, _ machine: MachineWorld, _ teller: RunTeller, isQuiet: Bool
  ) {
    let warnings = machine.warnings.take()
    teller.finish(warnings)
    guard let question else { return }
    machine.settle(
      ended.record, of: plan, question: question, files: session.loaded.files,
      isQuiet: isQuiet && warnings.isEmpty && ended.fault == nil)
  }

  private var newTeller: RunTeller {
    RunTeller(
      session.style, plan, jobs: limits.jobCount, isQuiet: voice.quiet, isVerbose: voice.verbose)
  }

  private func execute(
    _ machine: MachineWorld, _ pools: Pools, _ teller: RunTeller, _ stop: StopSignal
  ) async throws -> RecordedRun.Ended {
    let run = RecordedRun(
      plan, on: machine, in: try shadow(beside: machine),
      history: machine.place(ofHistory: session.historyFile), request, pools: pools,
      keepsGoing: keepsGoing)
    return try await stop.within(limits.timeoutDuration) {
      try await run.run {
        teller.tell($0)
      } isCancelled: {
        stop.isStopped
      }
    }
  }

  private func promote(
    _ ended: RecordedRun.Ended, _ machine: MachineWorld, _ stop: StopSignal,
    noting endings: inout [PromotionEnding]
  ) async throws {
    for (index, promotion) in promotions.enumerated() {
      try await promotion.run(
        after: ended, of: plan, session, machine, jobs: limits.jobCount, isQuiet: voice.quiet,
        stop, noting: &endings[index])
    }
  }

  /// Where the plan executes that reads other versions than the workspace's.
  private func shadow(beside machine: MachineWorld) throws -> Shadow? {
    if inputs.references.isEmpty { return nil }
    do {
      try Registry.open(
        pipeline, in: session.root, historyFile: session.historyFile, warnings: machine.warnings
      )?.history.close()
      let contents = try inputs.contents(in: session.historyFile, warnings: machine.warnings)
      return try Shadow.make(for: plan, beside: machine, replacing: contents)
    } catch let problem as StepProblem {
      throw ToolFailure(code: .usage, fact: problem.fact, hint: problem.hint)
    } catch {
      throw Session.failure(error)
    }
  }

  private var request: ExperimentRequest {
    var request = tracking.request
    if !inputs.references.isEmpty {
      request.isWanted = true
      request.movesLatest = false
    }
    if !promotions.isEmpty { request.isWanted = true }
    return request
  }

  /// Compiles, all at once, the components whose sources nobody knows.
  private func build(_ machine: MachineWorld, _ teller: RunTeller) async throws {
    do {
      try await machine.prepareComponents(of: plan) { teller.note($0) }
    } catch let problem as StepProblem {
      teller.finish([])
      if let hint = problem.hint { Invocation.shared.printError(hint) }
      throw ToolFailure(code: .stepFailed, fact: problem.fact)
    }
  }

  private func adopt(
    _ names: [String], _ machine: MachineWorld, _ teller: RunTeller
  ) async throws {
    let named = try session.plan(Selection(names: names, isOnly: true), of: pipeline)
    do {
      for id in named.steps {
        try await machine.adopt(id, of: Decider(plan, machine))
        teller.note("adopted '\(pipeline.steps[id].name)': its present outputs are its result")
      }
    } catch let problem as StepProblem {
      throw ToolFailure(code: .usage, fact: problem.fact, hint: problem.hint)
    }
    teller.finish(machine.warnings.take())
  }

  /// - Throws: where the run did not succeed.
  private func check(
    _ report: RunReport, _ ended: RecordedRun.Ended, _ stop: StopSignal
  ) throws {
    if let code = stop.exitCode {
      let why = code == .timeIsUp ? "the time is up" : "stopped"
      throw ToolFailure(code: code, fact: "\(why): \(report.summary)")
    }
    if ended.record.hasMachineFailure {
      throw ToolFailure(code: .machine, fact: report.closingLine)
    }
    if ended.record.hasFailed(in: pipeline) {
      throw ToolFailure(code: .stepFailed, fact: report.closingLine)
    }
    if let fault = ended.fault { throw Session.failure(fault) }
  }
}

extension RunReport {
  /// What went wrong, in one line.
  var closingLine: String {
    let failed = steps.filter { $0.ending == .failed && !$0.mayFail }
    let names = failed.prefix(3).map { "'\($0.name)'" }.joined(separator: ", ")
    let more = failed.count > 3 ? " and \(failed.count - 3) more" : ""
    let log = failed.first?.failure?.log.map { "; log: \($0)" } ?? ""
    return failed.count == 1 ? "step \(names) failed\(log)" : "steps \(names)\(more) failed\(log)"
  }
}
