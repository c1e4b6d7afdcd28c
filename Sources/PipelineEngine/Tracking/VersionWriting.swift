import GRDB
import PipelineModel

/// An artifact as history knows it.
struct KnownArtifact {
  var name: String
  var kind: ArtifactKind
  var path: String
}

/// Writing versions: within the transaction of whoever records a run.
struct VersionWriting {
  let db: Database
  var met: MetRows?

  /// The row of an artifact, made if there is none.
  func artifact(_ artifact: KnownArtifact) throws -> Int64 {
    if let known = met?.row(of: artifact) { return known }
    let (row, isNew) = try row(of: artifact)
    met?.note(artifact, row: row, isNew: isNew)
    return row
  }

  private func row(of artifact: KnownArtifact) throws -> (id: Int64, isNew: Bool) {
    let found = try db.cachedStatement(sql: "SELECT id, kind, path FROM artifact WHERE name = ?")
    if let row = try Row.fetchOne(found, arguments: [artifact.name]) {
      let id: Int64 = row[0]
      if row[1] != artifact.kind.rawValue || row[2] != artifact.path {
        try db.execute(
          sql: "UPDATE artifact SET kind = ?, path = ? WHERE id = ?",
          arguments: [artifact.kind.rawValue, artifact.path, id])
      }
      return (id, false)
    }
    try db.cachedStatement(sql: "INSERT INTO artifact (name, kind, path) VALUES (?, ?, ?)")
      .execute(arguments: [artifact.name, artifact.kind.rawValue, artifact.path])
    return (db.lastInsertedRowID, true)
  }

  /// The version that a content is of an artifact: an earlier one if it is equal to that, else the
  /// next.
  ///
  /// - Parameter run: which made it, as far as known.
  func version(
    of artifact: Int64, _ content: Content, created: Int, run: Int64?
  ) throws -> (id: Int64, number: Int) {
    if let known = met?.version(of: artifact), known.content == content,
      run == nil || known.isComplete
    {
      return known.row
    }
    let row = try row(of: artifact, content, created: created, run: run)
    met?.note(
      MetRows.Version(
        content: content, row: row, isComplete: run != nil && content.sizeBytes > 0), of: artifact)
    return row
  }

  private func row(
    of artifact: Int64, _ content: Content, created: Int, run: Int64?
  ) throws -> (id: Int64, number: Int) {
    let digest = content.digest.description
    if met?.takeNew(artifact) == true {
      return (try insert(content, digest, number: 1, of: artifact, created: created, run: run), 1)
    }
    let found = try db.cachedStatement(
      sql: "SELECT id, number, size FROM version WHERE artifact_id = ? AND digest = ? AND kind = ?")
    if let row = try Row.fetchOne(found, arguments: [artifact, digest, content.kind.rawValue]) {
      try complete(row[0], size: row[2] == 0 ? content.sizeBytes : 0, run: run)
      return (row[0], row[1])
    }
    let number =
      try Int.fetchOne(
        db.cachedStatement(
          sql: "SELECT coalesce(max(number), 0) + 1 FROM version WHERE artifact_id = ?"),
        arguments: [artifact]) ?? 1
    let id = try insert(
      content, digest, number: number, of: artifact, created: created, run: run)
    return (id, number)
  }

  private func insert(
    _ content: Content, _ digest: String, number: Int, of artifact: Int64, created: Int, run: Int64?
  ) throws -> Int64 {
    try db.cachedStatement(
      sql: """
        INSERT INTO version (artifact_id, number, kind, digest, size, created, run_id)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      artifact, number, content.kind.rawValue, digest, content.sizeBytes, created, run,
    ])
    return db.lastInsertedRowID
  }

  /// Adds what was not known when a version was first met as somebody's input.
  private func complete(_ version: Int64, size: Int, run: Int64?) throws {
    if size > 0 {
      try db.execute(sql: "UPDATE version SET size = ? WHERE id = ?", arguments: [size, version])
    }
    guard let run else { return }
    try db.cachedStatement(
      sql: "UPDATE version SET run_id = ? WHERE id = ? AND run_id IS NULL"
    ).execute(arguments: [run, version])
  }

  /// Lets `latest` lead to a version.
  func setLatest(_ version: Int64, of artifact: Int64) throws {
    if met?.isLatest(version, of: artifact) == true { return }
    try db.cachedStatement(
      sql: "UPDATE artifact SET latest_id = ?1 WHERE id = ?2 AND latest_id IS NOT ?1"
    ).execute(arguments: [version, artifact])
    met?.noteLatest(version, of: artifact)
  }
}
