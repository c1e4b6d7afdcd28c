import CPipelineSystem
import PipelineModel

/// The contents of files by path, each with the stamp that it was read under, and the stamps of
/// directories that were listed.
///
/// A stamp is kept only if the file had been left alone for long enough when it was read: a later
/// change then cannot leave an equal stamp. What was read too soon is read again next time.
package final class Stamps: Sendable {
  private struct State {
    var learnt = LearntSightings()
    /// By entry of `known`: whether it was asked for.
    var isUsed: [Bool]
    /// How often something came to be other than it was known.
    var moment = 0
    /// When that was, by path.
    var moments: [Path: Int] = [:]
    /// By entry of `known`: whether it came to be other.
    var hasMoved: [Bool]
    /// The latest reading of each device's clock.
    var readings: [UInt64: FileTime] = [:]
    var margins: [UInt64: Duration] = [:]
    var restampings = Restampings()
  }

  /// What the index knew.
  package let known: SightingTable
  private let state: Locked<State>
  private let clock: StampClock
  /// Days since 1970.
  private let today: Int32

  /// - Parameter known: from the index; paths as later asked for.
  package init(_ known: SightingTable = .empty, clock: StampClock) {
    self.known = known
    let none = [Bool](repeating: false, count: known.count)
    state = Locked(State(isUsed: none, hasMoved: none))
    self.clock = clock
    today = Stamps.today
  }

  /// Knows what another does at this time.
  init(copying other: Stamps, clock: StampClock) {
    known = other.known
    let learnt = other.learnt
    let none = [Bool](repeating: false, count: known.count)
    state = Locked(State(learnt: learnt, isUsed: none, hasMoved: none))
    self.clock = clock
    today = Stamps.today
  }

  private static var today: Int32 { Int32(clamping: SystemClock.now / 86_400_000_000_000) }

  // MARK: What is known

  /// What was learnt beside `known`.
  package var learnt: LearntSightings { state.withLock { $0.learnt } }

  /// What was last seen at a path.
  package func sighting(at path: Path) -> Sighting? {
    state.withLock { sighting(at: path, in: &$0) }
  }

  private func sighting(at path: Path, in state: inout State) -> Sighting? {
    if let learnt = state.learnt[path] { return learnt }
    guard let index = known.index(of: path) else { return nil }
    state.isUsed[index] = true
    return known.sighting(index)
  }

  /// How often, so far, something came to be other than it was known.
  var moment: Int { state.withLock { $0.moment } }

  /// When what is at a path came to be what it is; 0 where it has always been so.
  func moment(of path: Path) -> Int { state.withLock { $0.moments[path] ?? 0 } }

  /// All that is known, as it is to be written.
  ///
  /// - Parameters:
  ///   - oldest: what was last asked for before that day is left out.
  ///   - isUsed: whether an entry of `known` counts as asked for though nobody did.
  package func merged(oldest: Int32, isUsed: @escaping (Int) -> Bool) -> SightingMerge {
    let (learnt, used) = state.withLock { ($0.learnt, $0.isUsed) }
    return SightingMerge(known, learnt: learnt, oldest: oldest) { [known, today] index in
      used[index] || isUsed(index) ? today : known.lastUse(ofEntry: index)
    }
  }

  /// The content of a file whose stamp is unchanged; `nil` where only reading can tell.
  package func content(of path: Path, under status: FileStatus) -> Content? {
    guard let found = sighting(at: path), found.stamp == Stamp(status) else { return nil }
    return found.content
  }

  /// The content of a file, which is read if its stamp changed.
  ///
  /// - Parameter status: of now, of the file itself.
  /// - Throws: `changedWhileRead` where it does not come to rest.
  package func content(
    of path: Path, in directory: Directory, status: FileStatus, followingLinks: Bool
  ) throws -> Content {
    if let known = content(of: path, under: status) { return known }
    return try reread(path, in: directory, followingLinks: followingLinks)
  }

  /// The content of a file, which is read in any case.
  ///
  /// - Throws: `changedWhileRead` where it does not come to rest.
  private func reread(
    _ path: Path, in directory: Directory, followingLinks: Bool
  ) throws -> Content {
    var attempt: Int64 = 1
    while true {
      do {
        let file = try directory.openFile(path, followingLinks: followingLinks)
        let isAtRest = try isAtRest(file.status, of: path, in: directory)
        let content = Content(file.status, digest: try file.digest(of: path))
        note(content, of: path, under: file.status, isAtRest: isAtRest)
        return content
      } catch StorageError.changedWhileRead where attempt < Stamps.attempts {
        pipeline_sleep(attempt * 20_000_000)
        attempt += 1
      }
    }
  }

  // MARK: What is learnt

  /// Keeps what reading a file gave.
  ///
  /// - Parameter status: equal before and after reading.
  /// - Parameter isAtRest: what `isAtRest` answered before the reading.
  package func note(
    _ content: Content, of path: Path, under status: FileStatus, isAtRest: Bool
  ) {
    note(
      Sighting(content, under: Stamp(status), lastUse: today), at: path, isBelieved: isAtRest)
  }

  /// Keeps that a file of `known` holds what it held.
  func note(_ touch: Rereading.Touch) {
    guard let content = known.sighting(touch.entry)?.content else { return }
    note(
      Sighting(content, under: touch.stamp, lastUse: today), at: known.path(ofEntry: touch.entry),
      isBelieved: touch.isAtRest)
  }

  /// Keeps the stamp of a directory that is about to be listed.
  ///
  /// It is believed only where every change of names is sure to change it: not on a file system
  /// that joins others, or that lies far away.
  func note(directory path: Path, _ status: FileStatus, in workspace: Directory) throws {
    let stamp = Stamp(status)
    if let known = sighting(at: path), known.kind == .directory, known.stamp == stamp { return }
    let isSure = try margin(for: status, of: path, in: workspace) < Stamps.coarseMargin
    note(
      Sighting(directory: stamp, lastUse: today), at: path,
      isBelieved: try isSure && isAtRest(status, of: path, in: workspace))
  }

  /// Keeps that there is nothing at a path.
  func note(absent path: Path) {
    if sighting(at: path)?.kind == .absent { return }
    note(.absent(lastUse: today), at: path, isBelieved: true)
  }

  /// Keeps the stamp of a file that has only to stay as it is.
  func note(unread path: Path, _ status: FileStatus, in workspace: Directory) throws {
    note(
      .unread(Stamp(status), lastUse: today), at: path,
      isBelieved: try isAtRest(status, of: path, in: workspace))
  }

  private func note(_ now: Sighting, at path: Path, isBelieved: Bool) {
    state.withLock { state in
      let before = sighting(at: path, in: &state)
      if now.content != nil || now.kind == .directory {
        state.restampings.note(
          now.stamp, at: path, before: before?.stamp, isBelieved: isBelieved,
          isOfDirectory: now.kind == .directory)
      }
      state.learnt.note(isBelieved ? now : nil, at: path)
      // What is not believed may be anything by the time that it is looked at again.
      if isBelieved, let before, before.agrees(with: now) { return }
      if isBelieved, before == nil, state.moments[path] == nil { return }
      move(path, in: &state)
    }
  }

  private func move(_ path: Path, in state: inout State) {
    state.moment += 1
    state.moments[path] = state.moment
    if let entry = known.index(of: path) { state.hasMoved[entry] = true }
  }

  /// Whether any of these entries of `known` came to be other.
  func haveMoved(_ entries: [Int]) -> Bool {
    state.withLock { state in entries.contains { state.hasMoved[$0] } }
  }

  /// From now until `unwatch`, it is remembered which files are found under other stamps.
  ///
  /// - Returns: what `restamped(since:)` takes.
  func watch() -> Int { state.withLock { $0.restampings.begin() } }

  /// Ends what `watch` began.
  func unwatch() { state.withLock { $0.restampings.end() } }

  /// Files that were found under other stamps since then, whatever they hold.
  func restampedFiles(since start: Int) -> [Path] {
    state.withLock { $0.restampings.files(since: start) }
  }

  /// The same of directories, with the time of the change before.
  func restampedDirectories(since start: Int) -> [(path: Path, before: FileTime)] {
    state.withLock { $0.restampings.directories(since: start) }
  }

  /// Keeps what was found under another name of the same file.
  package func adopt(_ found: Sighting, of path: Path) {
    state.withLock { state in
      if sighting(at: path, in: &state) == nil { state.learnt.note(found, at: path) }
    }
  }

  /// Whether a change from now on must give the file another stamp. Asked before it is read.
  ///
  /// A file that will be at rest in a moment is waited for: it costs a step 20 ms once, and spares
  /// reading all its outputs again.
  package func isAtRest(
    _ status: FileStatus, of path: @autoclosure () -> Path, in directory: Directory
  ) throws -> Bool {
    let margin = try margin(for: status, of: path(), in: directory)
    let due = max(status.modified, status.changed).advanced(by: margin)
    if let reading = state.withLock({ $0.readings[status.device] }), due <= reading { return true }
    var reading = try clock.now(status.device)
    if due > reading, due <= reading.advanced(by: Stamps.longestWait) {
      pipeline_sleep(due.nanoseconds(since: reading))
      reading = try clock.now(status.device)
      // The clock may tick as slowly as every 10 ms.
      for _ in 0..<10 where due > reading {
        pipeline_sleep(1_000_000)
        reading = try clock.now(status.device)
      }
    }
    // Another thread may have read it later meanwhile; the earlier reading only believes less.
    state.withLock { $0.readings[status.device] = reading }
    return due <= reading
  }

  private func margin(
    for status: FileStatus, of path: @autoclosure () -> Path, in directory: Directory
  ) throws -> Duration {
    if status.modified.nanoseconds == 0 && status.changed.nanoseconds == 0 {
      return Stamps.coarseMargin
    }
    if let known = state.withLock({ $0.margins[status.device] }) { return known }
    let margin = try clock.margin(path(), directory)
    state.withLock { $0.margins[status.device] = margin }
    return margin
  }

  private static let attempts: Int64 = 4
  private static let coarseMargin = Duration.seconds(2)
  private static let longestWait = Duration.milliseconds(21)
}

extension Content {
  /// The content of a file with that status and digest.
  init(_ status: FileStatus, digest: Digest) {
    self.init(
      kind: status.isExecutable ? .executable : .file, digest: digest,
      sizeBytes: Int(status.sizeBytes))
  }
}

extension FileTime {
  /// Cut off at a second.
  fileprivate func nanoseconds(since other: FileTime) -> Int64 {
    let whole = min(max(seconds - other.seconds, 0), 1) * 1_000_000_000
    return whole + Int64(nanoseconds) - Int64(other.nanoseconds)
  }
}
