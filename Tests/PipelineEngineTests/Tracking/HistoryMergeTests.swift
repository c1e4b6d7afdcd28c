import GRDB
import PipelineModel
import Testing

@testable import PipelineEngine

/// Two real histories, one taken into the other.
@Suite("History merge") struct HistoryMergeTests {
  private let scratch: ScratchDirectory
  private let here: History
  private let there: History
  private let warnings = Warnings()

  init() throws {
    scratch = try ScratchDirectory()
    let path = scratch.directory.path
    here = try History(opening: path.appending("here.db"), warnings: warnings)
    there = try History(opening: path.appending("there.db"), warnings: warnings)
  }

  private func make(_ content: String, in history: History) throws {
    try history.write { db in
      let writing = VersionWriting(db: db)
      let artifact = try writing.artifact(KnownArtifact(name: "a.b", kind: .data, path: "b"))
      let content = Content(kind: .file, digest: Digest(of: content), sizeBytes: 1)
      let version = try writing.version(of: artifact, content, created: 1, run: nil)
      try writing.setLatest(version.id, of: artifact)
    }
  }

  private func begin(_ name: String, in history: History) throws -> Int64 {
    try history.write { db in
      var entry = ExperimentEntry(
        globalID: "id of \(name)", name: name, project: "p", started: 1,
        origin: ExperimentOrigin(command: "run"))
      try ExperimentWriting(db: db).insert(&entry, workspace: "w")
      return entry.id
    }
  }

  @Test("A version of there is known by its content, and the latest here stays")
  func versions() throws {
    for content in ["x", "y"] { try make(content, in: here) }
    for content in ["y", "z"] { try make(content, in: there) }
    #expect(try here.merge(there.file, warnings: warnings).versions == 1)
    #expect(try here.versions(of: "a.b").map(\.number) == [3, 2, 1])
    #expect(try here.version(of: "a.b", 3)?.content.digest == Digest(of: "z"))
    #expect(try here.version(of: "a.b", nil)?.number == 2)
  }

  @Test("An experiment that went on is finished by the next merge")
  func running() throws {
    let id = try begin("e", in: there)
    #expect(try here.merge(there.file, warnings: warnings).experiments == 1)
    #expect(try here.experiment(named: "e")?.outcome == .running)
    try there.write { try ExperimentWriting(db: $0).end(id, .failed, at: 9) }
    #expect(try here.merge(there.file, warnings: warnings) == MergeCount())
    #expect(try here.experiment(named: "e")?.outcome == .failed)
    #expect(try here.experiment(named: "e")?.ended == 9)
  }

  @Test("The other file stays as it is, byte by byte")
  func untouched() throws {
    try make("x", in: there)
    _ = try begin("e", in: there)
    there.close()
    let before = try scratch.directory.read("there.db")
    _ = try here.merge(there.file, warnings: warnings)
    #expect(try scratch.directory.read("there.db") == before)
  }

  @Test("A history of a later version is refused, and nothing is taken")
  func later() throws {
    _ = try begin("e", in: there)
    try there.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99')") }
    #expect(throws: HistoryFault.self) { try here.merge(there.file, warnings: warnings) }
    #expect(try here.experiments().isEmpty)
  }

  @Test("A merge that fails leaves nothing behind")
  func whole() throws {
    _ = try begin("e", in: there)
    try there.write { try $0.execute(sql: "ALTER TABLE move RENAME TO gone") }
    #expect(throws: HistoryFault.self) { try here.merge(there.file, warnings: warnings) }
    #expect(try here.experiments().isEmpty)
  }
}
