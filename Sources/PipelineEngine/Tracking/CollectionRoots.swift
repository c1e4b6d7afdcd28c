import GRDB
import PipelineModel

extension History {
  /// Which experiments a collection leaves whole.
  package enum KeptExperiments: Sendable, Equatable {
    /// So many of the newest.
    case last(Int)
    /// Those begun not longer ago.
    case within(Duration)
  }

  /// What a collection may not take because experiments need it: the results of their steps, kept
  /// and restored ones too, and every version that those runs wrote, though a later result may
  /// have taken the place of its own.
  package func roots(
    of kept: KeptExperiments, now: Int64 = SystemClock.now
  ) throws -> (keys: Set<ActionKey>, contents: [Content]) {
    let (condition, limit): (String, Int) =
      switch kept {
      case .last(let count): ("ORDER BY started DESC, id DESC LIMIT ?", count)
      case .within(let age): ("WHERE started >= ?", Int(now - age.inNanoseconds))
      }
    let runs = """
      SELECT run_id FROM step WHERE run_id IS NOT NULL
        AND experiment_id IN (SELECT id FROM experiment \(condition))
      """
    return try read { db in
      let keys = try String.fetchAll(
        db,
        sql: """
          SELECT DISTINCT f.key FROM run r JOIN fingerprint f ON f.id = r.fingerprint_id
          WHERE r.id IN (\(runs))
          """, arguments: [limit])
      let contents = try Row.fetchAll(
        db,
        sql: """
          SELECT DISTINCT v.kind, v.digest, v.size FROM version v
          JOIN run_output o ON o.version_id = v.id WHERE o.run_id IN (\(runs))
          """, arguments: [limit])
      return (
        Set(keys.compactMap { Digest($0) }.map { ActionKey(digest: $0) }),
        contents.compactMap(History.content)
      )
    }
  }
}
