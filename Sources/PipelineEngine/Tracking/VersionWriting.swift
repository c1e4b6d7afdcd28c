import GRDB
import PipelineModel

/// An artifact as history knows it.
struct KnownArtifact {
  var name: String
  var kind: ArtifactKind
  var path: String
}

/// The rows that an experiment has met: steps read most of what others have just written.
///
/// To be forgotten where a transaction has failed. Used by one task at a time.
final class MetRows: @unchecked Sendable {
  fileprivate struct Version {
    let content: Content
    let row: (id: Int64, number: Int)
  }

  /// Which connection the rows are of: a damaged history is replaced in the midst of a run.
  private weak var db: Database?
  fileprivate var artifacts: [String: Int64] = [:]
  /// By artifact, the last one.
  fileprivate var versions: [Int64: Version] = [:]

  /// Forgets what is of another connection.
  func begin(_ db: Database) {
    if self.db !== db { forget() }
    self.db = db
  }

  func forget() {
    artifacts = [:]
    versions = [:]
  }
}

/// Writing versions: within the transaction of whoever records a run.
struct VersionWriting {
  let db: Database
  var met: MetRows?

  /// The row of an artifact, made if there is none.
  func artifact(_ artifact: KnownArtifact) throws -> Int64 {
    if let known = met?.artifacts[artifact.name] { return known }
    let row = try row(of: artifact)
    met?.artifacts[artifact.name] = row
    return row
  }

  private func row(of artifact: KnownArtifact) throws -> Int64 {
    let found = try db.cachedStatement(sql: "SELECT id, kind, path FROM artifact WHERE name = ?")
    if let row = try Row.fetchOne(found, arguments: [artifact.name]) {
      let id: Int64 = row[0]
      if row[1] != artifact.kind.rawValue || row[2] != artifact.path {
        try db.execute(
          sql: "UPDATE artifact SET kind = ?, path = ? WHERE id = ?",
          arguments: [artifact.kind.rawValue, artifact.path, id])
      }
      return id
    }
    try db.cachedStatement(sql: "INSERT INTO artifact (name, kind, path) VALUES (?, ?, ?)")
      .execute(arguments: [artifact.name, artifact.kind.rawValue, artifact.path])
    return db.lastInsertedRowID
  }

  /// The version that a content is of an artifact: an earlier one if it is equal to that, else the
  /// next.
  ///
  /// - Parameter run: which made it, as far as known.
  func version(
    of artifact: Int64, _ content: Content, created: Int, run: Int64?
  ) throws -> (id: Int64, number: Int) {
    if run == nil, let known = met?.versions[artifact], known.content == content {
      return known.row
    }
    let row = try row(of: artifact, content, created: created, run: run)
    met?.versions[artifact] = MetRows.Version(content: content, row: row)
    return row
  }

  private func row(
    of artifact: Int64, _ content: Content, created: Int, run: Int64?
  ) throws -> (id: Int64, number: Int) {
    let found = try db.cachedStatement(
      sql: "SELECT id, number, size FROM version WHERE artifact_id = ? AND digest = ? AND kind = ?")
    let digest = content.digest.description
    if let row = try Row.fetchOne(found, arguments: [artifact, digest, content.kind.rawValue]) {
      try complete(row[0], size: row[2] == 0 ? content.sizeBytes : 0, run: run)
      return (row[0], row[1])
    }
    let number =
      try Int.fetchOne(
        db.cachedStatement(
          sql: "SELECT coalesce(max(number), 0) + 1 FROM version WHERE artifact_id = ?"),
        arguments: [artifact]) ?? 1
    try db.cachedStatement(
      sql: """
        INSERT INTO version (artifact_id, number, kind, digest, size, created, run_id)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      artifact, number, content.kind.rawValue, digest, content.sizeBytes, created, run,
    ])
    return (db.lastInsertedRowID, number)
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
    try db.cachedStatement(
      sql: "UPDATE artifact SET latest_id = ?1 WHERE id = ?2 AND latest_id IS NOT ?1"
    ).execute(arguments: [version, artifact])
  }
}
