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

@Suite("Launch", .timeLimit(.minutes(3))) struct LaunchTests {
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

  @Test("Standard input is empty unless one is given")
  func input() async throws {
    #expect(try await run(scratch.shell("cat; echo end")).text == "end\n")
    try scratch.write("in", "given\n")
    var launch = scratch.shell("cat; echo end")
    launch.input = try scratch.directory.open("in").descriptor
    #expect(try await run(launch).text == "given\nend\n")
  }

  @Test("A child works in its directory, in a session of its own")
  func place() async throws {
    try scratch.write("inner/mark", "")
    var launch = scratch.shell("ls; echo $$")
    launch.directory = try scratch.directory.directory("inner")
    let gathered = Gathered()
    let started = Locked<(Int32, Int32)>((0, 0))
    _ = try await loop.run(
      launch, onStart: { pid in started.withLock { $0 = (pid, pipeline_session(pid)) } },
      onOutput: { gathered.add($0) })
    let (pid, session) = started.withLock { $0 }
    #expect(gathered.text == "mark\n\(pid)\n")
    #expect(session == pid)
  }

  @Test("Signals that we ignore are not ignored by the child")
  func dispositions() async throws {
    signal(SIGPIPE, SIG_IGN)
    let exit = try await run(scratch.shell("kill -PIPE $$; exit 0")).exit
    #expect(exit.status == .signal(SIGPIPE))
  }

  @Test("The environment is what was given, byte for byte; the later of two counts")
  func environment() async throws {
    let launch = Launch(
      ["/bin/sh", "-c", "printf '%s,%s,%s,%s' \"$A\" \"$B\" \"$1\" \"$PIPELINE_EXECUTION\""].map {
        Array($0.utf8)
      } + [[97], [0xFE, 32, 10]],
      environment: [
        EnvironmentVariable("A", "early"), EnvironmentVariable("A", "late"),
        EnvironmentVariable(name: [66], value: [0xFF, 61, 10]),
      ], directory: scratch.directory, execution: "x1")
    let bytes = Locked<[UInt8]>([])
    _ = try await loop.run(launch) { piece in bytes.withLock { $0 += piece } }
    let expected: [UInt8] =
      Array("late,".utf8) + [0xFF, 61, 10, 44, 0xFE, 32, 10] + Array(",x1".utf8)
    #expect(bytes.withLock { $0 } == expected)
  }

  @Test("A zero byte in an argument or a variable is refused")
  func zeroBytes() async throws {
    var launch = scratch.shell("exit 0")
    launch.arguments.append([97, 0])
    await #expect(throws: SystemError.self) { try await loop.run(launch) { _ in } }
    launch = scratch.shell("exit 0", variables: [EnvironmentVariable(name: [65], value: [0])])
    await #expect(throws: SystemError.self) { try await loop.run(launch) { _ in } }
  }

  @Test("A program is looked up in the child's PATH, relative entries from its directory")
  func lookup() async throws {
    try scratch.write("first/tool", "#!/bin/sh\necho first")
    try scratch.write("bin/tool", "#!/bin/sh\necho bin")
    try scratch.directory.setExecutable(true, of: "bin/tool")
    func launch(_ path: String?) -> Launch {
      Launch(
        [Array("tool".utf8)], environment: path.map { [EnvironmentVariable("PATH", $0)] } ?? [],
        directory: scratch.directory)
    }
    #expect(try await run(launch("missing:first:bin")).text == "bin\n")
    #expect(try launch("first:bin").program() == Array("bin/tool".utf8))
    #expect(throws: SystemError.self) { try launch(nil).program() }
    let error = #expect(throws: SystemError.self) { try launch("first").program() }
    // Root may execute nothing either, unless somebody may.
    #expect(error?.code == EACCES)
  }

  @Test("Many at once end each on its own")
  func many() async throws {
    let loop = loop
    let codes = try await withThrowingTaskGroup(of: Exit.Status.self) { group in
      for number in 0..<40 {
        let launch = scratch.shell("echo x; exit \(number)")
        group.addTask { try await loop.run(launch) { _ in }.status }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(codes.map(String.init(describing:))).count == 40)
  }
}
