import CPipelineSystem
import PipelineModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The executions that are under way, on disk, so that a later run can end what a killed one left.
///
/// One small file each, named for the execution. A file whose process has gone is no harm.
package struct Ledger: Sendable {
  private let directory: Directory
  private let folder: Path

  /// - Parameter folder: seen from `directory`; made when first needed.
  package init(in directory: Directory, folder: Path) {
    self.directory = directory
    self.folder = folder
  }

  /// Notes an execution before its process is started, so that no moment is left uncovered.
  ///
  /// - Parameter execution: unlike any other's; letters, digits, `-`, `_`, `.`.
  package func recordStart(of execution: String) throws(SystemError) {
    try directory.makeDirectories(folder)
    try write(Entry(processID: 0, start: 0, boot: Machine.boot), for: execution)
  }

  /// Notes the process, the leader of its session, once it is known.
  package func recordProcess(_ processID: Int32, of execution: String) throws(SystemError) {
    let start = ProcessTable.start(of: processID)
    try write(Entry(processID: processID, start: start, boot: Machine.boot), for: execution)
  }

  /// Strikes an execution that ended.
  package func recordEnd(of execution: String) throws(SystemError) {
    try directory.remove(folder.appending(execution))
  }

  /// Ends what executions left that nobody watches any more. To be called where no other run can
  /// be under way in this workspace.
  ///
  /// - Returns: what was ended, sorted by process id.
  package func endSurvivors(grace: Duration) throws(SystemError) -> [Survivor] {
    guard try directory.exists(folder) else { return [] }
    let executions = try directory.list(folder).filter { $0.kind == .file }.map {
      String(decoding: $0.name, as: UTF8.self)
    }
    let entries = executions.map { ($0, entry(for: $0)) }
    let ended = entries.isEmpty ? [] : end(entries, grace: grace.inNanoseconds)
    for execution in executions { try recordEnd(of: execution) }
    return ended.sorted { $0.processID < $1.processID }
  }

  /// A process that outlived the run which started it.
  package struct Survivor: Hashable, Sendable, CustomStringConvertible {
    package let processID: Int32
    package let execution: String

    package var description: String { "process \(processID) of \(execution)" }
  }

  // MARK: Who is one

  private func end(_ entries: [(String, Entry?)], grace: Int64) -> [Survivor] {
    let deadline = SystemClock.steady + grace
    var known: [Survivor: UInt64] = [:]
    var isFirst = true
    // One may be starting others just then, or another program: only two looks in a row that find
    // nothing count.
    var quietLooks = 0
    while quietLooks < 2 {
      let now = SystemClock.steady
      // A process that hangs in the kernel cannot be waited for.
      if now > deadline + 5_000_000_000 { break }
      let isForced = !isFirst && now >= deadline
      let found = find(entries, known: known)
      for (survivor, start) in found where isForced || known[survivor] == nil {
        ProcessTable.signal(survivor.processID, isForced ? SIGKILL : SIGTERM) { pid in
          start != 0
            ? ProcessTable.start(of: pid) == start
            : ProcessTable.belongs(pid, toExecution: survivor.execution)
        }
      }
      known.merge(found) { first, _ in first }
      quietLooks = found.isEmpty ? quietLooks + 1 : 0
      isFirst = false
      pipeline_sleep(10_000_000)
    }
    return Array(known.keys)
  }

  /// The survivors that still execute, each with its start.
  ///
  /// - Parameter known: those found before. They stay what they are even when the leader that
  ///   proved it has ended meanwhile.
  private func find(
    _ entries: [(String, Entry?)], known: [Survivor: UInt64]
  ) -> [Survivor: UInt64] {
    var found: [Survivor: UInt64] = [:]
    for pid in ProcessTable.all() where ProcessTable.isAlive(pid) {
      let start = ProcessTable.start(of: pid)
      for (execution, entry) in entries {
        let survivor = Survivor(processID: pid, execution: execution)
        let isKnown = start != 0 && known[survivor] == start
        if isKnown || isSurvivor(pid, of: execution, entry) { found[survivor] = start }
      }
    }
    return found
  }

  /// Whether a process is certainly of this execution: ids alone prove nothing, since the kernel
  /// gives them out again.
  private func isSurvivor(_ pid: Int32, of execution: String, _ entry: Entry?) -> Bool {
    if ProcessTable.belongs(pid, toExecution: execution) { return true }
    guard let entry, entry.processID > 1, entry.start != 0, entry.boot == Machine.boot else {
      return false
    }
    // In the session of a leader that is still the same process.
    return pipeline_session(pid) == entry.processID
      && ProcessTable.start(of: entry.processID) == entry.start
  }

  // MARK: The file

  private struct Entry {
    let processID: Int32
    let start: UInt64
    let boot: String
  }

  private func write(_ entry: Entry, for execution: String) throws(SystemError) {
    let text = "\(entry.processID) \(entry.start) \(entry.boot)\n"
    try directory.replace(folder.appending(execution), with: Array(text.utf8))
  }

  /// `nil` where the file says nothing that can be used; the environment still tells.
  private func entry(for execution: String) -> Entry? {
    guard let bytes = try? directory.read(folder.appending(execution)) else { return nil }
    let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    guard words.count >= 2, let processID = Int32(words[0]), let start = UInt64(words[1]) else {
      return nil
    }
    return Entry(processID: processID, start: start, boot: words.count > 2 ? String(words[2]) : "")
  }
}
