import GRDB
import PipelineModel

/// A sweep as history knows it.
package struct SweepEntry: Sendable, Equatable {
  /// What it is called in every history.
  package let globalID: String
  package let name: String
}

extension History {
  /// Begins a sweep, or goes on with one that tries the same.
  ///
  /// - Parameters:
  ///   - name: nil for the name it has, or one that is made up.
  ///   - digest: of what is tried, and with what.
  ///   - space: the same for people, as JSON.
  /// - Throws: `HistoryFault` where another sweep has that name.
  package func beginSweep(
    named name: String?, digest: Digest, space: Value, workspace: String
  ) throws -> SweepEntry {
    let random = try Machine.randomBytes(16)
    return try write { db in
      try ExperimentWriting(db: db).markKilled(workspace: workspace)
      let known = try Row.fetchAll(
        db,
        sql: "SELECT gid, name, digest FROM sweep WHERE digest = ? OR name = ? ORDER BY id DESC",
        arguments: [digest.description, name])
      if let same = known.first(where: { row in
        row["digest"] == digest.description && (name == nil || row["name"] == name)
      }) {
        return SweepEntry(globalID: same["gid"], name: same["name"])
      }
      if let name, known.contains(where: { $0["name"] == name }) {
        throw HistoryFault(
          "there is a sweep '\(name)' already", hint: "choose another name", isUsage: true)
      }
      let seed = random.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      let made = try name ?? ExperimentWriting(db: db).newName(seed: seed)
      let globalID = String(Digest(bytes: SHA256.digest(random).bytes).hex.prefix(32))
      try db.execute(
        sql: "INSERT INTO sweep (gid, name, digest, space, started) VALUES (?, ?, ?, ?, ?)",
        arguments: [
          globalID, made, digest.description, JSON.text(space), Int(SystemClock.now),
        ])
      return SweepEntry(globalID: globalID, name: made)
    }
  }

  /// The successful experiments of a sweep, by the runs that made the results of their steps.
  package func trials(of sweep: SweepEntry) throws -> [Set<String>: String] {
    let rows = try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT e.id, e.name, r.gid FROM experiment e JOIN sweep w ON w.id = e.sweep_id
          JOIN step s ON s.experiment_id = e.id JOIN run r ON r.id = s.run_id
          WHERE w.gid = ? AND e.outcome = 'succeeded' ORDER BY e.id
          """, arguments: [sweep.globalID])
    }
    var runs: [(name: String, globalIDs: Set<String>)] = []
    var last: Int64?
    for row in rows {
      let id: Int64 = row[0]
      if id != last { runs.append((row[1], [])) }
      last = id
      runs[runs.count - 1].globalIDs.insert(row[2])
    }
    return Dictionary(runs.map { ($0.globalIDs, $0.name) }, uniquingKeysWith: { first, _ in first })
  }
}
