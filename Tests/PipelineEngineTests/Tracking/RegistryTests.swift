import GRDB
import PipelineModel
import Testing

@testable import PipelineEngine

/// Versions and moves of models, in databases and files that are real.
@Suite("Registry") struct RegistryTests {
  /// A workspace with a registry, and a history in which contents can be put.
  private struct Bench {
    let workbench: Workbench
    let warnings = Warnings()

    init() throws {
      workbench = try Workbench(
        """
        registry: registry.jsonl
        models: { guesser: { from: train.model } }
        steps: { train: { run: "true", outputs: { model: { path: m, kind: model } } } }
        """)
    }

    func registry() throws -> Registry {
      try Registry(
        try workbench.plan().pipeline, in: workbench.directory,
        historyFile: workbench.directory.path.appending("history.db"), warnings: warnings)
    }

    /// Lets `train.model` have had contents, in this order.
    func make(_ contents: String...) throws {
      let history = try registry().history
      try history.write { db in
        let writing = VersionWriting(db: db)
        let artifact = try writing.artifact(
          KnownArtifact(name: "train.model", kind: .model, path: "m"))
        for text in contents {
          _ = try writing.version(
            of: artifact, RegistryTests.content(text), created: 1, run: nil)
        }
      }
    }

    func model() throws -> RegisteredModel { try registry().model(named: try #require(name)) }

    private var name: Name? { Name("guesser") }

    @discardableResult
    func promote(_ number: Int, from: Int?) throws -> MoveEntry {
      try registry().move(
        MoveRequest(
          .promote, "guesser", version: number, alias: "production", from: from, who: "Ann",
          why: "why not"))
    }

    var lines: [String] {
      get throws {
        try workbench.scratch.text("registry.jsonl").split(separator: "\n").map(String.init)
      }
    }
  }

  private static func content(_ text: String) -> Content {
    Content(kind: .file, digest: Digest(of: text), sizeBytes: text.utf8.count)
  }

  private func line(
    _ id: String, _ content: String, version: Int, time: Int, from: String? = nil
  ) -> String {
    let move = MoveEntry(
      globalID: id, act: .promote, alias: "production", version: version, from: nil, time: time,
      who: "Bob", why: "")
    return RegistryLine(
      project: "test", model: "guesser", move: move, content: RegistryTests.content(content),
      artifact: "train.model", from: from.map { RegistryTests.content($0) }
    ).text + "\n"
  }

  @Test("Versions have the numbers of the artifact, and keep them")
  func numbers() throws {
    let bench = try Bench()
    try bench.make("a", "b")
    #expect(try bench.model().versions.map(\.number) == [1, 2])
    try bench.make("b", "c", "a")
    let versions = try bench.model().versions
    #expect(versions.map(\.number) == [1, 2, 3])
    #expect(versions.map(\.content) == ["a", "b", "c"].map { RegistryTests.content($0) })
  }

  @Test("A version of elsewhere keeps its number where that is free, and takes none away")
  func clashes() throws {
    let bench = try Bench()
    try bench.make("a", "b")
    _ = try bench.model()
    try bench.workbench.scratch.write(
      "registry.jsonl",
      line("1", "x", version: 2, time: 5) + line("2", "y", version: 7, time: 6, from: "x"))
    let model = try bench.model()
    let names = ["a", "b", "x", "y"]
    #expect(
      model.versions.map(\.number) == [1, 2, 3, 7]
        && model.versions.map(\.content) == names.map { RegistryTests.content($0) })
    #expect(model.moves.map(\.version) == [3, 7] && model.moves.map(\.from) == [nil, 3])
  }

  @Test("What a registry file says is taken in once, whatever its order and repetitions")
  func idempotence() throws {
    let bench = try Bench()
    let lines = [line("2", "y", version: 2, time: 6), line("1", "x", version: 1, time: 5)]
    try bench.workbench.scratch.write("registry.jsonl", (lines + lines).joined() + "{\n")
    for _ in 0..<2 {
      let model = try bench.model()
      #expect(model.moves.map(\.globalID) == ["1", "2"])
      #expect(model.version(having: "production")?.number == 2)
      #expect(bench.warnings.take().map(\.subject) == ["registry.jsonl:5"])
    }
    #expect(try bench.lines.count == 5)
  }

  @Test("Every move is one line of the file, also those that could not be written at first")
  func mirror() throws {
    let bench = try Bench()
    try bench.make("a", "b")
    try bench.workbench.directory.makeDirectories("registry.jsonl")
    try bench.promote(1, from: nil)
    #expect(bench.warnings.take().count == 1)
    try bench.workbench.directory.remove("registry.jsonl")
    // What was torn off before must not swallow the next line.
    try bench.workbench.scratch.write("registry.jsonl", "{\"schema\":1")
    try bench.promote(2, from: 1)
    let lines = try bench.lines
    #expect(lines.count == 3)
    #expect(try lines.dropFirst().map { try RegistryLine($0).move.version } == [1, 2])
    _ = try bench.model()
    #expect(try bench.lines.count == 3)
  }

  @Test("A move is later than all that are known, whatever the clock says")
  func clocks() throws {
    let bench = try Bench()
    try bench.make("a")
    let future = 4_000_000_000_000_000_000
    try bench.workbench.scratch.write("registry.jsonl", line("1", "x", version: 2, time: future))
    try bench.promote(1, from: 2)
    #expect(try bench.model().version(having: "production")?.number == 1)
    #expect(try bench.model().moves.last?.time == future + 1)
  }

  @Test("Who decided on what is not so any more moves nothing")
  func races() throws {
    let bench = try Bench()
    try bench.make("a", "b", "c")
    try bench.promote(1, from: nil)
    #expect(throws: HistoryFault.self) { try bench.promote(3, from: 2) }
    #expect(throws: HistoryFault.self) { try bench.promote(3, from: nil) }
    #expect(throws: HistoryFault.self) { try bench.promote(9, from: 1) }
    #expect(try bench.model().moves.count == 1)
  }

  @Test(
    "The log of moves is only ever added to",
    arguments: ["DELETE FROM move", "UPDATE move SET why = ''"])
  func appendOnly(_ sql: String) throws {
    let bench = try Bench()
    try bench.make("a")
    try bench.promote(1, from: nil)
    let history = try bench.registry().history
    #expect(throws: HistoryFault.self) { try history.write { try $0.execute(sql: sql) } }
    #expect(try bench.model().moves.map(\.why) == ["why not"])
  }
}
