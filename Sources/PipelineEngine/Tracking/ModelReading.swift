import GRDB
import PipelineModel

extension History {
  /// Gives numbers to all contents of the models that a manifest declares.
  package func register(_ pipeline: Pipeline) throws {
    guard !pipeline.models.isEmpty else { return }
    try write { try ModelRegistration(db: $0).register(pipeline) }
  }

  /// The models that have been registered, sorted by name.
  package func models() throws -> [RegisteredModel] {
    try read { db in
      try Row.fetchAll(db, sql: "SELECT id, name FROM model ORDER BY name").map { row in
        try History.model(row[0], name: row[1], db)
      }
    }
  }

  package func model(named name: String) throws -> RegisteredModel? {
    try read { db in
      try Int64.fetchOne(db, sql: "SELECT id FROM model WHERE name = ?", arguments: [name])
        .map { try History.model($0, name: name, db) }
    }
  }

  /// All that stands in a database of one model.
  static func model(
    _ id: Int64, name: String, _ db: Database
  ) throws -> RegisteredModel {
    var numbers: [Int64: Int] = [:]
    let versions = try Row.fetchAll(
      db, sql: "SELECT * FROM model_version WHERE model_id = ? ORDER BY number", arguments: [id]
    ).compactMap { row -> ModelVersionEntry? in
      numbers[row["id"]] = row["number"]
      guard let content = History.content(row) else { return nil }
      return ModelVersionEntry(
        number: row["number"], content: content, created: row["created"],
        artifact: row["artifact"])
    }
    let moves = try Row.fetchAll(
      db, sql: "SELECT * FROM move WHERE model_id = ? ORDER BY time, gid", arguments: [id]
    ).map { MoveEntry(row: $0, numbers: numbers) }
    return RegisteredModel(name: name, versions: versions, moves: moves)
  }

  /// The moves that no registry file has, as lines of one, in their order.
  func unmirrored(project: String) throws -> [(row: Int64, line: RegistryLine)] {
    let names = try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT u.move_id, m.gid, o.name FROM unmirrored u JOIN move m ON m.id = u.move_id
          JOIN model o ON o.id = m.model_id ORDER BY m.time, m.gid
          """
      ).map { (row: $0[0] as Int64, globalID: $0[1] as String, model: $0[2] as String) }
    }
    guard !names.isEmpty else { return [] }
    let models = Dictionary(
      try models().map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    return names.compactMap { row, globalID, model in
      let line = models[model].flatMap { $0.line(ofMove: globalID, project: project) }
      return line.map { (row, $0) }
    }
  }

  /// Forgets that moves stand in no registry file.
  func noteMirrored(_ moves: [Int64]) throws {
    try write { db in
      for move in moves {
        try db.execute(sql: "DELETE FROM unmirrored WHERE move_id = ?", arguments: [move])
      }
    }
  }
}

extension RegisteredModel {
  /// A move as a registry file tells it.
  func line(ofMove globalID: String, project: String) -> RegistryLine? {
    guard let move = moves.first(where: { $0.globalID == globalID }),
      let version = version(move.version)
    else { return nil }
    return RegistryLine(
      project: project, model: name, move: move, content: version.content,
      artifact: version.artifact, from: move.from.flatMap { self.version($0)?.content })
  }
}

extension MoveEntry {
  /// - Parameter numbers: of the versions, by their rows.
  fileprivate init(row: Row, numbers: [Int64: Int]) {
    let from: Int64? = row["from_id"]
    self.init(
      globalID: row["gid"], act: Act(rawValue: row["act"]) ?? .promote, alias: row["alias"],
      version: numbers[row["version_id"]] ?? 0, from: from.flatMap { numbers[$0] },
      time: row["time"], who: row["who"], why: row["why"])
    metrics = (History.value(row["metrics"]).map ?? []).compactMap { Metric($0.key, $0.value) }
    experiment = row["experiment"]
    commit = row["git_commit"]
  }
}
