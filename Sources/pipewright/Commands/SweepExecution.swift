import PipelineEngine
import PipelineModel

/// `run --sweep`: from the trials to the table of what came of them.
struct SweepExecution: Sendable {
  let session: Session
  let space: SweepSpace
  let trials: [Sweep.Trial]
  let selection: Selection
  let overrides: Overrides
  let voice: VoiceOptions
  let limits: LimitOptions
  let tracking: TrackingOptions
  let keepsGoing: Bool

  /// Reads and binds the manifest once for each trial.
  ///
  /// - Throws: `ToolFailure` where some combination makes no valid pipeline.
  init(
    _ space: SweepSpace, _ selection: Selection, _ manifest: ManifestOptions, session: Session,
    voice: VoiceOptions, limits: LimitOptions, tracking: TrackingOptions, keepsGoing: Bool
  ) throws {
    self.session = session
    self.space = space
    self.selection = selection
    overrides = manifest.overrides
    self.voice = voice
    self.limits = limits
    self.tracking = tracking
    self.keepsGoing = keepsGoing
    trials = try space.trials.enumerated().map { index, trial in
      var overrides = manifest.overrides
      overrides.values = trial.parameters
      let bound = try session.bound(with: overrides)
      let plan = try bound.plan(selection, of: try bound.validPipeline())
      return Sweep.Trial(number: index + 1, label: trial.label, plan: plan)
    }
  }

  /// - Throws: `ToolFailure` where a trial did not succeed.
  func run() async throws {
    guard let first = trials.first else { return }
    let stop = StopSignal(grace: limits.graceDuration)
    let watch = try stop.watch()
    if Invocation.shared.isPlugin { watch.watchHangup(of: 1) }
    defer { withExtendedLifetime(watch) {} }
    let begin = SystemClock.steady
    let access = try await session.access(
      .running(waits: !limits.noWait), grace: limits.graceDuration)
    let machine = try session.machine(
      access, session.validPipeline(), grace: limits.graceDuration)
    defer { machine.close() }
    stop.attach(machine)
    let steps = trials.flatMap { trial in trial.plan.steps.map { trial.plan.pipeline.steps[$0] } }
    let pools = Pools(
      cpus: limits.jobCount, memoryBytes: Machine.memoryBytes, given: limits.pools, steps: steps)
    for trial in trials { try await session.check(trial.plan, on: machine, pools: pools) }
    do {
      try await machine.prepareComponents(of: first.plan) { Invocation.shared.progress($0) }
      let history = try machine.openHistory(session.historyFile)
      defer { history.close() }
      let entry = try history.beginSweep(
        named: tracking.experiment, digest: digest, space: space.json,
        workspace: machine.workspace)
      let teller = SweepTeller(
        session.style, entry.name, trials, metrics: shownMetrics, isQuiet: voice.quiet)
      let sweep = Sweep(
        beside: machine, recordedAs: entry, in: history, tracking.request, pools: pools,
        width: limits.jobCount, keepsGoing: keepsGoing, stop: space.stop
      ) { teller.tell($0) }
      let ended = try await stop.within(limits.timeoutDuration) {
        try await sweep.run(trials) { stop.isStopped }
      }
      let seconds = Double(SystemClock.steady - begin) / 1e9
      teller.finish(ended, best: best(of: ended), seconds: seconds)
      session.show(machine.warnings.take())
      try close(ended, stop)
    } catch {
      throw Session.failure(error)
    }
  }

  private func close(_ ended: [Sweep.Ended], _ stop: StopSignal) throws {
    if let code = stop.exitCode {
      throw ToolFailure(
        code: code,
        fact: "\(code == .timeIsUp ? "the time is up" : "stopped") after "
          + Amount.count(ended.count, "trial"),
        hint: "the same command goes on with what is missing")
    }
    let failed = ended.filter { $0.outcome == .failed }
    if !failed.isEmpty {
      throw ToolFailure(
        code: .stepFailed, fact: "\(failed.count) of \(Amount.count(ended.count, "trial")) failed")
    }
  }

  /// Names the sweep: what is tried, with which steps, and what the user laid over the rest.
  private var digest: Digest {
    let parts = [
      "\(space.digest)", selection.names.joined(separator: " "),
      overrides.assignments.joined(separator: "\n"),
      overrides.files.map(\.exact).joined(separator: "\n"),
    ]
    return Digest(of: JSON.text(.list(parts.map(Value.text))))
  }

  /// What the trials are compared by, the most important first; more is better or less is.
  private var goals: [(metric: String, goal: Goal)] {
    var goals: [(metric: String, goal: Goal)] = []
    if let stop = space.stop {
      switch stop.bound {
      case .atLeast: goals.append((stop.metric, .maximize))
      case .atMost: goals.append((stop.metric, .minimize))
      }
    }
    for model in session.loaded.pipeline?.models ?? [] {
      guard let better = model.better else { continue }
      let name = "\(better.metric)"
      let isThere = goals.contains { name == $0.metric || name.hasSuffix(".\($0.metric)") }
      if !isThere { goals.append((name, better.goal)) }
    }
    return goals
  }

  private var shownMetrics: [String] { goals.prefix(2).map(\.metric) }

  /// The best of what succeeded, where something says what is better.
  private func best(of ended: [Sweep.Ended]) -> Sweep.Ended? {
    guard let (metric, goal) = goals.first else { return nil }
    let able = ended.filter { $0.outcome == .succeeded }
    return Gate.best(of: able.map { ($0, $0.number(of: metric)) }, goal: goal)
  }
}

/// Tells of a sweep's trials as they end.
private final class SweepTeller: Sendable {
  private let display: Locked<Display>
  private let name: String
  private let metrics: [String]
  private let ticking: Task<Void, Never>?

  init(
    _ style: Style, _ name: String, _ trials: [Sweep.Trial], metrics: [String], isQuiet: Bool
  ) {
    self.name = name
    self.metrics = metrics
    let invocation = Invocation.shared
    let form: Display.Form = isQuiet ? .quiet : invocation.isTerminal ? .live : .plain
    var display = Display(form, style: style) { invocation.show($0) }
    display.total = trials.count
    display.nameWidth = trials.map(\.label.count).max() ?? 0
    let screen = invocation.display
    display.size = { Terminal.size(screen) ?? (80, 24) }
    display.print("sweep \(name): \(Amount.count(trials.count, "trial"))")
    let locked = Locked(display)
    self.display = locked
    ticking =
      form == .live
      ? Task.detached {
        while !Task.isCancelled {
          try? await Task.sleep(for: .milliseconds(100))
          locked.withLock { $0.tick() }
        }
      } : nil
  }

  func tell(_ event: Sweep.Event) {
    switch event {
    case .started(let trial): display.withLock { $0.stepStarted(trial.label) }
    case .ended(let ended): tell(ended)
    }
  }

  private func tell(_ ended: Sweep.Ended) {
    var parts = [ended.experiment?.name].compactMap(\.self)
    parts.append(ended.isKnown ? "tried before" : Ending.totals(ended.endings))
    for metric in metrics {
      if let number = ended.number(of: metric) { parts.append("\(metric) \(Metric.brief(number))") }
    }
    display.withLock { display in
      display.stepEnded(
        ended.trial.label, ended.ending, detail: parts.joined(separator: ", "),
        seconds: ended.seconds)
      guard let (step, failure, log) = ended.failure else { return }
      display.warn(StyledLine("    step '\(step)': \(failure.fact)", .bad))
      display.warn(excerpt: failure.excerpt)
      if let log { display.warn(StyledLine("    log: \(log)")) }
      if let hint = failure.hint { display.warn(StyledLine("    hint: \(hint)")) }
    }
  }

  func finish(_ ended: [Sweep.Ended], best: Sweep.Ended?, seconds: Double) {
    ticking?.cancel()
    display.withLock { display in
      let totals = Ending.totals(ended.map(\.ending))
      display.print(
        StyledLine("\(totals) in \(Amount.duration(seconds: seconds))", .strong))
      if let best, let experiment = best.experiment {
        display.print("best: \(experiment.name) (\(best.trial.label))")
        display.print(
          "to bring it into the workspace: \(Invocation.commandName) experiments apply "
            + experiment.name)
      }
      display.finish()
    }
  }
}

extension Sweep.Ended {
  /// How a line tells of the trial as a whole.
  fileprivate var ending: Ending {
    switch outcome {
    case .failed: .failed
    case .cancelled, .killed, .running: .cancelled
    case .succeeded: endings.contains(.ran) ? .ran : .kept
    }
  }
}
