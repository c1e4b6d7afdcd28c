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

  /// The successful experiment of a sweep whose steps all ended with these results and no others.
  ///
  /// - Parameter results: in any order.
  package func trial(of sweep: SweepEntry, with results: [Result]) throws -> ExperimentEntry? {
    let wanted = Set(results.map { RunWriting.globalID(of: $0) })
    let names = try read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT e.name FROM experiment e JOIN sweep w ON w.id = e.sweep_id
          WHERE w.gid = ? AND e.outcome = 'succeeded' ORDER BY e.id
          """, arguments: [sweep.globalID]
      ).filter { name in
        let runs = try String.fetchAll(
          db,
          sql: """
            SELECT r.gid FROM experiment e JOIN step s ON s.experiment_id = e.id
            JOIN run r ON r.id = s.run_id WHERE e.name = ?
            """, arguments: [name])
        return Set(runs) == wanted
      }
    }
    return try names.first.flatMap { try experiment(named: $0) }
  }
}
