import GRDB
import PipelineModel

/// What looking at versions asks of the registry.
extension History {
  /// The version that a model's number or alias means now; nil where there is none.
  func registered(
    _ model: Name, _ version: VersionReference.Version
  ) throws -> FoundVersion? {
    let row = try read { db in
      switch version {
      case .latest:
        try Row.fetchOne(
          db, sql: History.registeredColumns + " WHERE m.name = ? ORDER BY v.number DESC LIMIT 1",
          arguments: [model.text])
      case .number(let number):
        try Row.fetchOne(
          db, sql: History.registeredColumns + " WHERE m.name = ? AND v.number = ?",
          arguments: [model.text, number])
      case .alias(let alias):
        try Row.fetchOne(
          db,
          sql: History.registeredColumns
            + """
             WHERE v.id = (SELECT version_id FROM move WHERE model_id = m.id AND alias = ?
              ORDER BY time DESC, gid DESC LIMIT 1) AND m.name = ?
            """, arguments: [alias.text, model.text])
      }
    }
    guard let row, let content = History.content(row) else { return nil }
    let artifact: String = row["artifact"]
    let entry = try versions(with: content).first { $0.artifact == artifact }
    let number: Int = row["number"]
    return FoundVersion(label: "\(model):v\(number)", content: content, entry: entry)
  }

  /// The names of all models that have a version, sorted.
  func modelNames() throws -> [String] {
    try read { try String.fetchAll($0, sql: "SELECT name FROM model ORDER BY name") }
  }

  /// What a content is called in the registry: `penguin-classifier:v2`, and each alias that points
  /// to it now: `penguin-classifier@production`.
  package func registeredNames(of content: Content) throws -> [String] {
    try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: History.registeredColumns
          + " WHERE v.digest = ? AND v.kind = ? ORDER BY m.name, v.number",
        arguments: [content.digest.description, content.kind.rawValue])
      return try rows.flatMap { row in
        let (model, number): (String, Int) = (row["model"], row["number"])
        let aliases = try String.fetchAll(
          db,
          sql: """
            SELECT DISTINCT o.alias FROM move o WHERE o.model_id = ?1 AND ?2 =
              (SELECT version_id FROM move WHERE model_id = ?1 AND alias = o.alias
                ORDER BY time DESC, gid DESC LIMIT 1) ORDER BY 1
            """, arguments: [row["model_id"], row["id"]])
        return ["\(model):v\(number)"] + aliases.map { "\(model)@\($0)" }
      }
    }
  }

  /// What some alias has pointed to, now or ever: a collection leaves it.
  package func pinnedContents() throws -> [Content] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT DISTINCT v.kind, v.digest, v.size FROM model_version v
          JOIN move o ON v.id IN (o.version_id, o.from_id)
          """
      ).compactMap(History.content)
    }
  }

  private static let registeredColumns = """
    SELECT v.*, m.name AS model FROM model_version v JOIN model m ON m.id = v.model_id
    """

  static func content(_ row: Row) -> Content? {
    guard let digest = Digest(row["digest"] as String),
      let kind = Content.Kind(rawValue: row["kind"])
    else { return nil }
    return Content(kind: kind, digest: digest, sizeBytes: row["size"])
  }
}
