import GRDB
import PipelineModel

extension History {
  // MARK: Experiments

  /// All experiments, the newest first, with their tags, parameters and endings.
  package func experiments() throws -> [ExperimentEntry] {
    try read { db in
      var entries = try Row.fetchAll(
        db, sql: History.experimentColumns + " ORDER BY e.started DESC, e.id DESC"
      ).map { History.experiment($0) }
      try History.complete(&entries, db)
      return entries
    }
  }

  /// The experiment of that name, or whose global id begins so; of several the newest.
  package func experiment(named name: String) throws -> ExperimentEntry? {
    try read { db in
      let isID =
        name.utf8.count >= 8 && name.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
      let rows = try Row.fetchAll(
        db,
        sql: History.experimentColumns
          + " WHERE e.name = ?1 OR (?2 AND e.gid GLOB ?1 || '*')"
          + " ORDER BY e.name = ?1 DESC, e.started DESC, e.id DESC LIMIT 1",
        arguments: [name, isID])
      var entries = rows.map { History.experiment($0) }
      try History.complete(&entries, db)
      return entries.first
    }
  }

  private static let experimentColumns = """
    SELECT e.id, e.gid, e.name, e.project, e.started, e.ended, e.outcome, e.command,
      e.git_commit, e.git_branch, e.git_modified, e.user, e.host, e.platform, e.cpus, e.tool,
      s.name AS sweep
    FROM experiment e LEFT JOIN sweep s ON s.id = e.sweep_id
    """

  private static func experiment(_ row: Row) -> ExperimentEntry {
    var origin = ExperimentOrigin(
      command: row["command"], commit: row["git_commit"], branch: row["git_branch"],
      isModified: row["git_modified"])
    origin.user = row["user"]
    origin.host = row["host"]
    origin.platform = row["platform"]
    origin.processorCount = row["cpus"]
    origin.tool = row["tool"]
    let outcome = ExperimentEntry.Outcome(rawValue: row["outcome"])
    var entry = ExperimentEntry(
      id: row["id"], globalID: row["gid"], name: row["name"], project: row["project"],
      started: row["started"], ended: row["ended"], outcome: outcome ?? .killed, origin: origin)
    entry.sweep = row["sweep"]
    return entry
  }

  /// Adds what stands in other tables; of many experiments by one pass over each table.
  private static func complete(_ entries: inout [ExperimentEntry], _ db: Database) throws {
    let places = Dictionary(
      entries.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    let only = entries.count == 1 ? " WHERE experiment_id = \(entries[0].id)" : ""
    var rows = try Row.fetchCursor(
      db, sql: "SELECT experiment_id, tag FROM experiment_tag\(only) ORDER BY 1, 2")
    while let row = try rows.next() {
      if let place = places[row[0]] { entries[place].tags.append(row[1]) }
    }
    rows = try Row.fetchCursor(
      db,
      sql: "SELECT experiment_id, name, value FROM experiment_parameter\(only) ORDER BY 1, position"
    )
    while let row = try rows.next() {
      guard let place = places[row[0]] else { continue }
      entries[place].parameters.append((row[1], value(row[2])))
    }
    rows = try Row.fetchCursor(
      db, sql: "SELECT experiment_id, ending, count(*) FROM step\(only) GROUP BY 1, 2")
    while let row = try rows.next() {
      guard let place = places[row[0]], let ending = Ending(rawValue: row[1]) else { continue }
      entries[place].endings[ending] = row[2]
    }
  }

  static func value(_ text: String) -> Value { (try? JSON.read(text)) ?? .text(text) }

  // MARK: Steps and metrics

  /// How the steps of an experiment ended, in plan order.
  package func steps(of experiment: Int64) throws -> [StepEntry] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT name, ending, reasons, run_id FROM step WHERE experiment_id = ? ORDER BY position
          """,
        arguments: [experiment]
      ).map { row in
        let reasons: String? = row[2]
        return StepEntry(
          name: row[0], ending: Ending(rawValue: row[1]) ?? .cancelled,
          reasons: reasons.map(History.value), run: row[3])
      }
    }
  }

  /// The full names of all metrics that some experiment has, sorted: `evaluate.scores.accuracy`.
  package func metricNames() throws -> [String] {
    try read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT DISTINCT r.step || '.' || m.name FROM metric m JOIN run r ON r.id = m.run_id
          ORDER BY 1
          """)
    }
  }

  /// The metrics of experiments, by experiment; those of steps that were kept or restored are what
  /// the run measured that made their result.
  ///
  /// - Parameters:
  ///   - experiments: nil for all.
  ///   - names: full names; nil for all.
  package func metrics(
    of experiments: [Int64]? = nil, named names: [String]? = nil
  ) throws -> [Int64: [Metric]] {
    try read { db in
      var conditions: [String] = []
      if let experiments {
        conditions.append(
          "s.experiment_id IN (\(experiments.map { "\($0)" }.joined(separator: ",")))")
      }
      var arguments = StatementArguments()
      if let names {
        let marks = names.map { _ in "?" }.joined(separator: ",")
        conditions.append("s.name || '.' || m.name IN (\(marks))")
        arguments += StatementArguments(names)
      }
      let condition = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT s.experiment_id, s.name || '.' || m.name, m.number, m.text
          FROM step s JOIN metric m ON m.run_id = s.run_id\(condition)
          ORDER BY s.experiment_id, s.position, m.name
          """, arguments: arguments)
      var found: [Int64: [Metric]] = [:]
      while let row = try rows.next() {
        guard let metric = MetricWriting.metric(row[1], number: row[2], text: row[3]) else {
          continue
        }
        found[row[0], default: []].append(metric)
      }
      return found
    }
  }
}
