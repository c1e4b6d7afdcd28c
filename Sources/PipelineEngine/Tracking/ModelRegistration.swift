import GRDB
import PipelineModel

/// Writing models and their versions: within one transaction.
struct ModelRegistration {
  let db: Database

  /// The row of a model, made if there is none.
  func model(_ name: String) throws -> Int64 {
    let found = try db.cachedStatement(sql: "SELECT id FROM model WHERE name = ?")
    if let id = try Int64.fetchOne(found, arguments: [name]) { return id }
    try db.execute(sql: "INSERT INTO model (name) VALUES (?)", arguments: [name])
    return db.lastInsertedRowID
  }

  /// The version of a model that a content is: an earlier one if it is equal to that.
  ///
  /// - Parameter wanted: the number that it has elsewhere; another where this history has given
  ///   that number to another content.
  func version(
    of model: Int64, _ version: ModelVersionEntry, wanted: Int?
  ) throws -> (id: Int64, number: Int) {
    let (content, digest) = (version.content, version.content.digest.description)
    let found = try db.cachedStatement(
      sql: "SELECT id, number FROM model_version WHERE model_id = ? AND digest = ? AND kind = ?")
    if let row = try Row.fetchOne(found, arguments: [model, digest, content.kind.rawValue]) {
      return (row[0], row[1])
    }
    let number = try freeNumber(of: model, wanted: wanted)
    try db.cachedStatement(
      sql: """
        INSERT INTO model_version (model_id, number, kind, digest, size, created, artifact)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      model, number, content.kind.rawValue, digest, content.sizeBytes, version.created,
      version.artifact,
    ])
    return (db.lastInsertedRowID, number)
  }

  private func freeNumber(of model: Int64, wanted: Int?) throws -> Int {
    if let wanted {
      let isTaken = try Bool.fetchOne(
        db.cachedStatement(
          sql: "SELECT EXISTS (SELECT 1 FROM model_version WHERE model_id = ? AND number = ?)"),
        arguments: [model, wanted])
      if isTaken == false { return wanted }
    }
    return try Int.fetchOne(
      db.cachedStatement(
        sql: "SELECT coalesce(max(number), 0) + 1 FROM model_version WHERE model_id = ?"),
      arguments: [model]) ?? 1
  }

  /// Gives numbers to all contents of the models that a manifest declares.
  func register(_ pipeline: Pipeline) throws {
    for model in pipeline.models {
      try register(model.name.text, from: model.from.map { pipeline.trackedName(of: $0) })
    }
  }

  /// Gives a number to every content that the artifacts of a model ever had.
  ///
  /// - Parameter artifacts: their names in history; one, or a matrix group's.
  func register(_ name: String, from artifacts: [String]) throws {
    let model = try model(name)
    let marks = artifacts.map { _ in "?" }.joined(separator: ",")
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT v.number, v.kind, v.digest, v.size, v.created, a.name, r.experiment_id
        FROM version v JOIN artifact a ON a.id = v.artifact_id LEFT JOIN run r ON r.id = v.run_id
        WHERE a.name IN (\(marks)) AND NOT EXISTS (
          SELECT 1 FROM model_version m
          WHERE m.model_id = ? AND m.digest = v.digest AND m.kind = v.kind)
        ORDER BY v.created, v.id
        """, arguments: StatementArguments(artifacts) + [model])
    for row in ModelRegistration.ordered(rows, artifacts) {
      guard let content = History.content(row) else { continue }
      let entry = ModelVersionEntry(
        number: row[0], content: content, created: row["created"], artifact: row["name"])
      // Of a group the numbers of the artifacts say nothing.
      _ = try version(of: model, entry, wanted: artifacts.count == 1 ? entry.number : nil)
    }
  }

  /// What one experiment has made of a group, in the group's order: which combination ended first
  /// is a matter of luck.
  ///
  /// - Parameter rows: in the order in which they were made.
  private static func ordered(_ rows: [Row], _ artifacts: [String]) -> [Row] {
    var beginnings: [Int64: Int] = [:]
    for row in rows {
      guard let experiment: Int64 = row["experiment_id"] else { continue }
      beginnings[experiment] = beginnings[experiment] ?? row["created"]
    }
    return rows.enumerated().map { index, row -> (row: Row, order: (Int, Int, Int)) in
      let experiment: Int64? = row["experiment_id"]
      let position = artifacts.firstIndex(of: row["name"]) ?? 0
      let begin = experiment.flatMap { beginnings[$0] }
      return (row, (begin ?? row["created"], begin == nil ? 0 : position, index))
    }.sorted { $0.order < $1.order }.map(\.row)
  }

  /// Writes a move down, unless it is known.
  ///
  /// - Returns: whether it was new.
  @discardableResult
  func insert(
    _ move: MoveEntry, of model: Int64, version: Int64, from: Int64?, isMirrored: Bool
  ) throws -> Bool {
    let known = try Bool.fetchOne(
      db, sql: "SELECT EXISTS (SELECT 1 FROM move WHERE gid = ?)", arguments: [move.globalID])
    if known == true { return false }
    let metrics = Value.map(move.metrics.map { ($0.name, $0.json) })
    try db.execute(
      sql: """
        INSERT INTO move (gid, model_id, act, alias, version_id, from_id, time, who, why, metrics,
          experiment, git_commit)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        move.globalID, model, move.act.rawValue, move.alias, version, from, move.time, move.who,
        move.why, JSON.text(metrics), move.experiment, move.commit,
      ])
    if !isMirrored {
      try db.execute(
        sql: "INSERT INTO unmirrored (move_id) VALUES (?)", arguments: [db.lastInsertedRowID])
    }
    return true
  }

  /// Takes a move in that was made elsewhere, with the versions that it is about.
  @discardableResult
  func insert(_ line: RegistryLine, isMirrored: Bool) throws -> Bool {
    let model = try model(line.model)
    let entry = ModelVersionEntry(
      number: line.move.version, content: line.content, created: line.move.time,
      artifact: line.artifact)
    // The older one first: of both the earlier number is free then, if any is.
    let from = try line.from.map { content in
      try version(
        of: model,
        ModelVersionEntry(
          number: line.move.from ?? 0, content: content, created: line.move.time,
          artifact: line.artifact), wanted: line.move.from
      ).id
    }
    let row = try version(of: model, entry, wanted: entry.number).id
    return try insert(
      line.move, of: model, version: row, from: from, isMirrored: isMirrored)
  }
}
