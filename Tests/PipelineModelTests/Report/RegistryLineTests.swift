import PipelineModel
import Seeds
import Testing

@Suite("Registry line") struct RegistryLineTests {
  static let line: RegistryLine = {
    var move = MoveEntry(
      globalID: "1c3167fae2b3e6c96e6ffb3c3ed22002", act: .rollback, alias: "production",
      version: 3, from: 4, time: 1_795_243_564_319_947_367, who: "Ann <ann@example.org>",
      why: "\"three\" is a\nbad word")
    move.metrics = [
      Metric("evaluate.scores.loss", 0.25), Metric("evaluate.scores.gain", .infinity),
    ]
    move.experiment = "sunny-spring-21"
    return RegistryLine(
      project: "penguins", model: "guesser", move: move,
      content: Content(kind: .directory, digest: Digest(of: "a"), sizeBytes: 12),
      artifact: "train.model", from: Content(kind: .file, digest: Digest(of: "b"), sizeBytes: 0))
  }()

  @Test("A line reads back as what was written, and is one line")
  func roundTrip() throws {
    let text = RegistryLineTests.line.text
    #expect(!text.contains("\n"))
    #expect(try RegistryLine(text) == RegistryLineTests.line)
    var first = RegistryLineTests.line
    first.from = nil
    first.move.from = nil
    first.move.commit = "0e54"
    #expect(try RegistryLine(first.text) == first)
  }

  static let broken: [(String, String, RegistryLine.Fault)] = [
    ("\"schema\":1", "\"schema\":2", .newer(schema: 2)),
    ("\"act\":\"rollback\"", "\"act\":\"forget\"", .broken("act")),
    ("\"version\":3", "\"version\":0", .broken("version")),
    ("\"version\":3", "\"version\":\"v3\"", .broken("version")),
    ("\"model\":\"guesser\"", "\"model\":\"\"", .broken("model")),
    ("\"alias\"", "\"alas\"", .broken("alias")),
    ("sha256:", "md5:", .broken("digest")),
    ("T", "", .broken("time")),
    ("{", "", .noJSON),
    ("{", "[{", .noJSON),
    ("{", "<<<<<<< HEAD {", .conflict),
  ]

  @Test("A line that says nothing usable is refused with its fault", arguments: broken.indices)
  func faults(_ index: Int) throws {
    let (old, new, fault) = RegistryLineTests.broken[index]
    let text = RegistryLineTests.line.text.replacing(old, with: new, maxReplacements: 1)
    #expect(throws: fault) { try RegistryLine(text) }
  }

  @Test("No beginning of a line is a line")
  func torn() {
    let text = Array(RegistryLineTests.line.text.utf8)
    for count in 0..<text.count {
      #expect(throws: RegistryLine.Fault.self) {
        try RegistryLine(String(decoding: text[..<count], as: UTF8.self))
      }
    }
  }

  @Test("A moment reads back to the nanosecond", arguments: 0..<20)
  func moments(_ seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let moment = Int.random(in: -60_000_000_000_000_000...9_000_000_000_000_000_000, using: &random)
    #expect(Timestamp.nanoseconds(Timestamp.exactText(nanoseconds: moment)) == moment)
    let second = Timestamp.text(nanoseconds: moment)
    #expect(Timestamp.text(nanoseconds: Timestamp.nanoseconds(second) ?? 0) == second)
  }

  @Test(
    "What is no moment is not read",
    arguments: [
      "", "2025-03-01", "2025-03-01T12:00:05", "2025-13-01T12:00:05Z", "2025-03-01T12:00:05.Zz",
      "2025-03-01T12:00:05.1x3Z", "2025-03-01 12:00:05Z", "99999-03-01T12:00:05Z",
    ])
  func noMoments(_ text: String) { #expect(Timestamp.nanoseconds(text) == nil) }
}
