import CPipelineSystem
import PipelineModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A lock between processes, held until the last reference is gone or the process ends.
///
/// The kernel holds it, so none is ever stale. The file stays; its content says who held it last,
/// for messages only.
package final class FileLock: Sendable {
  /// Who may hold it beside us.
  package enum Mode: Sendable {
    /// Others in this mode.
    case shared
    /// Nobody.
    case exclusive
  }

  /// What an attempt came to.
  package enum Attempt: Sendable {
    case held(FileLock)
    /// Somebody else has it, as far as known; of several in the shared mode the last who came.
    case busy(Holder?)
  }

  /// Who holds a lock, as they wrote it themselves.
  package struct Holder: Equatable, Sendable {
    package let processID: Int32
    package let host: String
    package let command: String

    /// Whether it has started this process, by way of others maybe: then it waits for its end.
    var isAncestor: Bool { isHere && ProcessTable.isAncestor(processID) }

    /// Whether it is gone, and somebody else holds the lock who could not sign it.
    var isGone: Bool {
      isHere && processID != Machine.processID && !ProcessTable.isAlive(processID)
    }

    private var isHere: Bool { host == Machine.hostName }
  }

  private let file: Descriptor

  private init(file: Descriptor) {
    self.file = file
  }

  deinit {
    // Closing alone may not do it: a child that another thread is starting just now has all
    // descriptors until it executes its program.
    _ = pipeline_unlock(file.number)
  }

  /// Takes the lock if it is free.
  ///
  /// - Parameter command: what this process is doing, for others who have to wait; nil where it is
  ///   let go at once.
  package static func attempt(
    _ mode: Mode, on path: Path, in directory: Directory, command: String?
  ) throws(SystemError) -> Attempt {
    while true {
      // Another user's lock file can still be locked by those who may only read it.
      let file = try directory.openOwn(path, for: .writingOrReading, "lock")
      let wanted = mode == .exclusive ? PIPELINE_EXCLUSIVE : PIPELINE_SHARED
      let result = pipeline_try_lock(file.number, Int32(wanted))
      if result == -EWOULDBLOCK { return .busy(try holder(in: file)) }
      try checked(result, "lock", directory.shown(path))
      // Somebody may have removed the file meanwhile; a lock on that would keep nobody out.
      let mine = try file.status()
      guard let current = try directory.status(of: path),
        current.inode == mine.inode, current.device == mine.device
      else { continue }
      if let command { sign(file, command: command) }
      return .held(FileLock(file: file))
    }
  }

  /// Takes the lock, waiting for it; the thread sleeps meanwhile.
  ///
  /// - Parameter onWait: told once, after 0.2 s.
  /// - Returns: `nil` when `isCancelled` answered yes.
  /// - Throws: `EDEADLK` where who has it waits for this process.
  package static func acquire(
    _ mode: Mode, on path: Path, in directory: Directory, command: String,
    onWait: (Holder?) -> Void, isCancelled: () -> Bool
  ) throws(SystemError) -> FileLock? {
    var patience = Patience()
    while true {
      switch try attempt(mode, on: path, in: directory, command: command) {
      case .held(let lock): return lock
      case .busy(let holder):
        try refuseWaiting(for: holder, path, in: directory, since: patience)
        if isCancelled() { return nil }
        if patience.isTimeToTell() { onWait(holder) }
        pipeline_sleep(patience.nextSleep())
      }
    }
  }

  /// Takes the lock, waiting for it without holding a thread.
  ///
  /// - Parameter onWait: told once, after 0.2 s.
  /// - Returns: `nil` when the Swift task was cancelled or `isCancelled` answered yes.
  /// - Throws: `EDEADLK` where who has it waits for this process.
  package static func acquire(
    _ mode: Mode, on path: Path, in directory: Directory, command: String,
    onWait: (Holder?) -> Void, isCancelled: () -> Bool = { false }
  ) async throws(SystemError) -> FileLock? {
    var patience = Patience()
    while true {
      switch try attempt(mode, on: path, in: directory, command: command) {
      case .held(let lock): return lock
      case .busy(let holder):
        try refuseWaiting(for: holder, path, in: directory, since: patience)
        if isCancelled() || Task.isCancelled { return nil }
        if patience.isTimeToTell() { onWait(holder) }
        try? await Task.sleep(for: .nanoseconds(patience.nextSleep()))
      }
    }
  }

  /// A step that starts this tool waits for it, and the run waits for the step: for ever, if this
  /// waited for what the run has. Seldom looked for, since it takes a while.
  private static func refuseWaiting(
    for holder: Holder?, _ path: Path, in directory: Directory, since patience: Patience
  ) throws(SystemError) {
    guard patience.isOfFirstAttempt, let holder, holder.isAncestor else { return }
    throw SystemError(
      "lock", directory.shown(path), code: EDEADLK,
      fact: "process \(holder.processID) has it ('pipewright \(holder.command)'), "
        + "and waits for the end of this one")
  }

  /// Writes who holds the lock now. Only for messages: a full disk must not keep anyone from a
  /// lock, least of all who wants to free some of it.
  private static func sign(_ file: Descriptor, command: String) {
    let line = command.split(whereSeparator: \.isNewline).joined(separator: " ")
    let text = "\(Machine.processID)\n\(Machine.hostName)\n\(line)\n"
    guard pipeline_resize(file.number, 0) == 0 else { return }
    try? file.write(Array(text.utf8))
  }

  private static func holder(in file: Descriptor) throws(SystemError) -> Holder? {
    let lines = String(decoding: try file.readAll(), as: UTF8.self).split(separator: "\n")
    guard lines.count >= 2, let processID = Int32(lines[0]) else { return nil }
    let holder = Holder(
      processID: processID, host: String(lines[1]), command: lines.count > 2 ? String(lines[2]) : ""
    )
    return holder.isGone ? nil : holder
  }

  /// How long to sleep between attempts: from 20 ms, when it is likely to be free soon, to 200 ms.
  struct Patience {
    private let start = SystemClock.steady
    private var sleep: Int64 = 20_000_000
    private var hasTold = false
    private(set) var isOfFirstAttempt = true

    /// Nanoseconds until the next attempt.
    mutating func nextSleep() -> Int64 {
      isOfFirstAttempt = false
      defer { sleep = min(sleep * 3 / 2, 200_000_000) }
      return sleep
    }

    /// Once: whether it has taken so long that the user should know.
    mutating func isTimeToTell() -> Bool {
      guard !hasTold, SystemClock.steady - start >= 200_000_000 else { return false }
      hasTold = true
      return true
    }
  }
}
