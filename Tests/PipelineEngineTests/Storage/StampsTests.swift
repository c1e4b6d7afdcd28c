import PipelineModel
import Testing

@testable import PipelineEngine

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

@Suite("Stamps") struct StampsTests {
  /// A clock that a test can turn.
  final class TurnableClock: Sendable {
    let time = Locked(FileTime(seconds: 0, nanoseconds: 1))
    let readings = Locked(0)
    let onReading: @Sendable (Int) -> Void

    init(onReading: @escaping @Sendable (Int) -> Void = { _ in }) {
      self.onReading = onReading
    }

    func stampClock(margin: Duration) -> StampClock {
      StampClock(
        now: { _ in
          let count = self.readings.withLock { readings in
            readings += 1
            return readings
          }
          self.onReading(count)
          return self.time.withLock { $0 }
        }, margin: { _, _ in margin })
    }
  }

  @Test(
    "A stamp is kept only if its file had been left alone for long enough",
    arguments: [
      (Duration.milliseconds(19), Duration.milliseconds(20), false),
      (.milliseconds(20), .milliseconds(20), true),
      (.milliseconds(1999), .seconds(2), false),
      (.milliseconds(2000), .seconds(2), true),
      (.seconds(-5), .milliseconds(20), false),
    ])
  func racyRule(age: Duration, margin: Duration, isKept: Bool) throws {
    let scratch = try StorageScratch()
    try scratch.write("a", "content")
    let status = try #require(try scratch.directory.status(of: "a"))
    let clock = TurnableClock()
    clock.time.withLock { $0 = max(status.modified, status.changed).advanced(by: age) }
    let stamps = Stamps(clock: clock.stampClock(margin: margin))
    let content = try stamps.content(
      of: "a", in: scratch.directory, status: status, followingLinks: true)
    #expect(content.digest == Digest(of: "content"))
    #expect((stamps.files["a"] != nil) == isKept)
    #expect((stamps.content(of: "a", under: status) != nil) == isKept)
  }

  @Test("The clock is read once for all files that are old enough")
  func oneReading() throws {
    let scratch = try StorageScratch()
    let clock = TurnableClock()
    clock.time.withLock { $0 = FileTime(seconds: .max / 2, nanoseconds: 0) }
    let stamps = Stamps(clock: clock.stampClock(margin: .milliseconds(20)))
    let contents = Contents(of: scratch.directory, stamps: stamps)
    for index in 0..<50 { try scratch.write(Path("d/\(index)"), "\(index)") }
    _ = try contents.content(ofInput: "d")
    #expect(stamps.files.count == 50)
    #expect(clock.readings.withLock { $0 } == 1)
  }

  @Test("A file that comes to rest is read again; one that does not is refused and not recorded")
  func changedWhileRead() throws {
    let scratch = try StorageScratch()
    try scratch.write("a", "0")
    let restsAfter = Locked(2)
    let clock = TurnableClock(onReading: { count in
      guard count <= restsAfter.withLock({ $0 }) else { return }
      // Between the look at the file and its reading.
      try? scratch.directory.openForAppending("a").write(Array("\(count)".utf8))
    })
    let stamps = Stamps(clock: clock.stampClock(margin: .seconds(2)))
    let contents = Contents(of: scratch.directory, stamps: stamps)
    #expect(try contents.content(ofInput: "a")?.digest == Digest(of: "012"))
    restsAfter.withLock { $0 = .max }
    #expect(throws: StorageError.changedWhileRead("a")) { try contents.content(ofInput: "a") }
    #expect(stamps.files.isEmpty)
  }

  @Test("A change in the middle of a large file is seen")
  func changedInTheMiddle() async throws {
    let scratch = try StorageScratch()
    try scratch.write("large", [UInt8](repeating: 1, count: 3 << 20))
    let file = try scratch.directory.openFile("large", followingLinks: true)
    #expect(throws: StorageError.changedWhileRead("large")) {
      _ = try file.digest(of: "large") { _ in
        try scratch.directory.openForAppending("large").write([2])
      }
    }
    let count = try scratch.directory.read("large").count
    let settled = try scratch.directory.openFile("large", followingLinks: true)
    try await Task.sleep(for: .milliseconds(30))
    #expect(throws: StorageError.changedWhileRead("large")) {
      _ = try settled.digest(of: "large") { _ in
        // Of equal size, where it has been read already.
        try Self.overwrite("large", in: scratch, with: "x")
      }
    }
    #expect(try scratch.directory.read("large").count == count)
    let sizes = Locked<[Int]>([])
    let again = try scratch.directory.openFile("large", followingLinks: true)
    let digest = try again.digest(of: "large") { piece in sizes.withLock { $0.append(piece.count) }
    }
    #expect(digest == SHA256.digest(try scratch.directory.read("large")))
    #expect(sizes.withLock { $0.max() } ?? 0 <= 1 << 20)
  }

  @Test("By the real clock, equal sizes and quick writers never hide a change")
  func realClock() throws {
    let scratch = try StorageScratch()
    let clock = try StampClock(in: scratch.directory, file: "clock")
    let stamps = Stamps(clock: clock)
    let contents = Contents(of: scratch.directory, stamps: stamps)
    for index in 100..<140 {
      try Self.overwrite("a", in: scratch, with: "\(index)")
      #expect(try contents.content(ofInput: "a")?.digest == Digest(of: "\(index)"))
      #expect(stamps.files["a"] != nil, "a short wait spares the next reading")
    }
  }

  /// In place, so that the inode stays.
  private static func overwrite(_ path: Path, in scratch: StorageScratch, with text: String) throws
  {
    let number = open(scratch.path.appending(path).description, O_WRONLY | O_CREAT, 0o666)
    defer { close(number) }
    let count = pwrite(number, text, text.utf8.count, 0)
    #expect(count == text.utf8.count)
  }

  @Test("Nobody waits for the stamp of a log, which is never asked for again")
  func logs() throws {
    let scratch = try StorageScratch()
    let clock = TurnableClock()
    let stamps = Stamps(clock: clock.stampClock(margin: .milliseconds(20)))
    let contents = Contents(of: scratch.directory, stamps: stamps)
    try scratch.write(".pipeline/logs/run/step.log", "text")
    try scratch.write("output", "text")
    let store = try scratch.store()
    let log = try store.deposit([".pipeline/logs/run/step.log"], from: contents)
    #expect(clock.readings.withLock { $0 } == 0)
    #expect(stamps.files.isEmpty)
    #expect(try store.deposit(["output"], from: contents) == log)
    #expect(clock.readings.withLock { $0 } > 0)
  }

  @Test("Every field of a stamp counts")
  func fields() {
    let time = FileTime(seconds: 5, nanoseconds: 5)
    let later = FileTime(seconds: 5, nanoseconds: 6)
    let stamp = Stamp(sizeBytes: 1, modified: time, changed: time, inode: 1, device: 1)
    let others = [
      Stamp(sizeBytes: 2, modified: time, changed: time, inode: 1, device: 1),
      Stamp(sizeBytes: 1, modified: later, changed: time, inode: 1, device: 1),
      Stamp(sizeBytes: 1, modified: time, changed: later, inode: 1, device: 1),
      Stamp(sizeBytes: 1, modified: time, changed: time, inode: 2, device: 1),
      Stamp(sizeBytes: 1, modified: time, changed: time, inode: 1, device: 2),
    ]
    for other in others { #expect(other != stamp) }
  }
}

extension Stamps {
  /// What is known of files beside the index.
  fileprivate var files: [Path: Sighting] {
    Dictionary(uniqueKeysWithValues: learnt.believed.map { ($0.path, $0.sighting) })
      .filter { $0.value.content != nil }
  }
}
