import GRDB
import PipelineModel

/// How much a merge has brought.
package struct MergeCount: Sendable, Equatable {
  package var experiments = 0
  package var runs = 0
  package var versions = 0
  package var moves = 0
}

extension History {
  /// Takes in all that another history knows and this one does not, in one transaction; a second
  /// time it brings nothing.
  ///
  /// - Parameter file: absolute; only read.
  /// - Throws: `HistoryFault` where it is no history, or one of a later version.
  package func merge(_ file: Path, warnings: Warnings) throws -> MergeCount {
    let other = try History(unchanged: file, warnings: warnings)
    defer { other.close() }
    return try other.read { source in
      try write { db in
        var merge = HistoryMerge(source: source, db: db)
        return try merge.all()
      }
    }
  }
}

/// Copies rows from one history into another, where they get other numbers: rows know each other
/// by those, histories by global ids.
struct HistoryMerge {
  let source: Database
  let db: Database
  private var count = MergeCount()
  /// By table, what a row's number there is here.
  private var places: [String: [Int64: Int64]] = [:]

  init(source: Database, db: Database) {
    self.source = source
    self.db = db
  }

  mutating func all() throws -> MergeCount {
    try copyNamed("sweep", by: "gid")
    let experiments = try copyNamed("experiment", by: "gid", keys: ["sweep_id": "sweep"])
    count.experiments = experiments.count
    try finishExperiments()
    try copyNamed("fingerprint", by: "key")
    let runs = try copyNamed(
      "run", by: "gid",
      keys: ["experiment_id": "experiment", "fingerprint_id": "fingerprint"])
    count.runs = runs.count
    try adoptRuns()
    let ofExperiment = ["experiment_id": "experiment"]
    try copyDetails("experiment_tag", ofExperiment)
    try copyDetails("experiment_parameter", ofExperiment)
    try copyDetails("step", ["experiment_id": "experiment", "run_id": "run"])
    // What is known of a run here is all that there is to know.
    for table in ["run_parameter", "metric", "metric_point"] {
      try copyDetails(table, ["run_id": "run"]) { runs.contains($0["run_id"]) }
    }
    try copyVersions()
    for table in ["run_input", "run_output"] {
      try copyDetails(table, ["run_id": "run", "version_id": "version"])
    }
    try copyModels()
    return count
  }

  // MARK: Rows with a name of their own

  /// - Parameter keys: columns that lead to other tables.
  /// - Returns: the rows there that were new here.
  @discardableResult
  private mutating func copyNamed(
    _ table: String, by name: String, keys: [String: String] = [:]
  ) throws -> Set<Int64> {
    var known = try Row.fetchAll(db, sql: "SELECT \(name), id FROM \(table)")
      .reduce(into: [String: Int64]()) { $0[$1[0]] = $1[1] }
    var new: Set<Int64> = []
    let rows = try Row.fetchCursor(source, sql: "SELECT * FROM \(table) ORDER BY id")
    while let row = try rows.next() {
      let (id, text): (Int64, String) = (row["id"], row[name])
      if known[text] == nil {
        var values = values(of: row, keys)
        values["id"] = nil
        if table == "experiment" {
          values["name"] = try ExperimentWriting(db: db).freeName(row["name"]).databaseValue
        }
        try insert(values, into: table)
        known[text] = db.lastInsertedRowID
        new.insert(id)
      }
      places[table, default: [:]][id] = known[text]
    }
    return new
  }

  /// Experiments that went on when they were last taken in, and have ended since.
  private func finishExperiments() throws {
    let rows = try Row.fetchAll(
      source, sql: "SELECT gid, ended, outcome FROM experiment WHERE ended IS NOT NULL")
    for row in rows {
      try db.execute(
        sql: "UPDATE experiment SET ended = ?, outcome = ? WHERE gid = ? AND ended IS NULL",
        arguments: [row["ended"], row["outcome"], row["gid"]])
    }
  }

  /// Runs that were known here by their results only: there it is known which experiment made them.
  private func adoptRuns() throws {
    let rows = try Row.fetchAll(
      source,
      sql: "SELECT gid, experiment_id, role, log FROM run WHERE experiment_id IS NOT NULL")
    for row in rows {
      guard let experiment = places["experiment"]?[row["experiment_id"]] else { continue }
      try db.execute(
        sql: """
          UPDATE run SET experiment_id = ?, role = coalesce(role, ?), log = coalesce(log, ?)
          WHERE gid = ? AND experiment_id IS NULL
          """, arguments: [experiment, row["role"], row["log"], row["gid"]])
    }
  }

  // MARK: Rows that belong to others

  private func copyDetails(
    _ table: String, _ keys: [String: String], where isWanted: (Row) -> Bool = { _ in true }
  ) throws {
    let rows = try Row.fetchCursor(source, sql: "SELECT * FROM \(table)")
    while let row = try rows.next() {
      if isWanted(row) { try insert(values(of: row, keys), into: table) }
    }
  }

  private func values(of row: Row, _ keys: [String: String]) -> [String: DatabaseValue] {
    var values: [String: DatabaseValue] = [:]
    for (column, value) in row { values[column] = value }
    for (column, table) in keys {
      let id: Int64? = row[column]
      values[column] = id.flatMap { places[table]?[$0] }?.databaseValue ?? .null
    }
    return values
  }

  private func insert(_ values: [String: DatabaseValue], into table: String) throws {
    let columns = values.keys.sorted()
    let marks = columns.map { _ in "?" }.joined(separator: ", ")
    try db.cachedStatement(
      sql: """
        INSERT OR IGNORE INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(marks))
        """
    ).execute(arguments: StatementArguments(columns.map { values[$0] ?? .null }))
  }

  // MARK: Versions

  private mutating func copyVersions() throws {
    let writing = VersionWriting(db: db)
    let artifacts = try Row.fetchAll(source, sql: "SELECT * FROM artifact ORDER BY id")
    for artifact in artifacts {
      let known = KnownArtifact(
        name: artifact["name"], kind: ArtifactKind(rawValue: artifact["kind"]) ?? .data,
        path: artifact["path"])
      let found = try Int64.fetchOne(
        db, sql: "SELECT id FROM artifact WHERE name = ?", arguments: [known.name])
      let here = try found ?? writing.artifact(known)
      let rows = try Row.fetchAll(
        source, sql: "SELECT * FROM version WHERE artifact_id = ? ORDER BY number",
        arguments: [artifact["id"]])
      for row in rows {
        guard let content = History.content(row) else { continue }
        let run: Int64? = row["run_id"]
        let before = db.totalChangesCount
        // The next free number: that of there says nothing where both have gone on.
        let version = try writing.version(
          of: here, content, created: row["created"], run: run.flatMap { places["run"]?[$0] })
        if db.totalChangesCount > before { count.versions += 1 }
        places["version", default: [:]][row["id"]] = version.id
      }
      let latest: Int64? = artifact["latest_id"]
      if found == nil, let latest = latest.flatMap({ places["version"]?[$0] }) {
        try writing.setLatest(latest, of: here)
      }
    }
  }

  private mutating func copyModels() throws {
    let registration = ModelRegistration(db: db)
    let names = try Row.fetchAll(source, sql: "SELECT id, name FROM model ORDER BY id")
      .map { (id: $0[0] as Int64, name: $0[1] as String) }
    let unmirrored = try String.fetchSet(
      source, sql: "SELECT gid FROM move JOIN unmirrored ON move_id = move.id")
    for (id, name) in names {
      let there = try History.model(id, name: name, source)
      let here = try registration.model(name)
      for version in there.versions {
        _ = try registration.version(of: here, version, wanted: version.number)
      }
      for move in there.moves {
        guard let line = there.line(ofMove: move.globalID, project: "") else { continue }
        let isMirrored = !unmirrored.contains(move.globalID)
        if try registration.insert(line, isMirrored: isMirrored) { count.moves += 1 }
      }
    }
  }
}
