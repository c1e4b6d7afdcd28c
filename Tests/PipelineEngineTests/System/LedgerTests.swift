import CPipelineSystem
import PipelineModel
import Testing

@testable import PipelineEngine

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A shell command that starts a process in a session of its own, prints its id and returns.
enum Daemon {
  static let command = """
    perl -MPOSIX -e 'if (my $p = fork) { print "$p\\n"; exit 0 } POSIX::setsid(); \
    open STDOUT, ">", "/dev/null"; open STDERR, ">", "/dev/null"; exec "sleep", "1000"'
    """
}

@Suite("Ledger", .timeLimit(.minutes(3))) struct LedgerTests {
  let scratch: ScratchDirectory
  let ledger: Ledger
  let execution = "test-\(SystemClock.steady)-\(Machine.processID)"

  init() throws {
    scratch = try ScratchDirectory()
    ledger = Ledger(in: scratch.directory, folder: "state/running")
  }

  /// Starts a child as a run does that is killed before the child ends.
  private func start(_ script: String, execution: String?) throws -> Int32 {
    let output = try scratch.directory.openForAppending("output")
    return try scratch.shell(script, execution: execution).start(output: output)
  }

  private func waitForOutput(lines: Int) async throws -> [Int32] {
    for _ in 0..<3000 {
      let found = try scratch.text("output").split(separator: "\n").compactMap { Int32($0) }
      if found.count >= lines { return found }
      try await Task.sleep(for: .milliseconds(10))
    }
    return []
  }

  @Test("Survivors of all kinds are ended, and the ledger is empty then")
  func survivors() async throws {
    try ledger.recordStart(of: execution)
    let script = """
      trap '' TERM
      \(Daemon.command)
      env -u PIPELINE_EXECUTION sleep 1000 & echo $!
      while :; do sleep 1; done
      """
    let leader = try start(script, execution: execution)
    try ledger.recordProcess(leader, of: execution)
    let others = try await waitForOutput(lines: 2)
    #expect(others.count == 2)
    let ended = try ledger.endSurvivors(grace: .milliseconds(100))
    let pids = ended.map(\.processID)
    for pid in others + [leader] {
      #expect(pids.contains(pid))
      #expect(await hasEnded(pid))
    }
    #expect(try scratch.names("state/running") == [])
    #expect(try ledger.endSurvivors(grace: .zero) == [])
    var exit = pipeline_exit()
    #expect(pipeline_reap(leader, &exit) == 0)
    #expect(exit.is_signal == 1 && exit.value == SIGKILL)
  }

  @Test("What is known by its leader only stays known when that ends first")
  func leaderFirst() async throws {
    try ledger.recordStart(of: execution)
    let stubborn = #"trap "" TERM; echo $$; while :; do sleep 0.1; done"#
    let leader = try start(
      "env -u PIPELINE_EXECUTION sh -c '\(stubborn)' & exec sleep 1000",
      execution: execution)
    try ledger.recordProcess(leader, of: execution)
    let member = try #require(try await waitForOutput(lines: 1).first)
    // As the system's first process does with orphans.
    let reaping = Task.detached {
      var exit = pipeline_exit()
      return pipeline_reap(leader, &exit)
    }
    let ended = try ledger.endSurvivors(grace: .milliseconds(300))
    #expect(ended.map(\.processID).contains(member))
    #expect(await hasEnded(member))
    #expect(await reaping.value == 0)
  }

  @Test("A process started before its id was noted is found by its environment")
  func unnoted() async throws {
    try ledger.recordStart(of: execution)
    let pid = try start("exec sleep 1000", execution: execution)
    let ended = try ledger.endSurvivors(grace: .seconds(30))
    #expect(ended.map(\.processID) == [pid])
    var exit = pipeline_exit()
    #expect(pipeline_reap(pid, &exit) == 0)
    #expect(exit.value == SIGTERM)
  }

  @Test("A process that got the id of one that ended is left alone")
  func reusedID() async throws {
    let pid = try start("exec sleep 1000", execution: nil)
    let start = ProcessTable.start(of: pid)
    let lines = [
      "\(pid) \(start + 1) \(Machine.boot)", "\(pid) \(start) another-boot",
      "\(pid) 0 \(Machine.boot)",
      "1 0 x", "0 0 x", "-1 0 x", "", "\u{0}\u{1}garbage",
    ]
    let text = lines.enumerated().map { "\(execution)-\($0) \($1)\n" }.joined()
    try scratch.write("state/running/ledger", text)
    #expect(ledger.executions.count == lines.count)
    #expect(try ledger.endSurvivors(grace: .zero) == [])
    #expect(ProcessTable.isAlive(pid))
    #expect(try scratch.names("state/running") == [])
    _ = pipeline_signal(pid, -1, SIGKILL)
    var exit = pipeline_exit()
    #expect(pipeline_reap(pid, &exit) == 0)
  }

  @Test("An execution that ended leaves nothing to do")
  func ended() throws {
    #expect(try ledger.endSurvivors(grace: .zero) == [])
    try ledger.recordStart(of: execution)
    try ledger.recordEnd(of: execution)
    try ledger.recordEnd(of: execution)
    #expect(try ledger.endSurvivors(grace: .zero) == [])
  }
}
