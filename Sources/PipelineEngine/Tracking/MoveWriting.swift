import GRDB
import PipelineModel

/// A move that somebody wants to make.
package struct MoveRequest: Sendable {
  package var model: String
  package var alias: String
  package var act: MoveEntry.Act
  /// The number of the version.
  package var version: Int
  /// The version that has the alias as far as the asker knows; nil where none has it.
  package var from: Int?
  package var who: String
  package var why: String
  package var metrics: [Metric] = []
  package var experiment: String?
  package var commit: String?

  package init(
    _ act: MoveEntry.Act, _ model: String, version: Int, alias: String, from: Int?, who: String,
    why: String
  ) {
    self.act = act
    self.model = model
    self.version = version
    self.alias = alias
    self.from = from
    self.who = who
    self.why = why
  }
}

extension History {
  /// Lets an alias point to a version.
  ///
  /// - Throws: `HistoryFault` where somebody else has moved the alias since it was looked at: what
  ///   was decided may not hold any more.
  package func move(_ request: MoveRequest) throws -> MoveEntry {
    let random = try Machine.randomBytes(16)
    let now = Int(SystemClock.now)
    return try write { db in
      let registration = ModelRegistration(db: db)
      let model = try registration.model(request.model)
      let last = try Row.fetchOne(
        db,
        sql: """
          SELECT m.version_id, v.number FROM move m JOIN model_version v ON v.id = m.version_id
          WHERE m.model_id = ? AND m.alias = ? ORDER BY m.time DESC, m.gid DESC LIMIT 1
          """, arguments: [model, request.alias])
      guard last.map({ $0[1] as Int }) == request.from else {
        throw HistoryFault(
          "'\(request.alias)' of '\(request.model)' was moved by somebody else meanwhile",
          hint: "look at 'models log \(request.model)', then decide again")
      }
      // Later than what is known, whatever the clocks of other machines say: the last move counts.
      let newest = try Int.fetchOne(
        db, sql: "SELECT max(time) FROM move WHERE model_id = ?", arguments: [model])
      var entry = MoveEntry(
        globalID: random.map { byte in
          String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined(),
        act: request.act, alias: request.alias, version: request.version, from: request.from,
        time: max(now, (newest ?? 0) + 1), who: request.who, why: request.why)
      entry.metrics = request.metrics
      entry.experiment = request.experiment
      entry.commit = request.commit
      let version = try Int64.fetchOne(
        db, sql: "SELECT id FROM model_version WHERE model_id = ? AND number = ?",
        arguments: [model, request.version])
      guard let version else {
        throw HistoryFault("there is no \(request.model):v\(request.version)")
      }
      try registration.insert(
        entry, of: model, version: version, from: last?[0], isMirrored: false)
      return entry
    }
  }
}
