import CPipelineSystem
import PipelineModel

/// The contents of files by path, each with the stamp that it was read under.
///
/// A stamp is kept only if the file had been left alone for long enough when it was read: a later
/// change then cannot leave an equal stamp. What was read too soon is read again next time.
package final class Stamps: Sendable {
  private struct State {
    var known: [Path: StampedContent]
    /// The latest reading of each device's clock.
    var readings: [UInt64: FileTime] = [:]
    var margins: [UInt64: Duration] = [:]
  }

  private let state: Locked<State>
  private let clock: StampClock
  /// Days since 1970.
  private let today: Int32

  /// - Parameter known: from the index; paths as later asked for.
  package init(_ known: [Path: StampedContent] = [:], clock: StampClock) {
    state = Locked(State(known: known))
    self.clock = clock
    today = Int32(clamping: SystemClock.now / 86_400_000_000_000)
  }

  /// All that is known, for the index.
  package var all: [Path: StampedContent] { state.withLock { $0.known } }

  /// The content of a file whose stamp is unchanged; `nil` where only reading can tell.
  package func content(of path: Path, under status: FileStatus) -> Content? {
    state.withLock { state in
      guard let found = state.known[path], found.stamp == Stamp(status) else { return nil }
      if found.lastUse != today { state.known[path]?.lastUse = today }
      return found.content
    }
  }

  /// The content of a file, which is read if its stamp changed.
  ///
  /// - Parameter status: of now, of the file itself.
  /// - Throws: `changedWhileRead` where it does not come to rest.
  package func content(
    of path: Path, in directory: Directory, status: FileStatus, followingLinks: Bool
  ) throws -> Content {
    if let known = content(of: path, under: status) { return known }
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

  /// Keeps what reading a file gave.
  ///
  /// - Parameter status: equal before and after reading.
  /// - Parameter isAtRest: what `isAtRest` answered before the reading.
  package func note(
    _ content: Content, of path: Path, under status: FileStatus, isAtRest: Bool
  ) {
    let found = StampedContent(stamp: Stamp(status), content: content, lastUse: today)
    state.withLock { $0.known[path] = isAtRest ? found : nil }
  }

  /// Keeps what was found under another name of the same file.
  func adopt(_ found: StampedContent, of path: Path) {
    state.withLock { state in
      if state.known[path] == nil { state.known[path] = found }
    }
  }

  /// Whether a change from now on must give the file another stamp. Asked before it is read.
  ///
  /// A file that will be at rest in a moment is waited for: it costs a step 20 ms once, and spares
  /// reading all its outputs again.
  package func isAtRest(
    _ status: FileStatus, of path: Path, in directory: Directory
  ) throws -> Bool {
    let margin = try margin(for: status, of: path, in: directory)
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
    for status: FileStatus, of path: Path, in directory: Directory
  ) throws -> Duration {
    if status.modified.nanoseconds == 0 && status.changed.nanoseconds == 0 {
      return Stamps.coarseMargin
    }
    if let known = state.withLock({ $0.margins[status.device] }) { return known }
    let margin = try clock.margin(path, directory)
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
