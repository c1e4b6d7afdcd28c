import PipelineModel

@testable import PipelineEngine

/// A world in memory that works: files, a store, results, steps that compute.
///
/// What a step writes follows from what it reads, from its parameters and from its command, so an
/// incremental run can be compared with a clean one.
final class MemoryWorld: World {
  let workspace: String
  let platform = "linux-x86_64"
  let store: MemoryStore
  let state: Locked<State>
  /// Whether whatever is restored turns out lost.
  let losesObjects = Locked(false)
  /// Whether what steps make turns out lost on its way to disk, after their dependants have begun.
  let losesResults = Locked(false)

  struct State {
    /// Regular files; directories follow from them.
    var files: [Path: [UInt8]] = [:] {
      didSet { contents = [:] }
    }
    /// What was found at a path since the last change; most questions are asked again and again.
    var contents: [Path: Content?] = [:]
    var components: [String: Digest] = [:]
    var tools: [String: Digest] = [:]
    var histories: [StepName: StepHistory] = [:]
    /// Steps that fail when they execute.
    var failing: Set<StepName> = []
    /// What changes in the workspace while a step works.
    var interference: [StepName: (path: Path, bytes: [UInt8])] = [:]
    /// Since it was last emptied, in the order of their starts.
    var executed: [StepName] = []
    /// How many execute now, and the most that ever did at once.
    var working = 0
    var mostWorking = 0
  }

  init(workspace: String = "here", store: MemoryStore = MemoryStore()) {
    self.workspace = workspace
    self.store = store
    state = Locked(State())
  }

  /// Writes a file, or removes it.
  func put(_ path: Path, _ text: String?) {
    state.withLock { $0.files[path] = text.map { Array($0.utf8) } }
  }

  var files: [Path: [UInt8]] { state.withLock { $0.files } }

  /// The steps that have executed since the last call.
  func takeExecuted() -> [StepName] {
    state.withLock { state in
      defer { state.executed = [] }
      return state.executed
    }
  }

  // MARK: Facts

  func content(ofInput path: Path) throws -> Content? {
    state.withLock { state in
      if let known = state.contents[path] { return known }
      let content = MemoryWorld.tree(state.files, at: path)?.content
      state.contents[path] = .some(content)
      return content
    }
  }

  func content(ofOutput path: Path) throws -> Content? { try content(ofInput: path) }

  func hasInput(at path: Path) throws -> Bool { try content(ofInput: path) != nil }

  func hasOutput(at path: Path) throws -> Bool { try content(ofInput: path) != nil }

  func kind(at path: Path) throws -> FileKind? {
    try content(ofInput: path).map { $0.kind == .directory ? .directory : .file }
  }

  func destination(of path: Path) -> Path { path }

  func mayWrite(through link: Path) -> Bool { false }

  func listing(of directory: Path) throws -> Listing {
    state.withLock { MemoryWorld.tree($0.files, at: directory)?.listing } ?? Listing([])
  }

  func matches(of glob: Glob) throws -> [Path] {
    state.withLock { $0.files.keys.filter(glob.matches).sorted() }
  }

  func tool(_ name: String, of step: Step, in pipeline: Pipeline) throws -> Content? {
    state.withLock { $0.tools[name] }
      .map { Content(kind: .executable, digest: $0, sizeBytes: 0) }
  }

  func changes(
    ofComponent product: String, since identity: String
  ) async throws -> [Reason] { [] }

  func component(_ product: String) async throws -> Digest {
    guard let identity = state.withLock({ $0.components[product] }) else {
      throw StepProblem("no-product", "no product is named '\(product)'")
    }
    return identity
  }

  func result(for key: ActionKey) throws -> Result? { store.state.withLock { $0.results[key] } }

  func contains(_ content: Content) throws -> Bool {
    store.state.withLock { $0.contains(content) }
  }

  func history(of step: StepName) throws -> StepHistory {
    state.withLock { $0.histories[step] } ?? StepHistory()
  }

  func seconds(of step: StepName) -> Double? {
    state.withLock { $0.histories[step]?.seconds }
  }

  func isUntouched(_ id: ID<Step>) -> Bool { false }
  var hasNoNewLinks: Bool { false }

  func untouchedResult(of id: ID<Step>) throws -> Result? { nil }

  /// What is asked of this world is remembered nowhere.
  var moment: Int { 0 }

  // MARK: Acting

  func execute(
    _ work: Execution, confirm: @Sendable () async throws -> Fingerprint
  ) async -> Outcome {
    let step = work.step
    let isFailing = state.withLock { state in
      state.executed.append(step.name)
      state.working += 1
      state.mostWorking = max(state.mostWorking, state.working)
      return state.failing.contains(step.name)
    }
    defer { state.withLock { $0.working -= 1 } }
    // Lets others end first: which ones differs from run to run.
    for _ in 0..<(step.name.description.utf8.reduce(0) { $0 + Int($1) } % 4) { await Task.yield() }
    state.withLock { state in
      let written = MemoryStep(step, work.pipeline).outputs(state.files)
      for id in step.outputs {
        let path = work.pipeline.artifacts[id].path
        state.files = state.files.filter { !path.holds($0.key) }
      }
      if !isFailing { state.files.merge(written) { $1 } }
      if let change = state.interference.removeValue(forKey: step.name) {
        state.files[change.path] = change.bytes
      }
    }
    guard !isFailing else { return MemoryWorld.failure("told to fail") }
    do {
      return try await record(work, isUnchanged: confirm() == work.decision.fingerprint)
    } catch {
      return MemoryWorld.failure("\(error)")
    }
  }

  private func record(_ work: Execution, isUnchanged: Bool) throws -> Outcome {
    let files = self.files
    let outputs = try work.step.outputs.map { id in
      let artifact = work.pipeline.artifacts[id]
      guard let tree = MemoryWorld.tree(files, at: artifact.path) else {
        throw StepProblem("missing-output", "output '\(artifact.path)' was not written")
      }
      if artifact.isStored { store.state.withLock { $0.add(tree) } }
      return Result.Output(
        name: artifact.name, path: artifact.path, content: tree.content,
        isStored: artifact.isStored)
    }
    var outcome = Outcome(.ran)
    outcome.contents = outputs.map(\.content)
    outcome.isRecorded = isUnchanged
    guard isUnchanged else { return outcome }
    let result = Result(
      key: work.decision.key, step: work.step.name, fingerprint: work.decision.fingerprint,
      outputs: outputs, log: nil, metrics: nil, workspace: workspace, finished: 0, usage: Usage())
    outcome.result = result
    let recording = Recording(onHurry: {})
    outcome.recording = recording
    if losesResults.withLock({ $0 }) {
      recording.end(SystemError("write", result.step.description, code: 5))
    } else {
      store.state.withLock { $0.results[result.key] = result }
      recording.end(nil)
    }
    return outcome
  }

  func restore(_ work: Execution, from result: Result) async -> Outcome? {
    if losesObjects.withLock({ $0 }) { return nil }
    for output in result.outputs {
      if (try? content(ofOutput: output.path)) == output.content { continue }
      guard let tree = store.state.withLock({ $0.tree(output.content) }) else { return nil }
      state.withLock { state in
        state.files = state.files.filter { !output.path.holds($0.key) }
        for (path, bytes) in tree.files { state.files[output.path.appending(path)] = bytes }
      }
    }
    var outcome = Outcome(.restored)
    outcome.result = result
    outcome.contents = result.outputs.map(\.content)
    return outcome
  }

  func remember(_ step: StepName, _ outcome: Outcome) {
    state.withLock { state in
      switch outcome.ending {
      case .kept, .restored, .ran:
        guard let result = outcome.result, result.usage.attempts > 0 else { return }
        // A step that is kept is told of without what it was made from.
        let known = store.state.withLock { $0.results[result.key] }
        let last = result.fingerprint.fields.isEmpty ? known : result
        state.histories[step] = StepHistory(last: last, seconds: 1)
      case .failed: state.histories[step, default: StepHistory()].hasFailed = true
      case .skipped, .cancelled: break
      }
    }
  }

  private static func failure(_ fact: String) -> Outcome {
    var outcome = Outcome(.failed)
    outcome.failure = Failure(fact)
    return outcome
  }

  /// What lies at a path: a file, or all that lies below it.
  static func tree(_ files: [Path: [UInt8]], at path: Path) -> MemoryTree? {
    if let bytes = files[path] { return MemoryTree(files: [.here: bytes]) }
    let below = files.filter { path.holds($0.key) }
    guard !below.isEmpty else { return nil }
    let lead = path.isHere ? 0 : path.bytes.count + 1
    return MemoryTree(
      files: Dictionary(
        below.map { (Path($0.key.bytes.dropFirst(lead)), $0.value) }, uniquingKeysWith: { $1 }))
  }
}
