import GRDB
import PipelineModel

/// Writes down what a run of the pipeline does, step by step, and passes on what happened once it
/// is on disk.
///
/// What has ended while one transaction was under way, or shortly after it began, is written by the
/// next, all together.
package final class ExperimentRecorder: Sendable {
  private let plan: Plan
  private let machine: Place
  private let request: ExperimentRequest
  private let forward: @Sendable (RunEvent) -> Void
  private let bell: AsyncStream<Void>
  private let ring: AsyncStream<Void>.Continuation
  /// From when on nothing more is taken.
  private let end = Occurrence()
  private let state: Locked<State>
  private let met = MetRows()
  /// By step index, its place in the plan.
  private let positions: [Int]

  /// Where the steps execute, as far as a record of them needs it.
  package struct Place: Sendable {
    /// The random name of the workspace.
    package let workspace: String
    package let store: Store
    /// Hides secrets in what is measured.
    let mask: SecretMask
    /// Opens the history; asked once, when there is something to write.
    package let history: @Sendable () throws -> History
    /// What git knows, as far as there is a repository.
    package let git: @Sendable () async -> GitState?
    /// The committed file of a pipeline's registry, if it has one.
    let registryFile: @Sendable (Pipeline) -> RegistryFile?
    /// Whether others use the history, too, so that it stays open.
    package let sharesHistory: Bool

    package init(
      workspace: String, store: Store, mask: SecretMask = SecretMask([]),
      sharesHistory: Bool = false,
      history: @escaping @Sendable () throws -> History,
      git: @escaping @Sendable () async -> GitState?,
      registryFile: @escaping @Sendable (Pipeline) -> RegistryFile? = { _ in nil }
    ) {
      self.workspace = workspace
      self.store = store
      self.mask = mask
      self.sharesHistory = sharesHistory
      self.history = history
      self.git = git
      self.registryFile = registryFile
    }
  }

  private struct State {
    var history: History?
    var experiment: ExperimentEntry?
    /// Neither written nor passed on.
    var waiting = WaitingEvents()
    /// Passed on and not written: there is no experiment yet, or history could not be written.
    var unwritten: [StepEnd] = []
    var known: [ID<Artifact>: Content] = [:]
    var versions: [ID<Artifact>: Int] = [:]
    var fault: HistoryFault?
  }

  /// - Parameter forward: given each event once what it tells of is on disk, in order.
  package init(
    _ plan: Plan, in machine: Place, _ request: ExperimentRequest,
    forward: @escaping @Sendable (RunEvent) -> Void
  ) {
    self.plan = plan
    self.machine = machine
    self.request = request
    self.forward = forward
    (bell, ring) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    state = Locked(State())
    var positions = [Int](repeating: 0, count: plan.pipeline.steps.count)
    for (position, id) in plan.steps.enumerated() { positions[id.index] = position }
    self.positions = positions
  }

  // MARK: While the run goes on

  /// Makes the experiment.
  ///
  /// - Throws: `HistoryFault` where history cannot be written, or the name is taken.
  package func begin() async throws {
    guard experiment == nil else { return }
    let git = await machine.git()
    let history = try machine.history()
    let random = try Machine.randomBytes(16)
    var entry = ExperimentEntry(
      globalID: String(Digest(bytes: SHA256.digest(random).bytes).hex.prefix(32)),
      name: request.name ?? "", project: plan.pipeline.project, started: Int(SystemClock.now),
      origin: request.origin)
    entry.origin.commit = git?.commit
    entry.origin.branch = git?.branch
    entry.origin.isModified = git?.isModified
    entry.tags = request.tags
    entry.sweep = request.sweep
    entry.parameters = plan.pipeline.parameters(of: plan.steps)
      .map { (name: "\($0.name)", value: $0.value) }
    let seed = random.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let made = try history.write { [entry, request, machine] db in
      var entry = entry
      let writing = ExperimentWriting(db: db)
      if request.sweep == nil { try writing.markKilled(workspace: machine.workspace) }
      if request.name == nil { entry.name = try writing.newName(seed: seed) }
      if request.isNameFlexible { entry.name = try writing.freeName(entry.name) }
      try writing.insert(&entry, workspace: machine.workspace)
      return entry
    }
    state.withLock { state in
      state.history = history
      state.experiment = made
    }
  }

  /// Takes what happened; never waits.
  package func take(_ event: RunEvent) {
    let isFirst = state.withLock { state in
      defer { state.waiting.add(event) }
      return state.waiting.isEmpty
    }
    if isFirst { ring.yield() }
  }

  /// What `body` returns; what it lets this take is written and passed on meanwhile, and all of it
  /// when this returns.
  package func recording<Answer: Sendable>(
    _ body: @Sendable () async throws -> Answer
  ) async throws -> Answer {
    async let writing: Void = work()
    let answer: Swift.Result<Answer, any Error>
    do {
      answer = .success(try await body())
    } catch {
      answer = .failure(error)
    }
    ring.finish()
    end.happen()
    await writing
    return try answer.get()
  }

  private func work() async {
    for await _ in bell {
      let start = SystemClock.steady
      await drain()
      let left = start + ExperimentRecorder.pace - SystemClock.steady
      if left > 0 { await end.wait(atMost: .nanoseconds(left)) }
    }
    await drain()
  }

  /// Nanoseconds from one transaction to the next at least: each waits for the disk, however little
  /// it writes, and steps that are kept or restored end by the thousands in a second.
  private static let pace: Int64 = 20_000_000

  /// The experiment, once there is one.
  package var experiment: ExperimentEntry? { state.withLock { $0.experiment } }

  /// What could not be written, if anything could not.
  package var fault: HistoryFault? { state.withLock { $0.fault } }

  /// Numbers of the versions that the steps have written or kept.
  package var versions: [ID<Artifact>: Int] { state.withLock { $0.versions } }

  /// Writes how it ended; makes the experiment if one is wanted and none was made.
  ///
  /// To be called when `recording` has returned.
  package func finish(_ outcome: ExperimentEntry.Outcome) async throws {
    let isWorthOne = state.withLock { $0.unwritten.contains { $0.outcome.ending == .failed } }
    if experiment == nil, request.isWanted || isWorthOne { try await begin() }
    await drain()
    let (opened, made) = state.withLock { ($0.history, $0.experiment) }
    guard let history = opened, let experiment = made else { return }
    defer { if !machine.sharesHistory { history.close() } }
    let fault = fault
    let now = Int(SystemClock.now)
    // First: what went wrong with a step, or goes wrong with the registry, must not make it look
    // like one that was killed.
    do {
      try history.write { db in
        try ExperimentWriting(db: db).end(experiment.id, outcome, at: now)
      }
    } catch {
      throw fault ?? error
    }
    state.withLock { state in
      state.experiment?.outcome = outcome
      state.experiment?.ended = now
    }
    if let fault { throw fault }
    if !plan.pipeline.models.isEmpty {
      // A number that another clone has given to another content is taken.
      try machine.registryFile(plan.pipeline)?.takeIn(to: history)
      try history.register(plan.pipeline)
    }
    try history.checkIsInPlace()
  }

  // MARK: Writing

  private func drain() async {
    var events = state.withLock { $0.waiting.takeAll() }
    // What is told of first has to be safe first; the rest of its group then is, too.
    for index in events.indices {
      guard case .ended(let id, let outcome, let decision) = events[index],
        outcome.recording != nil
      else { continue }
      events[index] = .ended(id, await outcome.settled(), decision)
    }
    record(events)
    for event in events { forward(event) }
  }

  private func record(_ events: [RunEvent]) {
    let (endings, history, experiment) = state.withLock { state in
      for case .ended(let id, let outcome, let decision) in events {
        state.unwritten.append(StepEnd(id: id, outcome: outcome, decision: decision))
        let outputs = plan.pipeline.steps[id].outputs
        for (artifact, content) in zip(outputs, outcome.contents) {
          state.known[artifact] = content
        }
      }
      return (state.unwritten, state.history, state.experiment)
    }
    if let history, let experiment, !endings.isEmpty { write(endings, history, experiment) }
  }

  private func write(_ endings: [StepEnd], _ history: History, _ experiment: ExperimentEntry) {
    let known = state.withLock { $0.known }
    do {
      let versions = try history.write { db in
        try met.begin(db)
        try met.expect(
          endings.count { $0.outcome.ending == .kept || $0.outcome.ending == .restored }, db,
          in: experiment.id, of: machine.workspace)
        let writing = StepWriting(
          runs: RunWriting(
            db: db, pipeline: plan.pipeline, store: machine.store, met: met, mask: machine.mask),
          experiment: experiment, movesLatest: request.movesLatest, known: known)
        var versions: [ID<Artifact>: Int] = [:]
        for ending in endings {
          let numbers = try writing.write(ending, position: positions[ending.id.index])
          for (artifact, number) in zip(plan.pipeline.steps[ending.id].outputs, numbers) {
            versions[artifact] = number
          }
        }
        return versions
      }
      state.withLock { state in
        state.unwritten.removeFirst(endings.count)
        state.versions.merge(versions) { $1 }
        state.fault = nil
      }
    } catch {
      // Tried again with what ends next.
      met.forget()
      let fault = error as? HistoryFault ?? HistoryFault("history cannot be written: \(error)")
      state.withLock { $0.fault = fault }
    }
  }
}
