import PipelineModel
import Seeds
import Testing

@testable import PipelineEngine

@Suite("Index") struct IndexTests {
  private static let today = Int32(clamping: SystemClock.now / 86_400_000_000_000)

  private static func index(stampCount: Int, seed: UInt64 = 1) -> Index {
    var random = SplitMix64(seed: seed)
    var index = Index()
    index.stamps.reserveCapacity(stampCount)
    for number in 0..<stampCount {
      let path = Path("Data/part-\(number % 100)/file-\(number).csv")
      let time = FileTime(
        seconds: .random(in: -5...5_000_000_000, using: &random),
        nanoseconds: .random(in: 0..<1_000_000_000, using: &random))
      let size = Int.random(in: 0...Int.max, using: &random)
      let stamp = Stamp(
        sizeBytes: Int64(size), modified: time, changed: time, inode: random.next(),
        device: random.next())
      let digest = Digest(bytes: (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) })
      index.stamps[path] = StampedContent(
        stamp: stamp,
        content: Content(
          kind: number % 7 == 0 ? .executable : .file, digest: digest, sizeBytes: size),
        lastUse: today)
    }
    return index
  }

  private static func small() throws -> Index {
    var index = index(stampCount: 3)
    let odd = try #require(index.stamps.first)
    index.stamps[Path([0xFF, 0x2F, 0x0A])] = odd.value
    let train = try #require(StepName("train@seed=1"))
    let clean = try #require(StepName("clean"))
    index.states[train] = StepState(
      lastKey: ActionKey(digest: Digest(of: "k")), hasFailed: true, seconds: 0.25)
    index.states[clean] = StepState(hasFailed: true)
    index.notes = ["swiftc": "Swift version 6.3.1 – ä", "": ""]
    return index
  }

  @Test("What is written is read")
  func roundTrip() throws {
    let scratch = try StorageScratch()
    for index in [Index(), try Self.small()] {
      try index.write(in: scratch.directory, boot: "b")
      let reading = Index.read(in: scratch.directory, boot: "b")
      #expect(reading.index == index)
      #expect(reading.note == nil)
      #expect(!reading.isNew)
    }
  }

  @Test("A hundred thousand entries")
  func large() throws {
    let scratch = try StorageScratch()
    let index = Self.index(stampCount: 100_000)
    try index.write(in: scratch.directory, boot: "b")
    #expect(Index.read(in: scratch.directory, boot: "b").index == index)
  }

  @Test("Cut at any length, or with any bit flipped, it is dropped with a note")
  func damaged() throws {
    let bytes = IndexFile.bytes(of: try Self.small(), boot: "b")
    #expect(IndexFile.read(bytes) != nil)
    for length in 0..<bytes.count { #expect(IndexFile.read(Array(bytes[..<length])) == nil) }
    #expect(IndexFile.read(bytes + [0]) == nil)
    for position in bytes.indices {
      var damaged = bytes
      damaged[position] ^= 1 << UInt8(position % 8)
      #expect(IndexFile.read(damaged) == nil)
    }
    let scratch = try StorageScratch()
    try scratch.write("index", Array(bytes.dropLast()))
    let reading = Index.read(in: scratch.directory, boot: "b")
    #expect(reading.index == Index())
    #expect(reading.note != nil)
    #expect(reading.isNew)
  }

  @Test("Lengths that lie do no harm, even under a right digest")
  func lyingLengths() {
    var out = ByteWriter(capacity: 0)
    out.add(Array("PWINDEX1".utf8) + [UInt8](repeating: 0, count: 32))
    out.add(UInt32.max)
    out.add(UInt32.max)
    let digest = out.digest(from: 40)
    out.bytes.replaceSubrange(8..<40, with: digest.bytes)
    #expect(IndexFile.read(out.bytes) == nil)
  }

  @Test("No index is no news; a directory of that name is dropped with a note")
  func absent() throws {
    let scratch = try StorageScratch()
    #expect(Index.read(in: scratch.directory).note == nil)
    #expect(Index.read(in: scratch.directory).isNew)
    try scratch.directory.makeDirectories("index")
    #expect(Index.read(in: scratch.directory).note != nil)
  }

  @Test("After a restart of the machine, stamps are dropped and all else is kept")
  func restart() throws {
    let scratch = try StorageScratch()
    let index = try Self.small()
    for (old, new) in [("a", "b"), ("a", ""), ("", "")] {
      try index.write(in: scratch.directory, boot: old)
      let reading = Index.read(in: scratch.directory, boot: new)
      #expect(reading.index.stamps.isEmpty)
      #expect(reading.index.states == index.states)
      #expect(reading.note != nil)
    }
  }

  @Test("Stamps that nobody asks for are forgotten")
  func forgotten() throws {
    let scratch = try StorageScratch()
    let index = try Self.small()
    let day: Int64 = 86_400_000_000_000
    try index.write(in: scratch.directory, boot: "b", now: SystemClock.now + 59 * day)
    #expect(Index.read(in: scratch.directory, boot: "b").index == index)
    try index.write(in: scratch.directory, boot: "b", now: SystemClock.now + 62 * day)
    #expect(Index.read(in: scratch.directory, boot: "b").index.stamps.isEmpty)
  }

  @Test("States are found again from this workspace's results")
  func rebuilt() throws {
    let scratch = try StorageScratch()
    let store = try scratch.store()
    let old = Result.sample("train", finished: 1)
    let new = Result(
      key: Result.sample("other").key, step: old.step,
      fingerprint: Result.sample("other").fingerprint, outputs: [], log: nil, metrics: nil,
      workspace: old.workspace, finished: 2, usage: Usage(seconds: 7))
    for result in [new, old, .sample("foreign", workspace: "elsewhere", finished: 3)] {
      try store.record(result)
    }
    let states = try Index.statesFromResults(of: store, workspace: old.workspace)
    #expect(states == [old.step: StepState(lastKey: new.key, seconds: 7)])
  }
}
