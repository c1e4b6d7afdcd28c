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
/// One file with a line of fixed length for each of them, written in its place: so an execution
/// costs no new file. A line whose process has gone is no harm.
package final class Ledger: Sendable {
  private struct State {
    var file: Descriptor?
    /// By execution, its line.
    var lines: [String: Int] = [:]
    /// Lines that were given back.
    var free: [Int] = []
    var lineCount = 0
  }

  private let directory: Directory
  private let folder: Path
  private let state = Locked(State())

  private static let lineBytes = 256

  /// - Parameter folder: seen from `directory`; made when first needed.
  package init(in directory: Directory, folder: Path) {
    self.directory = directory
    self.folder = folder
  }

  private var path: Path { folder.appending("ledger") }

  /// Notes an execution before its process is started, so that no moment is left uncovered.
  ///
  /// - Parameter execution: unlike any other's; at most 100 letters, digits, `-`, `_`, `.`.
  package func recordStart(of execution: String) throws(SystemError) {
    try write(Entry(processID: 0, start: 0, boot: Machine.boot), for: execution)
  }

  /// Notes the process, the leader of its session, once it is known.
  package func recordProcess(_ processID: Int32, of execution: String) throws(SystemError) {
    let start = ProcessTable.start(of: processID)
    try write(Entry(processID: processID, start: start, boot: Machine.boot), for: execution)
  }

  /// Strikes an execution that ended.
  package func recordEnd(of execution: String) throws(SystemError) {
    try state.withLock { state throws(SystemError) in
      guard let line = state.lines.removeValue(forKey: execution), let file = state.file else {
        return
      }
      state.free.append(line)
      try put("", at: line, in: file)
    }
  }

  /// The executions that are noted, in no order.
  var executions: [String] {
    (try? directory.read(path)).map { Ledger.entries($0).map(\.0) } ?? []
  }

  /// Ends what executions left that nobody watches any more. To be called where no other run can
  /// be under way in this workspace.
  ///
  /// - Returns: what was ended, sorted by process id.
  package func endSurvivors(grace: Duration) throws(SystemError) -> [Survivor] {
    guard try directory.exists(path) else { return [] }
    let entries = Ledger.entries(try directory.read(path))
    let ended = entries.isEmpty ? [] : end(entries, grace: grace.inNanoseconds)
    state.withLock { $0 = State() }
    try directory.remove(path)
    return ended.sorted { $0.processID < $1.processID }
  }

  /// A process that outlived the run which started it.
  package struct Survivor: Hashable, Sendable, CustomStringConvertible {
    package let processID: Int32
    package let execution: String

    package var description: String { "process \(processID) of \(execution)" }
  }

  // MARK: Who is one

  private func end(_ entries: [(String, Entry)], grace: Int64) -> [Survivor] {
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
    _ entries: [(String, Entry)], known: [Survivor: UInt64]
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
  private func isSurvivor(_ pid: Int32, of execution: String, _ entry: Entry) -> Bool {
    if ProcessTable.belongs(pid, toExecution: execution) { return true }
    guard entry.processID > 1, entry.start != 0, entry.boot == Machine.boot else { return false }
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
    try state.withLock { state throws(SystemError) in
      if state.file == nil { state.file = try open() }
      guard let file = state.file else { return }
      let line = state.lines[execution] ?? state.free.popLast() ?? state.lineCount
      state.lineCount = max(state.lineCount, line + 1)
      state.lines[execution] = line
      try put("\(execution) \(entry.processID) \(entry.start) \(entry.boot)", at: line, in: file)
    }
  }

  private func open() throws(SystemError) -> Descriptor {
    try directory.makeDirectories(folder)
    return try directory.openOwn(path, for: .readingAndWriting)
  }

  private func put(_ text: String, at line: Int, in file: Descriptor) throws(SystemError) {
    var bytes = Array(text.utf8)
    precondition(bytes.count < Ledger.lineBytes, "no line of the ledger holds '\(text)'")
    let blanks = Ledger.lineBytes - 1 - bytes.count
    bytes += [UInt8](repeating: UInt8(ascii: " "), count: blanks)
    bytes.append(UInt8(ascii: "\n"))
    let result = bytes.withUnsafeBytes {
      pipeline_write_at(
        file.number, $0.baseAddress, $0.count, Int64(line * Ledger.lineBytes))
    }
    try checked(result, "write", path)
  }

  /// Of a line that says nothing which can be used only the execution counts; the environment of
  /// its processes still tells.
  private static func entries(_ bytes: [UInt8]) -> [(String, Entry)] {
    bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
      let words = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace)
      guard let execution = words.first else { return nil }
      guard words.count >= 3, let processID = Int32(words[1]), let start = UInt64(words[2]) else {
        return (String(execution), Entry(processID: 0, start: 0, boot: ""))
      }
      let boot = words.count > 3 ? String(words[3]) : ""
      return (String(execution), Entry(processID: processID, start: start, boot: boot))
    }
  }
}
