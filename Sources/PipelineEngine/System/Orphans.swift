import CPipelineSystem

/// Processes whose parents have ended, adopted by this process, so that a child which has left
/// nobody behind is known without a look at all processes of the machine.
///
/// Where the system knows of no adoption nothing is known, and all have to be looked at.
enum Orphans {
  /// The kernel's list of them; nil where it has none.
  private static let list: Descriptor? = {
    guard pipeline_adopt_orphans() == 0 else { return nil }
    let number = pipeline_orphan_list()
    return number >= 0 ? Descriptor(owning: number) : nil
  }()

  /// Children that this process has started itself and not yet reaped.
  private static let own = Locked<Set<Int32>>([])

  /// Begins to adopt. To be called before the first child is started.
  static func adopt() { _ = list }

  /// Notes a child that was started, before anybody can ask for orphans.
  static func noteStart(of pid: Int32) { own.withLock { _ = $0.insert(pid) } }

  /// Notes that a child is about to be reaped.
  static func noteEnd(of pid: Int32) { own.withLock { _ = $0.remove(pid) } }

  /// Whether no descendant of a child that has ended still works, whatever session it is in; false
  /// also where that is not known.
  ///
  /// What a process has started becomes an orphan before its own end can be seen. Orphans that have
  /// ended are reaped.
  static var areNone: Bool {
    // All of them are asked: asking reaps.
    adopted().map { $0.count { pipeline_reap_orphan($0) != 0 } == 0 } ?? false
  }

  /// Processes that have left everything behind by which a child's are known, and go on.
  ///
  /// - Parameters:
  ///   - child: that has ended. Beside another nobody could tell whose they are: then there are
  ///     none.
  ///   - start: of the child; what is older is not its.
  static func strays(of child: Int32, since start: UInt64) -> [Int32] {
    guard own.withLock({ $0 == [child] }) else { return [] }
    return (adopted() ?? []).filter { pid in
      ProcessTable.isAlive(pid) && ProcessTable.start(of: pid) >= start
    }
  }

  /// Nil where that is not known.
  private static func adopted() -> [Int32]? {
    guard let list else { return nil }
    return withUnsafeTemporaryAllocation(of: Int32.self, capacity: most) { pids in
      let count = Int(pipeline_orphans(list.number, pids.baseAddress, most))
      guard count != 0 else { return [] }
      guard count > 0, count < most else { return nil }
      let session = pipeline_session(0)
      // A child of a thread that is gone stands in the list, too, and is awaited by somebody. So is
      // one in this process's own session, which no child of ours keeps.
      return own.withLock { own in pids[..<count].filter { !own.contains($0) } }
        .filter { pipeline_session($0) != session }
    }
  }

  private static let most = 256
}
