import CPipelineSystem

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The processes of this machine, as far as they concern sessions and executions of ours.
enum ProcessTable {
  /// All process ids of now; this process's own is left out.
  static func all() -> [Int32] {
    var pids = [Int32](repeating: 0, count: 1024)
    while true {
      let count = pipeline_processes(&pids, pids.count)
      if count < 0 { return [] }
      if count < pids.count {
        let own = getpid()
        return pids.prefix(Int(count)).filter { $0 > 1 && $0 != own }
      }
      pids = [Int32](repeating: 0, count: Int(count) * 2)
    }
  }

  /// The processes of a session that still execute.
  static func members(ofSession session: Int32) -> [Int32] {
    all().filter { pipeline_session($0) == session && isAlive($0) }
  }

  /// The living processes that were started with this execution in their environment, in whatever
  /// session.
  ///
  /// - Parameter start: of the execution's first process, as `start(of:)` tells it; what is older
  ///   is not looked at, nor are whole sessions that are.
  static func members(ofExecution execution: String, since start: UInt64 = 0) -> [Int32] {
    var isOld: [Int32: Bool] = [:]
    return all().filter { pid in
      let session = pipeline_session(pid)
      let isInOld = isOld[session] ?? isOlder(session, than: start)
      isOld[session] = isInOld
      return !isInOld && !isOlder(pid, than: start) && isAlive(pid)
        && belongs(pid, toExecution: execution)
    }
  }

  private static func isOlder(_ pid: Int32, than start: UInt64) -> Bool {
    let own = self.start(of: pid)
    return own != 0 && own < start
  }

  /// Whether it was started with this execution in its environment.
  static func belongs(_ pid: Int32, toExecution execution: String) -> Bool {
    let entry = Array("\(Launch.executionVariable)=\(execution)".utf8)
    return withCString(entry) { pipeline_has_variable(pid, $0, entry.count) } == 1
  }

  /// Whether it still executes; one that only waits to be reaped does not.
  static func isAlive(_ pid: Int32) -> Bool {
    var start: UInt64 = 0
    return pipeline_look(pid, &start) == 1
  }

  /// Whether a process has started this one, or one that has, and so on.
  static func isAncestor(_ pid: Int32) -> Bool {
    var next = getppid()
    while next > 1 {
      if next == pid { return true }
      next = pipeline_parent(next)
    }
    return false
  }

  /// When a process began, in the kernel's own unit; 0 where that is not known.
  static func start(of pid: Int32) -> UInt64 {
    var start: UInt64 = 0
    _ = pipeline_look(pid, &start)
    return start
  }

  /// Signals a process if it is still the one that is meant.
  ///
  /// - Parameter isMeant: asked while the id is held, so it cannot be given to another process
  ///   between the answer and the signal.
  static func signal(_ pid: Int32, _ signal: Int32, if isMeant: (Int32) -> Bool) {
    let hold = pipeline_hold(pid)
    // On platforms that know of no hold the id itself has to do.
    if hold < 0 && hold != -ENOSYS { return }
    let held = hold >= 0 ? Descriptor(owning: hold) : nil
    withExtendedLifetime(held) {
      guard isMeant(pid) else { return }
      _ = pipeline_signal(pid, hold, signal)
      // A stopped process takes no notice of a request.
      if signal == SIGTERM { _ = pipeline_signal(pid, hold, SIGCONT) }
    }
  }
}
