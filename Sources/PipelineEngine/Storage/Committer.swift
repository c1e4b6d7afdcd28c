import PipelineModel

/// Makes what steps bring into a store safe, many at once, by a thread of its own that waits for
/// the disk.
///
/// What has gathered while one group was under way is the next; a group that nobody waits for
/// gathers a little longer, since every group costs a few turns of the disk, however large it is.
package final class Committer: Sendable {
  private struct Entry: Sendable {
    let arrivals: Arrivals
    /// Held until it is recorded.
    let lock: KeyLock?
    let recording: Recording
  }

  private struct State {
    var waiting: [Entry] = []
    /// When the first of them came.
    var since: Int64 = 0
    var isHurried = false
    var isStopped = false
    var hasThread = false

    /// So many do not wait for more.
    static let full = 128
    /// How long the first of a group waits for others, in nanoseconds.
    private static let patience: Int64 = 50_000_000

    /// What to commit now, if anything; else how many milliseconds to sleep, nil being for ever.
    mutating func next(at now: Int64) -> (group: [Entry], pause: Int32?, isStopped: Bool) {
      if waiting.isEmpty { return ([], nil, isStopped) }
      let left = since + State.patience - now
      if left > 0, !isHurried, !isStopped, waiting.count < State.full {
        return ([], Int32(left / 1_000_000) + 1, false)
      }
      defer { waiting = [] }
      isHurried = false
      return (waiting, nil, isStopped)
    }
  }

  /// What the thread shares with the committer, which it may outlive.
  private final class Queue: Sendable {
    let state = Locked(State())
    let bell: Bell
    let store: Store
    let fault = Locked<(any Error)?>(nil)

    init(_ store: Store) throws {
      self.store = store
      bell = try Bell()
    }

    func hurry() {
      let isNew = state.withLock { state in
        defer { state.isHurried = true }
        return !state.isHurried
      }
      if isNew { bell.ring() }
    }

    /// All of the thread's work.
    func run() {
      while true {
        let (group, pause, isStopped) = state.withLock { $0.next(at: SystemClock.steady) }
        if !group.isEmpty {
          commit(group)
        } else if isStopped {
          return
        } else {
          bell.wait(milliseconds: pause)
        }
      }
    }

    /// Does the work of a thread that could not be started, which is only slower: all that waits is
    /// committed, and whoever comes next tries to start one again.
    func commitAll() {
      let group = state.withLock { state in
        state.hasThread = false
        defer { state.waiting = [] }
        return state.waiting
      }
      if !group.isEmpty { commit(group) }
    }

    private func commit(_ group: [Entry]) {
      do {
        // What kept one from being recorded may have kept bytes of these from the disk, too.
        if let fault = fault.withLock({ $0 }) { throw fault }
        try store.settle(group.map(\.arrivals))
        for entry in group { entry.recording.end(nil) }
      } catch {
        fault.withLock { $0 = $0 ?? error }
        for entry in group { entry.recording.end(error) }
      }
    }
  }

  private let queue: Queue
  private let start: @Sendable (@escaping @Sendable () -> Void) -> Int32

  package convenience init(_ store: Store) throws {
    try self.init(store, start: startThread)
  }

  /// - Parameter start: starts a thread; negative where it cannot.
  init(
    _ store: Store, start: @escaping @Sendable (@escaping @Sendable () -> Void) -> Int32
  ) throws {
    queue = try Queue(store)
    self.start = start
  }

  deinit {
    queue.state.withLock { $0.isStopped = true }
    queue.bell.ring()
  }

  /// What has kept a step from being recorded, if anything ever has: no other can be expected to be.
  package var fault: (any Error)? { queue.fault.withLock { $0 } }

  /// Hands over what a step brings; never waits.
  ///
  /// - Parameters:
  ///   - lock: let go of once all of it is safe.
  ///   - end: called once with what kept it from being so, if anything did, before anybody is told.
  func commit(
    _ arrivals: Arrivals, holding lock: KeyLock?,
    then end: @escaping @Sendable ((any Error)?) -> Void = { _ in }
  ) -> Recording {
    let recording = Recording(onHurry: { [queue] in queue.hurry() }, onEnd: end)
    let entry = Entry(arrivals: arrivals, lock: lock, recording: recording)
    let (isFirst, isFull, hasThread) = queue.state.withLock { state in
      if state.waiting.isEmpty { state.since = SystemClock.steady }
      state.waiting.append(entry)
      defer { state.hasThread = true }
      return (state.waiting.count == 1, state.waiting.count == State.full, state.hasThread)
    }
    if !hasThread {
      if start({ [queue] in queue.run() }) < 0 { queue.commitAll() }
    } else if isFirst || isFull {
      queue.bell.ring()
    }
    return recording
  }
}

/// The way to disk of what one step has made.
package final class Recording: Sendable {
  private enum State {
    /// Who waits, and who is told first.
    case underWay([CheckedContinuation<Void, Never>], onEnd: @Sendable ((any Error)?) -> Void)
    case ended((any Error)?)
  }

  private let state: Locked<State>
  private let onHurry: @Sendable () -> Void

  /// - Parameters:
  ///   - onHurry: called when somebody cannot go on without it.
  ///   - onEnd: called with what `end` is told, before anybody else is; then let go of.
  init(
    onHurry: @escaping @Sendable () -> Void,
    onEnd: @escaping @Sendable ((any Error)?) -> Void = { _ in }
  ) {
    state = Locked(.underWay([], onEnd: onEnd))
    self.onHurry = onHurry
  }

  /// Says that it is safe, or what keeps it from being so.
  func end(_ fault: (any Error)?) {
    if case .underWay(_, let onEnd) = state.withLock({ $0 }) { onEnd(fault) }
    let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>] in
      guard case .underWay(let waiting, _) = state else { return [] }
      state = .ended(fault)
      return waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  /// Does not let it wait for others.
  package func hurry() {
    if case .underWay = state.withLock({ $0 }) { onHurry() }
  }

  /// Returns when it has ended.
  ///
  /// - Returns: what kept it from being safe; nil where nothing did.
  package func fault() async -> (any Error)? {
    await withCheckedContinuation { continuation in
      let hasEnded = state.withLock { state in
        guard case .underWay(let waiting, let onEnd) = state else { return true }
        state = .underWay(waiting + [continuation], onEnd: onEnd)
        return false
      }
      if hasEnded { continuation.resume() }
    }
    guard case .ended(let fault) = state.withLock({ $0 }) else { return nil }
    return fault
  }
}
