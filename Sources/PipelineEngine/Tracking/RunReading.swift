import GRDB
import PipelineModel

extension History {
  // MARK: Runs

  /// Which runs, and how many of the newest.
  package struct RunSelection: Sendable {
    package var step: String?
    package var experiment: Int64?
    package var limit: Int?

    package init(step: String? = nil, experiment: Int64? = nil, limit: Int? = nil) {
      self.step = step
      self.experiment = experiment
      self.limit = limit
    }
  }

  /// Runs, the newest first.
  package func runs(_ selection: RunSelection = RunSelection()) throws -> [RunEntry] {
    try read { db in
      var conditions: [String] = []
      var arguments = StatementArguments()
      if let step = selection.step {
        conditions.append("(r.step = ? OR r.step GLOB ? || '@*')")
        arguments += [step, step]
      }
      if let experiment = selection.experiment {
        conditions.append("r.experiment_id = ?")
        arguments += [experiment]
      }
      let condition = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
      let limit = selection.limit.map { " LIMIT \($0)" } ?? ""
      return try Row.fetchAll(
        db, sql: "\(History.runColumns)\(condition) ORDER BY r.ended DESC, r.id DESC\(limit)",
        arguments: arguments
      ).map { History.run($0) }
    }
  }

  package func run(_ id: Int64) throws -> RunEntry? {
    try read { db in
      try Row.fetchOne(db, sql: "\(History.runColumns) WHERE r.id = ?", arguments: [id])
        .map { History.run($0) }
    }
  }

  /// The run that a user names: `EXPERIMENT/STEP`, a step (its newest run), or the beginning of a
  /// global id.
  ///
  /// Of a step that an experiment has kept or restored, the run that made its result.
  package func run(named name: String) throws -> RunEntry? {
    let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
    if parts.count == 2, let experiment = try experiment(named: parts[0]) {
      let step = try steps(of: experiment.id).first { $0.name == parts[1] }
      return try step?.run.flatMap { try run($0) }
    }
    if let newest = try runs(RunSelection(step: name, limit: 1)).first { return newest }
    guard name.utf8.count >= 6, name.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) })
    else { return nil }
    return try read { db in
      try Row.fetchOne(
        db, sql: "\(History.runColumns) WHERE r.gid GLOB ? || '*' LIMIT 1", arguments: [name]
      ).map { History.run($0) }
    }
  }

  private static let runColumns = """
    SELECT r.*, e.name AS experiment, f.key AS key FROM run r
    LEFT JOIN experiment e ON e.id = r.experiment_id
    LEFT JOIN fingerprint f ON f.id = r.fingerprint_id
    """

  private static func run(_ row: Row) -> RunEntry {
    let usage = Usage(
      seconds: row["seconds"], cpuSeconds: row["cpu_seconds"],
      peakMemoryBytes: row["peak_memory_bytes"], attempts: row["attempts"])
    var entry = RunEntry(
      id: row["id"], globalID: row["gid"], experiment: row["experiment"], step: row["step"],
      role: row["role"], ending: Ending(rawValue: row["ending"]) ?? .cancelled,
      isRecorded: row["recorded"], key: row["key"], started: row["started"], ended: row["ended"],
      usage: usage)
    entry.status = row["status"]
    entry.failure = row["failure"]
    entry.log = row["log"]
    entry.logDigest = row["log_digest"]
    return entry
  }

  /// The parameters that a run used, sorted by name.
  package func parameters(of run: Int64) throws -> [(name: String, value: Value)] {
    try read { db in
      try Row.fetchAll(
        db, sql: "SELECT name, value FROM run_parameter WHERE run_id = ? ORDER BY name",
        arguments: [run]
      ).map { ($0[0], History.value($0[1])) }
    }
  }

  /// All that determined a run, in the order of the fingerprint; empty where it was never known.
  package func fields(of run: Int64) throws -> [Field] {
    try read { db in
      let text = try String.fetchOne(
        db,
        sql: """
          SELECT f.fields FROM run r JOIN fingerprint f ON f.id = r.fingerprint_id WHERE r.id = ?
          """, arguments: [run])
      return (text.map(History.value)?.list ?? []).compactMap { Field(json: $0) }
    }
  }

  /// What a run measured, sorted by name: `scores.accuracy`.
  package func metrics(ofRun run: Int64) throws -> [Metric] {
    try read { db in
      try Row.fetchAll(
        db, sql: "SELECT name, number, text FROM metric WHERE run_id = ? ORDER BY name",
        arguments: [run]
      ).compactMap { MetricWriting.metric($0[0], number: $0[1], text: $0[2]) }
    }
  }

  /// A series that a run logged, in its order; `step` as the step wrote it.
  package func points(
    ofRun run: Int64, named name: String
  ) throws -> [(step: Double, number: Double, time: Double?)] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT step, number, text, time FROM metric_point WHERE run_id = ? AND name = ?
          ORDER BY position
          """, arguments: [run, name]
      ).compactMap { row in
        let metric = MetricWriting.metric(name, number: row[1], text: row[2])
        return metric?.number.map { (row[0], $0, row[3]) }
      }
    }
  }

  /// The names of the series that a run logged, sorted, and how many points each has.
  package func seriesNames(ofRun run: Int64) throws -> [(name: String, count: Int)] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: "SELECT name, count(*) FROM metric_point WHERE run_id = ? GROUP BY name ORDER BY name",
        arguments: [run]
      ).map { ($0[0], $0[1]) }
    }
  }
}
