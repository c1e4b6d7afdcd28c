import PipelineModel
import Seeds
import Testing

@testable import PipelineEngine

@Suite("Index") struct IndexTests {
  private static let today = Int32(clamping: SystemClock.now / 86_400_000_000_000)

  /// What an index is made from.
  private struct Known {
    var sightings: [Path: Sighting] = [:]
    var states: [StepName: StepState] = [:]
    var notes: [String: String] = [:]

    func write(
      in scratch: StorageScratch, boot: String = "b", now: Int64 = SystemClock.now
    ) throws {
      try Index(states: states, notes: notes).write(
        in: scratch.directory, learnt: stamps, boot: boot, now: now)
    }

    /// The file, as `write` would write it.
    var bytes: [UInt8] {
      get throws {
        try IndexFile.bytes(
          of: stamps.merged(oldest: 0) { _ in false }, standing: [], states: states, notes: notes,
          boot: "b")
      }
    }

    private var stamps: Stamps {
      let stamps = Stamps(clock: .thisMachine)
      for (path, sighting) in sightings { stamps.adopt(sighting, of: path) }
      return stamps
    }

    func equals(_ index: Index) -> Bool {
      index.sightings.all == sightings && index.states == states && index.notes == notes
    }
  }

  private static func known(fileCount: Int, seed: UInt64 = 1) -> Known {
    var random = SplitMix64(seed: seed)
    var known = Known()
    for number in 0..<fileCount {
      let path = Path("Data/part-\(number % 100)/file-\(number).csv")
      let time = FileTime(
        seconds: .random(in: -5...5_000_000_000, using: &random),
        nanoseconds: .random(in: 0..<1_000_000_000, using: &random))
      let stamp = Stamp(
        sizeBytes: .random(in: 0...Int64.max, using: &random), modified: time, changed: time,
        inode: random.next(), device: random.next())
      let digest = Digest(bytes: (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) })
      known.sightings[path] = Sighting(
        kind: number % 7 == 0 ? .executable : .file, stamp: stamp, digest: digest, lastUse: today)
    }
    return known
  }

  private static func small() throws -> Known {
    var known = known(fileCount: 3)
    let odd = try #require(known.sightings.first)
    for path in [Path([0xFF, 0x2F, 0x0A]), ".", "/", "..", "../x", "/etc/a", "Data"] {
      known.sightings[path] = odd.value
    }
    known.sightings["Data/none"] = .absent(lastUse: today)
    known.sightings["Data/part-1"] = Sighting(directory: odd.value.stamp, lastUse: today)
    let train = try #require(StepName("train@seed=1"))
    let clean = try #require(StepName("clean"))
    known.states[train] = StepState(
      lastKey: ActionKey(digest: Digest(of: "k")), hasFailed: true, seconds: 0.25)
    known.states[clean] = StepState(hasFailed: true)
    known.notes = ["swiftc": "Swift version 6.3.1 – ä", "": ""]
    return known
  }

  private static func read(_ bytes: [UInt8]) -> IndexFile.Content? {
    IndexFile.read(MappedFile(copying: bytes))
  }

  @Test("What is written is read")
  func roundTrip() throws {
    let scratch = try StorageScratch()
    for known in [Known(), try Self.small()] {
      try known.write(in: scratch)
      let reading = Index.read(in: scratch.directory, boot: "b")
      #expect(known.equals(reading.index))
      #expect(reading.note == nil)
      #expect(!reading.isNew)
    }
  }

  @Test("Twenty thousand entries, in many pieces")
  func large() throws {
    let scratch = try StorageScratch()
    let known = Self.known(fileCount: 20_000)
    try known.write(in: scratch)
    #expect(known.equals(Index.read(in: scratch.directory, boot: "b").index))
  }

  @Test("Cut at any length, or with any bit flipped, it is dropped with a note")
  func damaged() throws {
    let bytes = try Self.small().bytes
    #expect(Self.read(bytes) != nil)
    for length in 0..<bytes.count { #expect(Self.read(Array(bytes[..<length])) == nil) }
    #expect(Self.read(bytes + [0]) == nil)
    for position in bytes.indices {
      var damaged = bytes
      damaged[position] ^= 1 << UInt8(position % 8)
      #expect(Self.read(damaged) == nil)
    }
    let scratch = try StorageScratch()
    try scratch.write("index", Array(bytes.dropLast()))
    let reading = Index.read(in: scratch.directory, boot: "b")
    #expect(Known().equals(reading.index))
    #expect(reading.note != nil)
    #expect(reading.isNew)
  }

  @Test("Numbers that lie do no harm, even under right digests")
  func lyingNumbers() throws {
    let bytes = try Self.small().bytes
    let headCount = Int(bytes[40]) | Int(bytes[41]) << 8
    // A byte, a number, or several numbers that go together.
    for position in headCount..<bytes.count {
      var lying = bytes
      let end = min(bytes.count, position + [1, 4, 8, 24][position % 4])
      for place in position..<end { lying[place] = lying[position] == 0xFF ? 0 : 0xFF }
      var out = ByteWriter(capacity: 0)
      out.add(lying)
      // The only piece, then the head.
      let body = out.digest(from: headCount)
      out.bytes.replaceSubrange((headCount - 32)..<headCount, with: body.bytes)
      let head = SHA256.digest(Array(out.bytes[40..<headCount]))
      out.bytes.replaceSubrange(8..<40, with: head.bytes)
      guard let index = Self.read(out.bytes)?.index else { continue }
      let survey = Survey(
        table: index.sightings, workspace: try Directory(opening: "/"))
      _ = survey.changes(among: [Bool](repeating: true, count: index.sightings.count))
      _ = index.sightings.index(of: "Data/part-1/file-1.csv")
      _ = Stamps(index.sightings, clock: .thisMachine).merged(oldest: 0) { _ in false }
      for directory in 0..<index.sightings.directoryCount {
        _ = index.sightings.lastName(ofDirectory: directory)
      }
      _ = index.standing?.marks(count: 3)
    }
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
    let known = try Self.small()
    for (old, new) in [("a", "b"), ("a", ""), ("", "")] {
      try known.write(in: scratch, boot: old)
      let reading = Index.read(in: scratch.directory, boot: new)
      #expect(reading.index.sightings.count == 0)
      #expect(reading.index.states == known.states)
      #expect(reading.note != nil)
    }
  }

  @Test("What nobody asks for is forgotten")
  func forgotten() throws {
    let scratch = try StorageScratch()
    let known = try Self.small()
    let day: Int64 = 86_400_000_000_000
    try known.write(in: scratch, now: SystemClock.now + 59 * day)
    #expect(known.equals(Index.read(in: scratch.directory, boot: "b").index))
    try known.write(in: scratch, now: SystemClock.now + 62 * day)
    #expect(Index.read(in: scratch.directory, boot: "b").index.sightings.count == 0)
  }

  @Test("A standing is known by its sightings, and carried from one index to the next")
  func standing() throws {
    let scratch = try StorageScratch()
    let stamps = Stamps(clock: .thisMachine)
    for (path, sighting) in Self.known(fileCount: 5).sightings { stamps.adopt(sighting, of: path) }
    let files = (0..<5).map { Path("Data/part-\($0)/file-\($0).csv") }
    let question = Digest(of: "all")
    func written(_ draft: StandingDraft, after index: Index) throws -> Standing {
      try index.write(in: scratch.directory, learnt: stamps, standing: draft, boot: "b")
      return try #require(Index.read(in: scratch.directory, boot: "b").index.standing)
    }
    let manifest = StandingDraft.Row(
      name: "", seen: .paths([files[0]]), declaration: Digest(of: "all"))
    let rows = [
      StandingDraft.Row(
        name: "one", seen: .paths([files[1], files[2]]), declaration: Digest(of: "1")),
      StandingDraft.Row(
        name: "two", seen: .paths([files[2], files[3]]), declaration: Digest(of: "2")),
    ]
    let first = try written(
      .init(question: question, isQuiet: true, manifest: manifest, rows: rows),
      after: Index())
    let index = Index.read(in: scratch.directory, boot: "b").index
    let again = Stamps(index.sightings, clock: .thisMachine)
    try index.write(
      in: scratch.directory, learnt: again, standing: StandingDraft(carrying: first), boot: "b")
    let second = Index.read(in: scratch.directory, boot: "b").index
    for (standing, table) in [
      (first, index.sightings), (try #require(second.standing), second.sightings),
    ] {
      #expect(standing.question == question && standing.isComplete)
      #expect(standing.stepNames == ["one", "two"])
      let seen = standing.sightings(ofStep: 1).map { table.path(ofEntry: $0) }
      #expect(seen == [files[2], files[3]])
      #expect(standing.sightings(ofStep: -1).map { table.path(ofEntry: $0) } == [files[0]])
      let declarations = (-1..<2).map { standing.declaration(ofStep: $0) }
      #expect(declarations == [Digest(of: "all"), Digest(of: "1"), Digest(of: "2")])
      func untouched(_ file: Int) -> [Bool] {
        standing.isUntouched(
          by: [table.index(of: files[file])].compactMap { $0 }, among: table.count)
      }
      #expect(untouched(0) == [true, true])
      #expect(untouched(1) == [false, true])
      #expect(untouched(2) == [false, false])
      #expect(untouched(4) == [true, true])
    }
    let unknown = StandingDraft.Row(
      name: "one", seen: .paths(["nowhere"]), declaration: Digest(of: "1"))
    let draft = StandingDraft(
      question: question, isQuiet: true, manifest: manifest, rows: [unknown])
    #expect(try !written(draft, after: Index()).isComplete)
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
    let (states, _) = try Index.statesFromResults(of: store, workspace: old.workspace)
    #expect(states == [old.step: StepState(lastKey: new.key, seconds: 7, finished: 2)])
  }
}

extension SightingTable {
  /// All of it, by path.
  var all: [Path: Sighting] {
    Dictionary(
      (0..<count).compactMap { index in sighting(index).map { (path(ofEntry: index), $0) } }
    ) {
      first, _ in first
    }
  }
}

extension IndexFile {
  /// The whole file.
  static func bytes(
    of sightings: SightingMerge, standing: [UInt8], states: [StepName: StepState],
    notes: [String: String], boot: String
  ) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try write(sightings, standing: standing, states: states, notes: notes, boot: boot) {
      bytes += $0
    }
    return bytes
  }
}
