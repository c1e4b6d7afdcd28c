import PipelineModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A workspace opened for reading or for running: its state, its store, its locks.
package struct WorkspaceAccess: Sendable {
  package enum Purpose: Sendable {
    /// Takes no lock; what it learns is kept only if no run is under way.
    case reading
    /// Holds the workspace until it is closed. `waits` is false for `--no-wait`.
    case running(waits: Bool)
    /// Waits until nobody uses the store, and keeps everybody out of it.
    case collecting
  }

  /// Why a workspace could not be had.
  package enum Refusal: Error, Sendable {
    case busy(FileLock.Holder?)
    /// This process was started by a step of the same workspace, which waits for it.
    case nested
    /// It was started by a step of a run that uses the same store.
    case nestedInStore
    case cancelled
  }

  let root: Directory
  /// Nil for reading, where nothing has run yet.
  let state: StateDirectory?
  package let store: Store
  package let warnings: Warnings
  let index: Index
  /// What a glance has learnt of files.
  private let seen: Stamps?
  let ledger: Ledger
  let run: String
  let command: String
  /// The workspace's own, then the store's; nil for reading.
  private let locks: [FileLock]
  /// Whether the last run was killed, or could not do all that it had to; always false for reading.
  let isAfterUnfinished: Bool
  /// What a killed run had left working, ended now.
  package let survivors: [Ledger.Survivor]

  /// - Parameters:
  ///   - store: absolute; nil for the workspace's own.
  ///   - glance: the first look, whose lock and index are taken over.
  ///   - onWait: told for whom this waits.
  /// - Throws: `Refusal`, `SystemError`, `StorageError`.
  package static func open(
    _ root: Directory, _ purpose: Purpose, store: Path?, command: String,
    environment: [EnvironmentVariable], grace: Duration, warnings: Warnings = Warnings(),
    after glance: Glance? = nil, onWait: @escaping @Sendable (FileLock.Holder?) -> Void
  ) async throws -> WorkspaceAccess {
    let storePath = store ?? StateDirectory.storePath(of: root)
    if case .reading = purpose {
      return try look(at: root, storePath, command: command, warnings, after: glance)
    }
    // The run that it is a step of has what it would wait for.
    if isStep(environment, of: root) { throw Refusal.nested }
    let state = try StateDirectory.open(root, warnings: warnings)
    let opened = try Store(opening: storePath, warnings: warnings)
    try opened.noteOwner(isOwn: storePath == StateDirectory.storePath(of: root))
    var locks: [FileLock] = []
    if case .running(let waits) = purpose {
      if let held = glance?.lock {
        locks.append(held)
      } else {
        locks.append(try await own(root, state, waits: waits, command, onWait))
      }
      locks.append(
        try await unnested(.nestedInStore) {
          try await opened.shared(command: command, onWait: onWait)
        })
    } else {
      locks.append(
        try await unnested(.nestedInStore) {
          try await opened.exclusive(command: command, onWait: onWait)
        })
    }
    let ledger = ledger(of: root)
    var survivors: [Ledger.Survivor] = []
    if case .running = purpose { survivors = try clear(root, ledger, grace: grace) }
    let isAfterUnfinished = try state.directory.exists(StateDirectory.openFile)
    let index = try readIndex(state, opened, after: glance)
    if isAfterUnfinished { try state.clearTemporaries() }
    if case .running = purpose { try state.directory.replace(StateDirectory.openFile, with: []) }
    return WorkspaceAccess(
      root: root, state: state, store: opened, warnings: warnings, index: index,
      seen: glance?.stamps, ledger: ledger, run: try newRunName(), command: command,
      locks: locks, isAfterUnfinished: isAfterUnfinished, survivors: survivors)
  }

  /// Whoever only looks leaves no trace, and may look at what nobody can write to.
  private static func look(
    at root: Directory, _ storePath: Path, command: String, _ warnings: Warnings,
    after glance: Glance?
  ) throws -> WorkspaceAccess {
    let state = try StateDirectory.find(root)
    let store = Store(readingAt: storePath, warnings: warnings)
    return WorkspaceAccess(
      root: root, state: state, store: store, warnings: warnings,
      index: try readIndex(state, store, after: glance), seen: glance?.stamps,
      ledger: ledger(of: root), run: try newRunName(), command: command, locks: [],
      isAfterUnfinished: false, survivors: [])
  }

  /// Whether an environment is of a step that works in this workspace or in a shadow of it.
  private static func isStep(_ environment: [EnvironmentVariable], of root: Directory) -> Bool {
    let variable = environment.last { $0.name.elementsEqual(MachineWorld.nestingVariable.utf8) }
    guard let place = variable.map({ Path($0.value) }) else { return false }
    return place == root.path || root.path.appending(StateDirectory.shadows).holds(place)
  }

  /// Ends what a killed run left working, and removes the shadows that it worked in.
  private static func clear(
    _ root: Directory, _ ledger: Ledger, grace: Duration
  ) throws -> [Ledger.Survivor] {
    let survivors = try ledger.endSurvivors(grace: grace)
    try StateDirectory.clearShadows(of: root)
    return survivors
  }

  /// Ends what a killed run left working, and nothing else; without waiting, since a run that goes
  /// on has no survivors.
  package static func endSurvivors(of root: Directory, grace: Duration) async throws {
    guard let state = try StateDirectory.find(root) else { return }
    let attempt = try FileLock.attempt(
      .exclusive, on: lockFile, in: state.directory, command: "end-survivors")
    guard case .held(let lock) = attempt else { return }
    _ = try ledger(of: root).endSurvivors(grace: grace)
    withExtendedLifetime(lock) {}
  }

  private static func ledger(of root: Directory) -> Ledger {
    Ledger(in: root, folder: StateDirectory.name.appending("running"))
  }

  static let lockFile = Path("lock")

  /// Whether this only looks.
  var isReading: Bool { locks.isEmpty }

  /// What is known of files, and will be learnt.
  func stamps() throws -> Stamps { try seen ?? Stamps(index.sightings, clock: stampClock()) }

  /// By which stamps are believed: for reading this machine's own where no file can be touched.
  func stampClock() throws -> StampClock {
    guard let state else { return .thisMachine }
    return try WorkspaceAccess.stampClock(in: state, isReading: isReading)
  }

  private static func stampClock(
    in state: StateDirectory, isReading: Bool
  ) throws -> StampClock {
    if isReading, !state.isOwn { return .thisMachine }
    do throws(SystemError) {
      return try StampClock(in: state.directory, file: "clock")
    } catch {
      // Who only looks can do without; who runs has put aside what was in its way.
      guard isReading else { throw error }
      return .thisMachine
    }
  }

  /// Makes the state, where a component has to be kept in it.
  func makeState() throws {
    if state == nil { _ = try StateDirectory.open(root) }
  }

  /// The keys of the last success of every step in this workspace, and of its components.
  ///
  /// Where they had to be guessed, all that were ever recorded in this workspace.
  package var currentKeys: Set<ActionKey> {
    index.guessed.union(index.states.values.compactMap(\.lastKey))
  }

  /// Removes from the store what the rule gives free, and what is too old from attic and logs.
  ///
  /// To be called with the purpose `collecting`.
  package func collect(_ rule: CollectionRule, dryRun: Bool) throws -> CollectionReport {
    guard let lock = locks.first else { return CollectionReport() }
    let report = try store.collect(rule, dryRun: dryRun, holding: lock)
    if !dryRun {
      try state?.clearTemporaries()
      try Attic(of: root).expire()
      try Attic(of: root, at: StateDirectory.name.appending("logs")).expire()
    }
    return report
  }

  /// The index as it is, or as a glance has seen it; and what results tell that it does not.
  private static func readIndex(
    _ state: StateDirectory?, _ store: Store, after glance: Glance?
  ) throws -> Index {
    guard let state else { return Index() }
    let reading =
      glance.map { Index.Reading(index: $0.index, note: nil, isNew: false) }
      ?? Index.read(in: state.directory)
    var index = reading.index
    // A run that was killed has recorded results that the index does not know of.
    guard try reading.isNew || state.directory.exists(StateDirectory.openFile) else { return index }
    let found = try Index.statesFromResults(of: store, workspace: state.id)
    index.states.merge(found.states) { $1 }
    index.guessed = found.keys
    return index
  }

  /// A first look at what the last run has left; nil where it answers nothing.
  ///
  /// Writes nothing but, where files have to be read, the file by which the time is told. A step of
  /// a run of this workspace is answered by nobody.
  ///
  /// - Parameters:
  ///   - question: digest of all that the answer depends on beside files.
  ///   - isRun: whether nobody else may have the workspace meanwhile.
  package static func glance(
    at root: Directory, _ question: Digest, isRun: Bool, command: String
  ) throws -> Glance? {
    guard Machine.environment().allSatisfy({ $0.name != Array(MachineWorld.nestingVariable.utf8) }),
      let state = try StateDirectory.find(root)
    else { return nil }
    let clock = { try stampClock(in: state, isReading: !isRun) }
    if !isRun { return try Glance(at: root, state, question, lock: nil, clock: clock) }
    let attempt = try FileLock.attempt(
      .exclusive, on: lockFile, in: state.directory, command: command)
    guard case .held(let lock) = attempt else { return nil }
    return try Glance(at: root, state, question, lock: lock, clock: clock)
  }

  /// Writes what was learnt.
  ///
  /// - Parameter isUnfinished: whether the next run has to see to something.
  func write(
    _ index: Index, learnt: Stamps, standing: StandingDraft?, isUnfinished: Bool
  ) throws {
    guard let state = try state ?? StateDirectory.find(root) else { return }
    if isReading {
      try WorkspaceAccess.unlessOthersWrite(state, index, command) {
        try index.write(in: state.directory, learnt: learnt, standing: standing)
      }
    } else {
      try index.write(in: state.directory, learnt: learnt, standing: standing)
      if !isUnfinished { try state.directory.remove(StateDirectory.openFile) }
    }
  }

  /// Writes what reading files for a glance has taught, so that they need not be read again.
  ///
  /// What cannot be written is only read again, and so is what may still change unseen.
  package static func keep(_ glance: Glance, of root: Directory, command: String) {
    guard !glance.touches.isEmpty, let state = try? StateDirectory.find(root) else { return }
    func write() throws {
      try glance.index.write(in: state.directory, restamping: glance.touches)
    }
    if glance.lock == nil {
      try? unlessOthersWrite(state, glance.index, command, write)
    } else {
      try? write()
    }
  }

  /// Writes what somebody has learnt who only reads: nothing while a run is under way, nor where
  /// one has written meanwhile, since that would take back what it has learnt, nor into what is
  /// another user's.
  private static func unlessOthersWrite(
    _ state: StateDirectory, _ index: Index, _ command: String, _ write: () throws -> Void
  ) throws {
    guard state.isOwn else { return }
    let attempt = try FileLock.attempt(
      .exclusive, on: lockFile, in: state.directory, command: command)
    guard case .held(let lock) = attempt,
      Index.read(in: state.directory).index.identity == index.identity
    else { return }
    try write()
    withExtendedLifetime(lock) {}
  }

  private static func own(
    _ root: Directory, _ state: StateDirectory, waits: Bool, _ command: String,
    _ onWait: @escaping @Sendable (FileLock.Holder?) -> Void
  ) async throws -> FileLock {
    if !waits { return try await ownSoon(state, command) }
    return try await unnested(.nested) {
      try await FileLock.acquire(
        .exclusive, on: lockFile, in: state.directory, command: command, onWait: onWait)
    }
  }

  /// - Throws: the refusal where who has the lock waits for this process, whatever its environment
  ///   says; `cancelled` where waiting was given up.
  private static func unnested(
    _ refusal: Refusal, _ acquire: () async throws -> FileLock?
  ) async throws -> FileLock {
    do {
      guard let lock = try await acquire() else { throw Refusal.cancelled }
      return lock
    } catch let error as SystemError where error.code == EDEADLK {
      throw refusal
    }
  }

  /// Who only looks has the lock for a moment, now and then: that is no run.
  private static func ownSoon(
    _ state: StateDirectory, _ command: String
  ) async throws -> FileLock {
    var attempts = 6
    while true {
      switch try FileLock.attempt(.exclusive, on: lockFile, in: state.directory, command: command) {
      case .held(let lock): return lock
      case .busy(let holder) where attempts == 0: throw Refusal.busy(holder)
      case .busy: attempts -= 1
      }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  /// `20261121-031500-1f3a`: sorts by time, and is no other run's.
  private static func newRunName() throws -> String {
    let random = try Machine.randomBytes(2)
    let digits = Timestamp.text(nanoseconds: Int(SystemClock.now)).filter(\.isNumber)
    return "\(digits.prefix(8))-\(digits.dropFirst(8).prefix(6))-"
      + random.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}
