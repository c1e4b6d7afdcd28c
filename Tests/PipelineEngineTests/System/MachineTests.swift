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

@Suite("Machine", .timeLimit(.minutes(3))) struct MachineTests {
  @Test("Clocks go forward, names and random bytes are there")
  func values() throws {
    let steady = SystemClock.steady
    #expect(SystemClock.steady >= steady)
    #expect(SystemClock.now > 1_700_000_000_000_000_000)
    #expect(!Machine.hostName.isEmpty && Machine.processID > 1)
    #expect(try Machine.randomBytes(1000) != Machine.randomBytes(1000))
    #expect(try Machine.randomBytes(0) == [])
    #expect(Machine.environment().contains { $0.name == Array("PATH".utf8) })
  }

  @Test("The file system's clock never stamps a later file earlier")
  func fileSystemClock() throws {
    let scratch = try ScratchDirectory()
    let clock = try FileSystemClock(in: scratch.directory, file: "clock")
    let granularity = try FileSystemClock.granularity(of: .here, in: scratch.directory)
    #expect(granularity >= .milliseconds(20))
    for index in 0..<50 {
      let before = try clock.now()
      try scratch.write("file", "\(index)")
      let stamp = try #require(try scratch.directory.status(of: "file")?.changed)
      #expect(stamp.advanced(by: clock.granularity) >= before)
      #expect(try clock.now().advanced(by: clock.granularity) >= stamp)
    }
  }

  @Test("A moment advanced carries into the seconds")
  func advanced() {
    let time = FileTime(seconds: 1, nanoseconds: 990_000_000)
    let cases: [(Duration, Int64, Int32)] = [
      (.milliseconds(20), 2, 10_000_000), (.seconds(2), 3, 990_000_000),
      (.milliseconds(-990), 1, 0), (.milliseconds(-995), 0, 995_000_000),
      (.milliseconds(-1991), -1, 999_000_000), (.seconds(Int64.max), .max, 990_000_000),
    ]
    for (duration, seconds, nanoseconds) in cases {
      let later = FileTime(seconds: seconds, nanoseconds: nanoseconds)
      #expect(time.advanced(by: duration) == later)
    }
  }

  @Test("An error reads as a sentence, with a hint where one is known")
  func errors() {
    let error = SystemError("write", Path("Data/x.csv"), code: ENOSPC)
    #expect(error.description == "cannot write 'Data/x.csv': No space left on device")
    for code in [ENOSPC, EDQUOT, EACCES, EPERM, EROFS, EMFILE, EIO] {
      #expect(SystemError("read", "x", code: code).hint != nil)
    }
    #expect(SystemError("read", "x", code: ENOENT).hint == nil)
  }

  @Test("Signals and a reader that went away are told of, each time")
  func interruptions() async throws {
    let told = Locked<[Interruption]>([])
    func wait(for count: Int) async throws -> [Interruption] {
      for _ in 0..<3000 {
        if told.withLock({ $0.count }) >= count { break }
        try await Task.sleep(for: .milliseconds(10))
      }
      return told.withLock { $0 }
    }
    let interruptions = try Interruptions { interruption in
      told.withLock { $0.append(interruption) }
    }
    #expect(throws: SystemError.self) { try Interruptions { _ in } }
    kill(getpid(), SIGTERM)
    #expect(try await wait(for: 1) == [.terminated])
    kill(getpid(), SIGTERM)
    #expect(try await wait(for: 2) == [.terminated, .terminated])
    var ends: [Int32] = [-1, -1]
    #expect(pipeline_output_pipe(&ends) == 0)
    let writer = Descriptor(owning: ends[1])
    var reader: Descriptor? = Descriptor(owning: ends[0])
    interruptions.watchHangup(of: writer.number)
    try await Task.sleep(for: .milliseconds(50))
    #expect(told.withLock { $0.count } == 2)
    withExtendedLifetime(reader) {}
    reader = nil
    #expect(try await wait(for: 3).last == .readerGone)
    kill(getpid(), SIGTERM)
    #expect(try await wait(for: 4).last == .terminated)
    withExtendedLifetime((interruptions, writer)) {}
  }
}
