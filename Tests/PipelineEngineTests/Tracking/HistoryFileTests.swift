import GRDB
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

/// The file `history.db`: damaged, of another version, used by several at once.
@Suite("History file") struct HistoryFileTests {
  static let manifest = """
    steps:
      make:
        run: echo 1 > ${{ outputs.numbers }}
        outputs: { numbers: numbers.txt }
    """

  @Test(
    "A damaged history is set aside whole, and a new one begins",
    arguments: [0, 1, 15, 100, 512, 4_095, 4_096, 5_000, 20_000, 60_000])
  func truncated(to length: Int) async throws {
    let notebook = try Notebook(HistoryFileTests.manifest)
    try await notebook.run("first")
    let path = Path(".pipeline/history.db")
    let bytes = try notebook.bench.directory.read(path)
    #expect(bytes.count > length)
    try notebook.bench.directory.replace(path, with: Array(bytes.prefix(length)))
    try await notebook.run("second", isWanted: true)
    let names = try notebook.bench.scratch.names(".pipeline")
    let aside = names.filter { $0.hasPrefix("history.db.damaged-") }
    // To SQLite that is an empty file, which is an empty history.
    #expect(aside.count == (length <= 1 ? 0 : 1))
    if let name = aside.first {
      let kept = try notebook.bench.directory.read(Path(".pipeline").appending(name))
      #expect(kept == Array(bytes.prefix(length)))
    }
    #expect(try notebook.read { try $0.experiments().map(\.name) } == ["second"])
    #expect(try notebook.newest() == ["make kept -"])
  }

  @Test("Damage in the middle is found by whoever meets it, and never made up for")
  func overwritten() async throws {
    let notebook = try Notebook(HistoryFileTests.manifest)
    for name in ["a", "b", "c"] { try await notebook.run(name, isWanted: true) }
    let path = Path(".pipeline/history.db")
    let bytes = try notebook.bench.directory.read(path)
    for page in stride(from: 0, to: bytes.count, by: 4_096) {
      var damaged = bytes
      for index in page..<min(page + 4_096, bytes.count) { damaged[index] ^= 0xFF }
      for suffix in ["-wal", "-shm"] {
        try notebook.bench.directory.remove(Path(".pipeline/history.db\(suffix)"))
      }
      try notebook.bench.directory.replace(path, with: damaged)
      let experiment = try await notebook.run("page-\(page)", isWanted: true)
      #expect(experiment?.name == "page-\(page)")
      let shown = try notebook.read { try $0.experiments().map(\.name) }
      #expect(shown.first == "page-\(page)")
      #expect(Set(shown).isSubset(of: ["a", "b", "c", "page-\(page)"]))
    }
  }

  @Test("A history of a later version is refused before anything executes, and left as it is")
  func newer() async throws {
    let notebook = try Notebook(HistoryFileTests.manifest)
    try notebook.bench.directory.makeDirectories(".pipeline")
    let queue = try DatabaseQueue(path: notebook.file.description)
    try await queue.writeWithoutTransaction {
      try $0.execute(sql: "PRAGMA application_id = \(HistorySchema.applicationID)")
    }
    var migrator = HistorySchema.migrator
    migrator.registerMigration("of the future") { db in
      try db.execute(sql: "CREATE TABLE future (id INTEGER)")
    }
    try migrator.migrate(queue)
    try queue.close()
    await #expect(throws: HistoryFault.self) { try await notebook.run("first") }
    #expect(try !notebook.bench.scratch.names().contains("numbers.txt"))
    #expect(throws: HistoryFault.self) {
      try History.reading(notebook.file, warnings: Warnings())
    }
  }

  @Test("A database of another program is refused, and left as it is")
  func foreign() async throws {
    let notebook = try Notebook(HistoryFileTests.manifest)
    try notebook.bench.directory.makeDirectories(".pipeline")
    let queue = try DatabaseQueue(path: notebook.file.description)
    try await queue.write { try $0.execute(sql: "CREATE TABLE theirs (id INTEGER)") }
    try queue.close()
    let before = try notebook.bench.directory.read(".pipeline/history.db")
    await #expect(throws: HistoryFault.self) { try await notebook.run("first") }
    #expect(try notebook.bench.directory.read(".pipeline/history.db") == before)
  }

  @Test("A database of another program is refused also where all of it is still in its log")
  func foreignInLog() async throws {
    let notebook = try Notebook(HistoryFileTests.manifest)
    try notebook.bench.directory.makeDirectories(".pipeline")
    var connection = Configuration()
    connection.journalMode = .wal
    let theirs = try DatabaseQueue(path: notebook.file.description, configuration: connection)
    try await theirs.write { try $0.execute(sql: "CREATE TABLE theirs (id INTEGER)") }
    await #expect(throws: HistoryFault.self) { try await notebook.run("first") }
    let tables = try await theirs.read {
      try String.fetchAll($0, sql: "SELECT name FROM sqlite_master")
    }
    #expect(tables == ["theirs"])
    try theirs.close()
  }

  @Test("A file of another kind is refused where it was named, and left as it is")
  func notes() throws {
    let scratch = try ScratchDirectory()
    let directory = scratch.directory
    let text = Array("what I must not forget\n".utf8)
    try directory.replace("notes.txt", with: text)
    let file = scratch.directory.path.appending("notes.txt")
    #expect(throws: HistoryFault.self) { try History(opening: file, warnings: Warnings()) }
    #expect(throws: HistoryFault.self) { try History.reading(file, warnings: Warnings()) }
    #expect(try directory.read("notes.txt") == text)
    #expect(try scratch.names() == ["notes.txt"])
  }

  @Test("A pipe in the place of a history is refused, and nobody waits for its other end")
  func pipe() throws {
    let scratch = try ScratchDirectory()
    let file = scratch.directory.path.appending("history.db")
    #expect(withCString(file.bytes) { mkfifo($0, 0o600) } == 0)
    #expect(throws: HistoryFault.self) { try History.reading(file, warnings: Warnings()) }
    #expect(throws: HistoryFault.self) { try History(opening: file, warnings: Warnings()) }
  }

  @Test("What was committed is on disk, and the file says whose it is before it has tables")
  func modes() throws {
    let scratch = try ScratchDirectory()
    let file = scratch.directory.path.appending("history.db")
    let history = try History(opening: file, warnings: Warnings())
    defer { history.close() }
    let (synchronous, journal, application) = try history.read { db in
      (
        try Int.fetchOne(db, sql: "PRAGMA synchronous"),
        try String.fetchOne(db, sql: "PRAGMA journal_mode"),
        try Int.fetchOne(db, sql: "PRAGMA application_id")
      )
    }
    #expect(synchronous == 2)
    #expect(journal == "wal")
    #expect(application == HistorySchema.applicationID)
  }

  @Test("Several workspaces write one history at once, and nothing is lost")
  func together() async throws {
    let shared = try ScratchDirectory()
    let file = shared.directory.path.appending("team/history.db")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<4 {
        group.addTask {
          let notebook = try Notebook(
            HistoryFileTests.manifest.replacing("echo 1", with: "echo \(number)"))
          for round in 0..<5 {
            try await notebook.run("\(number)-\(round)", isWanted: true, history: file)
          }
        }
      }
      try await group.waitForAll()
    }
    let history = try #require(try History.reading(file, warnings: Warnings()))
    defer { history.close() }
    let experiments = try history.experiments()
    #expect(experiments.count == 20)
    #expect(experiments.allSatisfy { $0.outcome == .succeeded })
    #expect(try history.versions(of: "make.numbers").map(\.number) == [4, 3, 2, 1])
  }

  @Test("The log of moves can be neither changed nor shortened")
  func moves() throws {
    let scratch = try ScratchDirectory()
    let history = try History(
      opening: scratch.directory.path.appending("history.db"), warnings: Warnings())
    defer { history.close() }
    try history.write { db in
      try db.execute(
        sql: """
          INSERT INTO model (name) VALUES ('m');
          INSERT INTO model_version (model_id, number, kind, digest, size, created, artifact)
            VALUES (1, 1, 'file', 'd', 0, 0, 'a.b');
          INSERT INTO move (gid, model_id, act, alias, version_id, time, who, why, metrics)
            VALUES ('g', 1, 'promote', 'production', 1, 0, 'me', '', '{}');
          """)
    }
    for sql in ["UPDATE move SET who = 'you'", "DELETE FROM move"] {
      #expect(throws: HistoryFault.self) { try history.write { try $0.execute(sql: sql) } }
    }
  }

  @Test("Only changes to files that git knows are modifications")
  func git() {
    let clean = """
      # branch.oid 1234
      # branch.head main
      # branch.upstream origin/main

      """
    var state = GitState(porcelain: clean)
    #expect(state.commit == "1234" && state.branch == "main" && !state.isModified)
    state = GitState(porcelain: clean + "1 .M N... 100644 100644 100644 a b file.txt\n")
    #expect(state.isModified)
    state = GitState(porcelain: "# branch.oid (initial)\n# branch.head (detached)\n")
    #expect(state.commit == nil && state.branch == nil)
  }
}
