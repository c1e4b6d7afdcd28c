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

@Suite("File lock", .timeLimit(.minutes(3))) struct FileLockTests {
  let scratch: ScratchDirectory
  var directory: Directory { scratch.directory }

  init() throws { scratch = try ScratchDirectory() }

  private func attempt(_ mode: FileLock.Mode, _ command: String = "test") throws -> FileLock? {
    switch try FileLock.attempt(mode, on: "lock", in: directory, command: command) {
    case .held(let lock): lock
    case .busy: nil
    }
  }

  @Test("Shared holders stand each other, an exclusive one nobody")
  func modes() throws {
    var first = try attempt(.shared)
    var second = try attempt(.shared)
    #expect(first != nil && second != nil)
    #expect(try attempt(.exclusive) == nil)
    (first, second) = (nil, nil)
    let alone = try attempt(.exclusive)
    #expect(alone != nil)
    #expect(try attempt(.shared) == nil)
    withExtendedLifetime((first, second, alone)) {}
  }

  @Test("The file names its holder, on one line each")
  func holder() throws {
    let lock = try attempt(.exclusive, "pipewright run\nall")
    guard
      case .busy(let holder) = try FileLock.attempt(
        .exclusive, on: "lock", in: directory, command: "other")
    else {
      Issue.record("held twice")
      return
    }
    #expect(holder?.processID == Machine.processID)
    #expect(holder?.host == Machine.hostName)
    #expect(holder?.command == "pipewright run all")
    withExtendedLifetime(lock) {}
  }

  @Test("Of several who share it the last is named; nobody who is gone or has left no name")
  func sharedHolder() throws {
    let first = try attempt(.shared, "run a")
    let second = try attempt(.shared, "run b")
    func holder() throws -> FileLock.Holder? {
      guard
        case .busy(let holder) = try FileLock.attempt(
          .exclusive, on: "lock", in: directory, command: "gc")
      else { throw SystemError("lock", "lock", code: 0) }
      return holder
    }
    #expect(try holder()?.command == "run b")
    #expect(try holder()?.isAncestor == false)
    let looking = try FileLock.attempt(.shared, on: "lock", in: directory, command: nil)
    #expect(try holder()?.command == "run b")
    // No process has such a number.
    try scratch.write("gone", "2147483646\n\(Machine.hostName)\nrun c\n")
    guard
      case .held(let gone) = try FileLock.attempt(
        .shared, on: "gone", in: directory, command: nil),
      case .busy(let nobody) = try FileLock.attempt(
        .exclusive, on: "gone", in: directory, command: "gc")
    else {
      Issue.record("not held")
      return
    }
    #expect(nobody == nil)
    withExtendedLifetime((first, second, looking, gone)) {}
  }

  @Test("A lock whose file was removed is not believed by later ones")
  func removed() throws {
    let lost = try attempt(.exclusive)
    try directory.remove("lock")
    let current = try attempt(.exclusive)
    #expect(current != nil)
    #expect(try attempt(.exclusive) == nil)
    withExtendedLifetime((lost, current)) {}
  }

  @Test("Nothing is written through a link, nor to what is no file")
  func planted() throws {
    try scratch.write("victim", "mine\n")
    for name in ["lock", "clock", "running/ledger", "log"] as [Path] {
      try directory.makeDirectories(name.parent)
      try directory.makeLink(name, to: directory.path.appending("victim").bytes)
    }
    let linked = { (operation: String, path: Path) in
      SystemError(operation, path, code: ELOOP, fact: "it is a symbolic link")
    }
    #expect(throws: linked("lock", "lock")) { try attempt(.exclusive) }
    #expect(throws: linked("lock", "lock")) { try attempt(.shared) }
    #expect(throws: linked("open", "clock")) {
      try FileSystemClock(in: directory, file: "clock")
    }
    #expect(throws: linked("open", "running/ledger")) {
      try Ledger(in: directory, folder: "running").recordStart(of: "a")
    }
    #expect(throws: linked("open", "log")) { try directory.openOwn("log", for: .appending) }
    #expect(try scratch.text("victim") == "mine\n")
    try directory.remove("lock")
    try directory.makeLink("lock", to: Array("nowhere".utf8))
    #expect(throws: linked("lock", "lock")) { try attempt(.exclusive) }
    #expect(try !directory.exists("nowhere"))
    try directory.remove("lock")
    let made = withCString(directory.path.appending("lock").bytes) { mkfifo($0, 0o600) }
    #expect(made == 0)
    #expect(throws: SystemError("lock", "lock" as Path, code: EINVAL, fact: "it is not a file")) {
      try attempt(.exclusive)
    }
  }

  @Test("Waiting for another process says so once, and ends with that process")
  func waiting() async throws {
    let loop = try ProcessLoop()
    let gathered = Gathered()
    let script = """
      exec perl -e 'use Fcntl ":flock"; $| = 1; open F, "+>>", "lock"; flock F, LOCK_EX; \
      syswrite F, "$$\\nelsewhere\\nsome command\\n"; print "held\\n"; sleep 1000'
      """
    async let exit = loop.run(scratch.shell(script)) { gathered.add($0) }
    #expect(await gathered.waitFor("held"))
    let processID = try #require(loop.running.first?.processID)
    let told = Locked<[FileLock.Holder?]>([])
    let directory = directory
    let lock = try await FileLock.acquire(
      .exclusive, on: "lock", in: directory, command: "test",
      onWait: { holder in
        told.withLock { $0.append(holder) }
        // Killed, it cannot release the lock itself: nothing stays of it.
        loop.cancelAll(grace: .zero)
      })
    #expect(lock != nil)
    let holder = FileLock.Holder(
      processID: processID, host: "elsewhere", command: "some command")
    #expect(told.withLock { $0 } == [holder])
    #expect(try await exit.cancelled)
  }

  @Test("Waiting can be given up")
  func givenUp() throws {
    let lock = try attempt(.exclusive)
    var asked = 0
    let none = try FileLock.acquire(
      .shared, on: "lock", in: directory, command: "test", onWait: { _ in },
      isCancelled: {
        asked += 1
        return asked == 3
      })
    #expect(none == nil && asked == 3)
    withExtendedLifetime(lock) {}
  }

  @Test("Waiting ends when the Swift task is cancelled")
  func cancelled() async throws {
    let lock = try attempt(.exclusive)
    let directory = directory
    let waiting = Task {
      try await FileLock.acquire(
        .shared, on: "lock", in: directory, command: "test", onWait: { _ in })
    }
    waiting.cancel()
    #expect(try await waiting.value == nil)
    withExtendedLifetime(lock) {}
  }
}
