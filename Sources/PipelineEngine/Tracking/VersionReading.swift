import GRDB
import PipelineModel

extension History {
  /// An artifact with how many versions it has.
  package struct ArtifactEntry: Sendable {
    /// `train.model`.
    package let name: String
    package let kind: ArtifactKind
    /// Where it is written to, from the workspace; exact.
    package let path: String
    package let versionCount: Int
    package let latest: VersionEntry?
  }

  /// All artifacts that have a version, sorted by name.
  package func artifacts() throws -> [ArtifactEntry] {
    let latest = Dictionary(
      try versions(" WHERE v.id = a.latest_id").map { ($0.artifact, $0) },
      uniquingKeysWith: { first, _ in first })
    return try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT a.name, a.kind, a.path, count(*) FROM artifact a
          JOIN version v ON v.artifact_id = a.id GROUP BY a.id ORDER BY a.name
          """
      ).map { row in
        ArtifactEntry(
          name: row[0], kind: ArtifactKind(rawValue: row[1]) ?? .data, path: row[2],
          versionCount: row[3], latest: latest[row[0]])
      }
    }
  }

  /// The versions of an artifact, the newest first.
  package func versions(of artifact: String) throws -> [VersionEntry] {
    try versions(" WHERE a.name = ? ORDER BY v.number DESC", [artifact])
  }

  /// One version; nil for the latest.
  package func version(of artifact: String, _ number: Int?) throws -> VersionEntry? {
    if let number {
      return try versions(" WHERE a.name = ? AND v.number = ?", [artifact, number]).first
    }
    return try versions(
      " WHERE a.name = ? ORDER BY v.id IS a.latest_id DESC, v.number DESC LIMIT 1", [artifact]
    ).first
  }

  package func version(_ id: Int64) throws -> VersionEntry? {
    try versions(" WHERE v.id = ?", [id]).first
  }

  /// Versions of any artifact with that content.
  package func versions(with content: Content) throws -> [VersionEntry] {
    try versions(
      " WHERE v.digest = ? AND v.kind = ? ORDER BY a.name",
      [content.digest.description, content.kind.rawValue])
  }

  // MARK: Edges

  /// The versions that a run has read, by the name of the input.
  package func inputs(of run: Int64) throws -> [(input: String, version: VersionEntry)] {
    let edges = try read { db in
      try Row.fetchAll(
        db, sql: "SELECT input, version_id FROM run_input WHERE run_id = ? ORDER BY 1, 2",
        arguments: [run]
      ).map { (input: $0[0] as String, version: $0[1] as Int64) }
    }
    return try edges.compactMap { edge in
      try version(edge.version).map { (edge.input, $0) }
    }
  }

  /// The versions that a run has written.
  package func outputs(of run: Int64) throws -> [VersionEntry] {
    try versions(
      " JOIN run_output o ON o.version_id = v.id WHERE o.run_id = ? ORDER BY a.name", [run])
  }

  /// The runs that have written a version, the oldest first.
  package func makers(of version: Int64) throws -> [RunEntry] {
    try runs("SELECT run_id FROM run_output WHERE version_id = ?", version)
  }

  /// The runs that have read a version, the oldest first.
  package func readers(of version: Int64) throws -> [RunEntry] {
    try runs("SELECT DISTINCT run_id FROM run_input WHERE version_id = ?", version)
  }

  private func runs(_ sql: String, _ version: Int64) throws -> [RunEntry] {
    let ids = try read { try Int64.fetchAll($0, sql: sql, arguments: [version]) }
    return try ids.compactMap { try run($0) }.sorted { ($0.ended, $0.id) < ($1.ended, $1.id) }
  }

  private func versions(
    _ condition: String, _ arguments: StatementArguments = []
  ) throws -> [VersionEntry] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT v.*, a.name AS artifact, a.kind AS artifact_kind, v.id IS a.latest_id AS is_latest
          FROM version v JOIN artifact a ON a.id = v.artifact_id\(condition)
          """, arguments: arguments
      ).compactMap { row in
        guard let digest = Digest(row["digest"] as String) else { return nil }
        return VersionEntry(
          id: row["id"], artifact: row["artifact"], number: row["number"],
          kind: ArtifactKind(rawValue: row["artifact_kind"]) ?? .data,
          content: Content(
            kind: Content.Kind(rawValue: row["kind"]) ?? .file, digest: digest,
            sizeBytes: row["size"]),
          created: row["created"], run: row["run_id"], isLatest: row["is_latest"])
      }
    }
  }
}
