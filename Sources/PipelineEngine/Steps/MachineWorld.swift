import PipelineModel

/// The outside as it is: this machine, this workspace, its store.
///
/// A shadow is a world of its own whose steps work at another place. It has the workspace's store,
/// id, package, components, processes and logs; what it learns of steps it keeps to itself.
package final class MachineWorld: World {
  /// Where steps work: the workspace, or a shadow of it.
  package let root: Directory
  /// The workspace that this is a shadow of.
  private let original: MachineWorld?
  let access: WorkspaceAccess
  package let store: Store
  let committer: Committer
  package let warnings: Warnings
  package let workspace: String
  package let platform: String
  let contents: Contents
  let attic: Attic
  let environment: StepEnvironment
  /// Hides what no log and no record may hold, whichever step shows it.
  package let mask: SecretMask
  let loop: ProcessLoop
  let ledger: Ledger
  /// What this process was told to do, for others who have to wait for it.
  let command: String
  let components: ComponentLibrary
  /// How long a step has to end by itself once asked to.
  let grace: Duration
  /// Whether this process runs inside a SwiftPM that has locked its build folder.
  let isSwiftPMLocked: Bool
  /// What tracking servers would call this run; nil sets no variables for them.
  package let tracking = Locked<TrackingContext?>(nil)
  /// Looked for once in a run.
  private let wandbLogin = Locked<Bool?>(nil)
  /// What worlds that execute at once share.
  let gate: ResourceGate?
  /// Variables that every step gets beside its own, none of them keyed.
  let occasion = Locked<[EnvironmentVariable]>([])
  /// Names this run's logs and what it sets aside.
  package let run: String
  let logs: LogFolder
  let pipeline: Pipeline
  private let memory: Locked<Memory>
  private let stopping = Locked(false)
  /// What the next run may be answered by.
  let draft = Locked<StandingDraft?>(nil)
  let leaning = Locked<Leaning?>(nil)
  let unfinished = Locked(Unfinished())
  private let listener: Locked<@Sendable (StepName, [UInt8]) -> Void>
  let onProgress: @Sendable (StepName, StepProgress) -> Void

  /// What the index remembers, and what this run learns.
  private struct Memory {
    var index: Index
    /// What was just read of the store.
    var justRead = JustRead()
    /// How many steps have executed or were restored: each may have changed what was looked at
    /// before.
    var generation = 0
    var shadowCount = 0
  }

  /// Set for every step, so that a run inside a step of the same workspace is noticed.
  package static let nestingVariable = "PIPELINE_WORKSPACE"

  /// - Parameters:
  ///   - listen: called with what steps print, masked, as it comes.
  ///   - onProgress: called with the metrics of steps at work, at most twice a second for each.
  package init(
    _ access: WorkspaceAccess, pipeline: Pipeline, swiftPM: SwiftPM,
    environment: [EnvironmentVariable], grace: Duration,
    listen: @escaping @Sendable (StepName, [UInt8]) -> Void,
    onProgress: @escaping @Sendable (StepName, StepProgress) -> Void = { _, _ in }
  ) throws {
    self.access = access
    root = access.root
    original = nil
    gate = nil
    store = access.store
    committer = try Committer(access.store)
    warnings = access.warnings
    workspace = access.state?.id ?? StateDirectory.noID
    platform = MachineWorld.platformName
    components = ComponentLibrary(swiftPM)
    contents = Contents(
      of: access.root, stamps: try access.stamps(),
      ignore: pipeline.ignore, outside: pipeline.outside)
    run = access.run
    logs = LogFolder(in: access.root, run: access.run)
    attic = Attic(of: access.root)
    self.pipeline = pipeline
    self.environment = StepEnvironment(environment)
    mask = self.environment.mask(of: pipeline)
    loop = try ProcessLoop()
    ledger = access.ledger
    command = access.command
    self.grace = grace
    isSwiftPMLocked = swiftPM.isLocked
    memory = Locked(Memory(index: access.index))
    listener = Locked(listen)
    self.onProgress = onProgress
    if access.isAfterUnfinished { clearLeftovers(of: pipeline) }
  }

  /// A shadow of a workspace; whoever listens to that listens to it.
  ///
  /// - Parameters:
  ///   - root: where its steps work.
  ///   - run: names its logs, which lie in the workspace.
  ///   - gate: nil where nothing else executes at once.
  init(
    shadowOf home: MachineWorld, at root: Directory, named run: String, pipeline: Pipeline,
    gate: ResourceGate?
  ) throws {
    self.root = root
    original = home
    access = home.access
    store = home.store
    committer = home.committer
    warnings = home.warnings
    workspace = home.workspace
    platform = home.platform
    components = home.components
    // Files that are linked have the stamps that the workspace knows.
    contents = Contents(
      of: root, stamps: Stamps(copying: home.contents.stamps, clock: try home.access.stampClock()),
      ignore: pipeline.ignore, outside: pipeline.outside)
    self.run = run
    logs = LogFolder(in: home.home.root, run: run)
    attic = Attic(of: root)
    self.pipeline = pipeline
    environment = home.environment
    mask = environment.mask(of: pipeline)
    loop = home.loop
    ledger = home.ledger
    command = home.command
    grace = home.grace
    isSwiftPMLocked = home.isSwiftPMLocked
    self.gate = gate
    memory = Locked(Memory(index: home.memory.withLock { $0.index }))
    listener = Locked(home.listener.withLock { $0 })
    onProgress = home.onProgress
    let context = home.tracking.withLock { $0 }
    tracking.withLock { $0 = context }
  }

  /// The workspace itself, where the package and its components are, and all logs.
  package var home: MachineWorld { original ?? self }

  var isShadow: Bool { original != nil }

  /// A name for the logs of the next shadow of this workspace.
  func nextShadowName() -> String {
    let count = memory.withLock { memory in
      memory.shadowCount += 1
      return memory.shadowCount
    }
    return "\(run).\(count)"
  }

  // MARK: Facts

  package func content(ofInput path: Path) throws -> Content? {
    try contents.content(ofInput: path)
  }

  package func content(ofOutput path: Path) throws -> Content? {
    try contents.content(ofOutput: path)
  }

  package func listing(of directory: Path) throws -> Listing {
    try contents.listing(ofInput: directory)
  }

  package func matches(of glob: Glob) throws -> [Path] {
    try contents.matches(of: glob)
  }

  package func tool(
    _ name: String, of step: Step, in pipeline: Pipeline
  ) throws -> Content? {
    var variables = environment.passedPath
    if let path = step.variables.last(where: { $0.name == "PATH" }) {
      let wiring = try Wiring(step, in: pipeline) { try matches(of: $0) }
      variables = [EnvironmentVariable(name: Array("PATH".utf8), value: wiring.text(path.value))]
    }
    // Where the step's directory is missing, that is told when it starts.
    let directory = (try? root.directory(step.directory)) ?? root
    let launch = Launch([Array(name.utf8)], environment: variables, directory: directory)
    guard let program = try? launch.program() else { return nil }
    // Not remembered beside its stamp: a step may have made it meanwhile.
    return try? contents.content(ofInput: step.directory.appending(Path(program)))
  }

  package func component(_ product: String) async throws -> Digest {
    try await components.component(product, home).identity
  }

  package func changes(
    ofComponent product: String, since identity: String
  ) async throws -> [Reason] {
    guard let written = home.remembered("component \(identity)"), let digest = Digest(written),
      let before = try store.result(for: ActionKey(digest: digest))
    else { return [] }
    let now = try await components.component(product, home).sources
    return now.changes(since: before.fingerprint)
  }

  package func result(for key: ActionKey) throws -> Result? {
    // Most often that of the step's last success, which was asked for just before.
    if let last = memory.withLock({ $0.justRead.take(key) }) { return last }
    return try store.result(for: key)
  }

  package func contains(_ content: Content) throws -> Bool {
    try store.contains(content)
  }

  package func history(of step: StepName) throws -> StepHistory {
    let state = memory.withLock { $0.index.states[step] }
    guard let state else { return StepHistory() }
    return StepHistory(
      last: try state.lastKey.flatMap { try lastResult($0) }, lastKey: state.lastKey,
      hasFailed: state.hasFailed, seconds: state.seconds)
  }

  package func seconds(of step: StepName) -> Double? {
    memory.withLock { $0.index.states[step]?.seconds }
  }

  /// What is remembered of a step that has executed here.
  func state(of step: StepName) -> StepState? { memory.withLock { $0.index.states[step] } }

  private func lastResult(_ key: ActionKey) throws -> Result? {
    let result = try store.result(for: key)
    if let result { memory.withLock { $0.justRead.add(result) } }
    return result
  }

  // MARK: Acting

  package func execute(
    _ work: Execution, confirm: @escaping @Sendable () async throws -> Fingerprint
  ) async -> Outcome {
    let outcome = await StepExecution(machine: self, work: work, confirm: confirm).outcome()
    memory.withLock { $0.generation += 1 }
    return outcome
  }

  package func restore(_ work: Execution, from result: Result) async -> Outcome? {
    defer { memory.withLock { $0.generation += 1 } }
    var outcome = Outcome(.restored)
    outcome.result = result
    outcome.contents = result.outputs.map(\.content)
    do {
      for (id, output) in zip(work.step.outputs, result.outputs) {
        let path = work.pipeline.artifacts[id].path
        if try presence(ofOutput: path).content == output.content { continue }
        try makeParents(of: path)
        if try root.exists(path) {
          outcome.notes +=
            try isReplaceable(path)
            ? UncountedEntries(self, in: path).setAside() : setAside(path)
        }
        try store.materialise(output.content, at: path, in: root, links: contents.links)
      }
      return outcome
    } catch let error as StorageError where error.isStoreFault {
      return nil
    } catch {
      outcome.ending = .failed
      outcome.failure = Failure(undecidable: error)
      return outcome
    }
  }

  package func presentable(_ outcome: Outcome) -> Outcome { mask.masked(outcome) }

  package func remember(_ step: StepName, _ outcome: Outcome) {
    memory.withLock { memory in
      switch outcome.ending {
      case .kept, .restored, .ran:
        guard let result = outcome.result, result.usage.attempts > 0 else { return }
        memory.index.states[step] = StepState(
          lastKey: result.key, hasFailed: false, seconds: result.usage.seconds,
          finished: result.workspace == workspace ? result.finished : nil)
      case .failed:
        var state = memory.index.states[step] ?? StepState()
        state.hasFailed = true
        memory.index.states[step] = state
      case .skipped, .cancelled: break
      }
    }
  }

  /// What is remembered of every step that has executed here, and of components.
  var states: [StepName: StepState] { memory.withLock { $0.index.states } }

  /// The keys of the last success of every step, and of its components.
  var currentKeys: Set<ActionKey> { access.currentKeys }

  /// Asks all running steps to end, those of all shadows too; see `ProcessLoop.cancelAll`. A step
  /// that waits for another, or for its resources, does not start any more.
  package func cancelSteps(grace: Duration) {
    home.stopping.withLock { $0 = true }
    loop.cancelAll(grace: grace)
  }

  var isLoggedInToWANDB: Bool {
    wandbLogin.withLock { known in
      let answer = known ?? hasLoggedInToWANDB()
      known = answer
      return answer
    }
  }

  /// Whether steps were asked to end.
  var isStopping: Bool { home.stopping.withLock { $0 } }

  /// What is remembered, as it was read and as far as steps have ended.
  var index: Index { memory.withLock { $0.index } }

  /// Makes `.pipeline`, where a component has to be kept in it though this only reads.
  func makeState() throws { try access.makeState() }

  package var moment: Int { contents.stamps.moment }

  var generation: Int { memory.withLock { $0.generation } }

  /// Notes which result a component is taken from, so that a collection keeps it and a later
  /// change can be explained.
  func remember(component name: StepName, _ identity: Digest, from key: ActionKey) {
    memory.withLock { memory in
      memory.index.states[name] = StepState(lastKey: key)
      memory.index.notes["component \(identity)"] = key.digest.description
    }
  }

  /// Values that outlive a run and may be forgotten at any time, by name.
  func remembered(_ name: String) -> String? {
    memory.withLock { $0.index.notes[name] }
  }

  func remember(_ value: String, as name: String) {
    memory.withLock { $0.index.notes[name] = value }
  }

  /// Lets what steps print go to another while `body` works.
  func listening<Answer: Sendable>(
    _ other: @escaping @Sendable (StepName, [UInt8]) -> Void,
    while body: @Sendable () async throws -> Answer
  ) async rethrows -> Answer {
    let before = listener.withLock { listener in
      defer { listener = other }
      return listener
    }
    defer { listener.withLock { $0 = before } }
    return try await body()
  }

  func hear(_ step: StepName, _ bytes: [UInt8]) {
    listener.withLock { $0 }(step, bytes)
  }

  func hear(_ step: StepName, _ progress: StepProgress) {
    onProgress(step, progress)
  }
}
