import PipelineModel
import Testing

@testable import PipelineEngine

/// What the registry means to whoever looks at versions, and to a collection.
@Suite("Registered contents") struct RegisteredContentsTests {
  private let scratch: StorageScratch
  private let store: Store
  private let history: History
  /// The contents that are v1, v2 and v3 of the model.
  private let contents: [Content]

  init() throws {
    scratch = try StorageScratch()
    let store = try scratch.store()
    self.store = store
    history = try History(
      opening: scratch.path.appending("history.db"), warnings: scratch.warnings)
    contents = try ["one", "two", "three"].map { text in
      let digest = try store.deposit(bytes: Array(text.utf8))
      return Content(kind: .file, digest: digest, sizeBytes: text.utf8.count)
    }
    let rows = contents
    try history.write { db in
      try db.execute(sql: "INSERT INTO model (id, name) VALUES (1, 'penguins')")
      for (index, content) in rows.enumerated() {
        try db.execute(
          sql: """
            INSERT INTO model_version (id, model_id, number, kind, digest, size, created, artifact)
            VALUES (?, 1, ?, 'file', ?, ?, 0, 'train.model')
            """, arguments: [index + 1, index + 1, "\(content.digest)", content.sizeBytes])
      }
    }
  }

  private func move(_ alias: String, to version: Int, from: Int?, at time: Int) throws {
    try history.write { db in
      try db.execute(
        sql: """
          INSERT INTO move
            (gid, model_id, act, alias, version_id, from_id, time, who, why, metrics)
          VALUES (?, 1, 'promote', ?, ?, ?, ?, '', '', '{}')
          """, arguments: ["\(alias) \(time)", alias, version, from, time])
    }
  }

  @Test("An alias means the version that it was last moved to")
  func references() throws {
    try move("production", to: 1, from: nil, at: 1)
    try move("production", to: 2, from: 1, at: 2)
    let lookup = VersionLookup(history)
    for (text, number) in [
      ("penguins@production", 2), ("penguins:v1", 1), ("penguins:latest", 3), ("penguins", 3),
    ] {
      let found = try lookup.find(try VersionReference.read(text))
      #expect(found.label == "penguins:v\(number)")
      #expect(found.content == contents[number - 1])
    }
    #expect(
      try history.registeredNames(of: contents[1]) == ["penguins:v2", "penguins@production"])
    #expect(try history.registeredNames(of: contents[0]) == ["penguins:v1"])
    for text in ["penguins@staging", "penguins:v4", "pinguins"] {
      #expect(throws: VersionLookup.Problem.self) {
        try lookup.find(try VersionReference.read(text))
      }
    }
  }

  @Test("A collection leaves what an alias points or pointed to, and takes the rest")
  func collection() async throws {
    try move("production", to: 1, from: nil, at: 1)
    try move("production", to: 2, from: 1, at: 2)
    let lock = try #require(try await store.exclusive(command: "gc", onWait: { _ in }))
    let rule = CollectionRule(roots: [], pinned: try history.pinnedContents(), age: .zero)
    let report = try store.collect(rule, dryRun: false, holding: lock)
    #expect(report.removedObjects == [contents[2].digest])
    #expect(try contents.map { try store.contains($0) } == [true, true, false])
  }
}
