import PipelineModel
import Testing

@testable import PipelineEngine

/// What is found of files under other stamps, and what an index keeps of it.
@Suite("Reading again what has another stamp") struct RereadingTests {
  /// A change of `a/one` or `a`, and what it is taken for.
  struct Change: Sendable, CustomTestStringConvertible {
    let command: String
    var touched: [String] = []
    var different: [String] = []
    var hasLink = false
    var isBehindLink = false

    var testDescription: String { command }
  }

  static let edits: [Change] = [
    Change(command: "touch a/one", touched: ["a/one"]),
    Change(command: "touch a/one b/three", touched: ["a/one", "b/three"]),
    Change(command: "cp a/one x && mv x a/one", touched: ["a/one"]),
    Change(
      command: "printf eno > a/one; touch b/three", touched: ["b/three"], different: ["a/one"]),
    Change(command: "printf longer > a/one", different: ["a/one"]),
    Change(command: "chmod +x a/one", different: ["a/one"]),
    Change(command: "rm a/one", different: ["a/one"]),
    Change(command: "rm a/one && mkdir a/one", different: ["a/one"]),
    Change(command: "rm a/one && mkfifo a/one", different: ["a/one"]),
    Change(command: "mv a/one x && ln -s ../x a/one", different: ["a/one"], hasLink: true),
    Change(command: "mv a x && ln -s x a", different: ["a/one", "a/two"], isBehindLink: true),
    Change(
      command: "mkdir c && mv a c/a && ln -s c/a a && touch b/three", touched: ["b/three"],
      different: ["a/one", "a/two"], isBehindLink: true),
  ]

  private let scratch: StorageScratch

  init() throws {
    scratch = try StorageScratch()
    let stamps = Stamps(clock: .thisMachine)
    for (path, text) in [("a/one", "one"), ("a/two", "two"), ("b/three", "three")] {
      let path = Path(path)
      try scratch.write(path, text)
      let status = try #require(try scratch.directory.status(of: path))
      _ = try stamps.content(
        of: path, in: scratch.directory, status: status, followingLinks: false)
    }
    try Index().write(in: scratch.directory, learnt: stamps, boot: "b")
  }

  private var index: Index { Index.read(in: scratch.directory, boot: "b").index }

  private func changes(of table: SightingTable) -> [Int] {
    Survey(table: table, workspace: scratch.directory)
      .changes(among: [Bool](repeating: true, count: table.count))
  }

  private func reading(_ table: SightingTable, _ clock: StampClock = .thisMachine) -> Rereading {
    Rereading(
      table: table, workspace: scratch.directory, stamps: Stamps(table, clock: clock))
  }

  @Test(
    "A touched file is told from another one, and its stamp is kept",
    arguments: RereadingTests.edits)
  func kept(_ change: Change) throws {
    let before = index
    let table = before.sightings
    #expect(changes(of: table) == [])
    try scratch.shell(change.command)
    let reading = reading(table)
    let found = reading.look(at: changes(of: table))
    func paths(_ entries: [Int]) -> [String] {
      entries.map { table.path(ofEntry: $0).description }.sorted()
    }
    #expect(paths(found.touches.map(\.entry)) == change.touched)
    #expect(paths(found.differences) == change.different)
    #expect(found.hasLink == change.hasLink)
    #expect(reading.hasLinks(on: found.differences) == change.isBehindLink)
    try before.write(in: scratch.directory, restamping: found.touches)
    let after = index
    #expect(paths(changes(of: after.sightings)) == change.different)
    #expect(after.sightings.count == table.count)
    for entry in 0..<table.count {
      #expect(after.sightings.path(ofEntry: entry) == table.path(ofEntry: entry))
      let content = table.sighting(entry)?.content
      #expect(content != nil && after.sightings.sighting(entry)?.content == content)
    }
  }

  @Test("A file that may yet change under its stamp is read again the next time")
  func young() throws {
    let past = StampClock(
      now: { _ in FileTime(seconds: 0, nanoseconds: 1) }, margin: { _, _ in .seconds(2) })
    let before = index
    try scratch.shell("touch a/one")
    let changes = changes(of: before.sightings)
    let found = reading(before.sightings, past).look(at: changes)
    #expect(found.touches.map(\.entry) == changes && found.touches.allSatisfy { !$0.isAtRest })
    try before.write(in: scratch.directory, restamping: found.touches)
    #expect(self.changes(of: index.sightings) == changes)
  }

  @Test("All is looked at once, in whatever pieces")
  func pieces() throws {
    let stamps = Stamps(clock: .thisMachine)
    let paths = (0..<700).map { Path("many/\($0)") }
    for (place, path) in paths.enumerated() {
      try scratch.write(path, [UInt8](repeating: 7, count: place % 100 == 0 ? 900_000 : 10))
      let status = try #require(try scratch.directory.status(of: path))
      _ = try stamps.content(
        of: path, in: scratch.directory, status: status, followingLinks: false)
    }
    try Index().write(in: scratch.directory, learnt: stamps, boot: "b")
    let table = index.sightings
    try scratch.shell("touch many/*; printf other > many/350; rm many/699")
    let changes = changes(of: table)
    #expect(changes.count == 700)
    let found = reading(table).look(at: changes)
    #expect(Set(found.touches.map(\.entry) + found.differences).sorted() == changes)
    #expect(found.touches.count == 698 && found.differences.count == 2)
  }

  @Test("What was read and found other need not be read once more")
  func learnt() throws {
    let table = index.sightings
    try scratch.shell("printf eno > a/one")
    let reading = reading(table)
    _ = reading.look(at: changes(of: table))
    #expect(reading.stamps.sighting(at: "a/one")?.content?.digest == Digest(of: "eno"))
    #expect(reading.stamps.moment == 1)
  }
}
