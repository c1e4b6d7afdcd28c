import GRDB
import PipelineModel

extension History {
  /// What went with an experiment, and what stayed.
  package struct RemovedExperiment: Sendable {
    package let name: String
    /// How many of its runs went.
    package let removedRuns: Int
    /// How many stay, since other experiments or versions are made of them.
    package let keptRuns: Int
  }

  /// Removes experiments: all of them or, where one cannot be written, none.
  ///
  /// A run stays, without its experiment, that another experiment has kept or restored or that was
  /// first to make a version. Versions and the log of the registry stay as they are.
  package func remove(_ experiments: [ExperimentEntry]) throws -> [RemovedExperiment] {
    try write { db in
      let removed = try experiments.map { entry in
        let runs = try Int64.fetchSet(
          db, sql: "SELECT id FROM run WHERE experiment_id = ?", arguments: [entry.id])
        try db.execute(sql: "DELETE FROM step WHERE experiment_id = ?", arguments: [entry.id])
        // What else of it there is goes with its row.
        let needed = try Int64.fetchSet(
          db,
          sql: """
            SELECT id FROM run r WHERE experiment_id = ? AND (
              EXISTS (SELECT 1 FROM step WHERE run_id = r.id)
              OR EXISTS (SELECT 1 FROM version WHERE run_id = r.id))
            """, arguments: [entry.id])
        for run in runs.subtracting(needed) {
          try db.execute(sql: "DELETE FROM run WHERE id = ?", arguments: [run])
        }
        try db.execute(sql: "DELETE FROM experiment WHERE id = ?", arguments: [entry.id])
        return RemovedExperiment(
          name: entry.name, removedRuns: runs.subtracting(needed).count,
          keptRuns: needed.count)
      }
      try db.execute(
        sql: """
          DELETE FROM fingerprint WHERE id NOT IN (
            SELECT fingerprint_id FROM run WHERE fingerprint_id IS NOT NULL)
          """)
      return removed
    }
  }
}
