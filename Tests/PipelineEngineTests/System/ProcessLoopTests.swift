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

@Suite("Process loop", .timeLimit(.minutes(3))) struct ProcessLoopTests {
  let scratch: ScratchDirectory
  let loop: ProcessLoop

  init() throws {
    scratch = try ScratchDirectory()
    loop = try ProcessLoop()
  }

  private func run(_ launch: Launch) async throws -> (exit: Exit, text: String) {
    let gathered = Gathered()
    let exit = try await loop.run(launch) { gathered.add($0) }
    return (exit, gathered.text)
  }

  @Test(
    "An exit tells code or signal",
    arguments: [
      ("exit 0", Exit.Status.code(0)), ("exit 7", .code(7)), ("exit 255", .code(255)),
      ("kill -9 $$", .signal(SIGKILL)), ("kill -TERM $$", .signal(SIGTERM)),
    ])
  func status(script: String, status: Exit.Status) async throws {
    let exit = try await run(scratch.shell(script)).exit
    #expect(exit.status == status && !exit.timedOut && !exit.cancelled && exit.leftBehind == 0)
    #expect(exit.wallSeconds > 0 && exit.peakMemoryBytes > 0)
  }

  @Test("One that has stopped itself hears that its time is up")
  func stopped() async throws {
    let script = "trap 'echo heard; exit 3' TERM; kill -STOP $$; sleep 1000"
    let launch = scratch.shell(script, timeout: .milliseconds(300), grace: .seconds(100))
    let result = try await run(launch)
    #expect(result.text == "heard\n")
    #expect(result.exit.status == .code(3) && result.exit.timedOut)
  }

  @Test("Both outputs arrive merged, in order")
  func merged() async throws {
    let result = try await run(scratch.shell("echo a; echo b >&2; echo c; echo d >&2"))
    #expect(result.text == "a\nb\nc\nd\n")
  }

  @Test("A flood arrives whole")
  func flood() async throws {
    let count = Locked(0)
    let exit = try await loop.run(scratch.shell("head -c 50000000 /dev/zero; echo end")) { piece in
      count.withLock { $0 += piece.count }
    }
    #expect(exit.status == .code(0))
    #expect(count.withLock { $0 } == 50_000_004)
    #expect(exit.cpuSeconds > 0)
  }

  @Test("The exit decides: who keeps the output open in the background is ended")
  func background() async throws {
    let result = try await run(scratch.shell("sleep 1000 & echo $!; exit 3"))
    #expect(result.exit.status == .code(3))
    #expect(result.exit.leftBehind == 1)
    let pid = try #require(result.text.split(separator: "\n").first.flatMap { Int32($0) })
    #expect(await hasEnded(pid))
  }

  @Test("Nor does one that is silent, ignores requests or writes without end stay")
  func stubborn() async throws {
    let script = """
      (trap '' TERM; while :; do sleep 1; done) >/dev/null 2>&1 & echo $!
      (trap '' TERM; while :; do echo noise; done) & echo $!
      sleep 1000 >/dev/null 2>&1 & echo $!
      """
    let result = try await run(scratch.shell(script))
    #expect(result.exit.status == .code(0))
    #expect(result.exit.leftBehind >= 3)
    let pids = result.text.split(separator: "\n").compactMap { Int32($0) }
    #expect(pids.count == 3)
    for pid in pids { #expect(await hasEnded(pid)) }
  }

  @Test("Time that is up ends the session, by force where a request is ignored")
  func timeout() async throws {
    let asked = try await run(scratch.shell("sleep 1000", timeout: .milliseconds(200))).exit
    #expect(asked.timedOut && asked.status == .signal(SIGTERM))
    let script = "trap '' TERM; sleep 1000 & echo $!; while :; do sleep 1; done"
    let forced = try await run(
      scratch.shell(script, timeout: .milliseconds(300), grace: .milliseconds(200)))
    #expect(forced.exit.timedOut && forced.exit.status == .signal(SIGKILL))
    let pid = try #require(forced.text.split(separator: "\n").first.flatMap { Int32($0) })
    #expect(await hasEnded(pid))
    let polite = try await run(
      scratch.shell(
        "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.05; done",
        timeout: .seconds(1), grace: .seconds(60)))
    #expect(polite.exit.timedOut && polite.exit.status == .code(0) && !polite.exit.isSuccess)
    #expect(polite.text.hasSuffix("bye\n"))
  }

  @Test("Cancelling ends all; a second time without grace at once")
  func cancelAll() async throws {
    let gathered = Gathered()
    let launch = scratch.shell("trap '' TERM; echo up$N; while :; do sleep 1; done")
    async let first = loop.run(launch) { gathered.add($0) }
    async let second = loop.run(scratch.shell("echo also; exec sleep 1000")) { gathered.add($0) }
    #expect(await gathered.waitFor("up"))
    #expect(await gathered.waitFor("also"))
    #expect(loop.running.count == 2)
    loop.cancelAll(grace: .seconds(3600))
    #expect(try await second.status == .signal(SIGTERM))
    #expect(loop.running.count == 1)
    loop.cancelAll(grace: .zero)
    let exit = try await first
    #expect(exit.cancelled && exit.status == .signal(SIGKILL))
    #expect(loop.running == [])
  }

  @Test("Cancelling the Swift task cancels the child, even before it was started")
  func taskCancellation() async throws {
    for wait in [0, 1, 30] {
      let launch = scratch.shell("exec sleep 1000")
      let loop = loop
      let exit = try await withThrowingTaskGroup(of: Exit.self) { group in
        group.addTask { try await loop.run(launch) { _ in } }
        if wait > 0 { try await Task.sleep(for: .milliseconds(wait)) }
        group.cancelAll()
        return try await group.next()
      }
      #expect(exit?.cancelled == true && exit?.status == .signal(SIGTERM))
    }
  }

  @Test("A child that leaves its session does not escape a cancellation")
  func daemon() async throws {
    let gathered = Gathered()
    let execution = "test-\(SystemClock.steady)-\(Machine.processID)"
    let script = "\(Daemon.command); echo up; exec sleep 1000"
    async let exit = loop.run(scratch.shell(script, grace: .seconds(1), execution: execution)) {
      gathered.add($0)
    }
    #expect(await gathered.waitFor("up"))
    let daemon = try #require(gathered.words.compactMap { Int32($0) }.first)
    #expect(ProcessTable.isAlive(daemon))
    loop.cancelAll(grace: .milliseconds(100))
    #expect(try await exit.cancelled)
    #expect(await hasEnded(daemon))
  }

  @Test("Nor does it outlive the child that started it, whatever others do meanwhile")
  func daemonOfEnded() async throws {
    let execution = "test-\(SystemClock.steady)-\(Machine.processID)"
    let gathered = Gathered()
    let other = scratch.shell("echo up; exec sleep 1000", execution: execution + "-other")
    async let othersExit = loop.run(other) { gathered.add($0) }
    #expect(await gathered.waitFor("up"))
    let result = try await run(scratch.shell(Daemon.command, execution: execution))
    #expect(result.exit.status == .code(0))
    #expect(result.exit.leftBehind == 1)
    let pid = try #require(result.text.split(separator: "\n").first.flatMap { Int32($0) })
    #expect(await hasEnded(pid))
    #expect(loop.running.count == 1)
    loop.cancelAll(grace: .zero)
    #expect(try await othersExit.cancelled)
  }

  @Test("What cannot be started is an error that says why")
  func missing() async throws {
    try scratch.write("plain", "not a program")
    try scratch.write("empty", "")
    try scratch.directory.setExecutable(true, of: "empty")
    try scratch.write("script", "#!/no/such/interpreter\n")
    try scratch.directory.setExecutable(true, of: "script")
    try scratch.directory.makeDirectories("folder")
    let cases: [(String, Int32)] = [
      ("/nowhere/at/all", ENOENT), ("no-such-program-anywhere", ENOENT), ("./plain", EACCES),
      ("./folder", EACCES), ("./empty", ENOEXEC), ("", EINVAL), ("./script", ENOENT),
    ]
    for (program, code) in cases {
      let launch = Launch(
        [Array(program.utf8)], environment: Machine.environment(), directory: scratch.directory)
      let error = await #expect(throws: SystemError.self) { try await loop.run(launch) { _ in } }
      #expect(error?.code == code, "\(program)")
    }
    #expect(loop.running == [])
  }

  @Test("200 children in a row leave no descriptor open, and get none")
  func descriptors() async throws {
    func open() throws -> Int { try scratch.directory.list("/dev/fd").count }
    let keep = try scratch.directory.openForAppending("leak")
    _ = fcntl(keep.number, F_SETFD, 0)  // as other libraries do
    let before = try open()
    for _ in 0..<200 { _ = try await run(scratch.shell("exit 0")) }
    // Other tests open some meanwhile; a leak would be 200.
    #expect(try open() < before + 100)
    let result = try await run(
      scratch.shell("for f in 3 4 5 6 7 8 9; do (: <&$f) && echo $f; done 2>/dev/null"))
    #expect(result.text == "")
    let inherited = try await run(scratch.shell("(: <&\(keep.number)) 2>/dev/null || echo closed"))
    #expect(inherited.text == "closed\n")
  }

  @Test("A loop that nobody needs any more ends its thread")
  func dropped() async throws {
    func open() throws -> Int { try scratch.directory.list("/dev/fd").count }
    let before = try open()
    for _ in 0..<200 {
      let loop = try ProcessLoop()
      #expect(loop.running == [])
    }
    for _ in 0..<3000 where try open() >= before + 100 {
      try await Task.sleep(for: .milliseconds(10))
    }
    #expect(try open() < before + 100)
  }

  @Test("A child that ended by itself was not cancelled, whatever it left behind")
  func lateCancellation() async throws {
    let gathered = Gathered()
    let script = "(trap '' TERM; while :; do echo noise; sleep 0.01; done) & echo $$; exit 4"
    async let exit = loop.run(scratch.shell(script)) { gathered.add($0) }
    #expect(await gathered.waitFor("noise"))
    let pid = try #require(gathered.words.compactMap { Int32($0) }.first)
    for _ in 0..<3000 where ProcessTable.isAlive(pid) {
      try await Task.sleep(for: .milliseconds(1))
    }
    loop.cancelAll(grace: .zero)
    let ended = try await exit
    #expect(ended.status == .code(4) && !ended.cancelled && ended.leftBehind > 0)
  }
}
