import GRDB
import PipelineModel

extension History {
  /// What was measured of a content: for each metric what the latest run of its step says that has
  /// read or written it.
  ///
  /// - Parameter artifacts: the names by which runs know it.
  package func metrics(
    of content: Content, as artifacts: [String], named names: [MetricName]
  ) throws -> [MetricName: Double] {
    try read { db in
      var found: [MetricName: Double] = [:]
      let marks = artifacts.map { _ in "?" }.joined(separator: ",")
      let versions = try Int64.fetchAll(
        db,
        sql: """
          SELECT v.id FROM version v JOIN artifact a ON a.id = v.artifact_id
          WHERE v.digest = ? AND v.kind = ? AND a.name IN (\(marks))
          """,
        arguments: [content.digest.description, content.kind.rawValue]
          + StatementArguments(artifacts))
      guard !versions.isEmpty else { return [:] }
      let rows = versions.map { "\($0)" }.joined(separator: ",")
      for name in names {
        let row = try Row.fetchOne(
          db,
          sql: """
            SELECT m.number, m.text FROM metric m JOIN run r ON r.id = m.run_id
            WHERE m.name = ?1 AND (r.step = ?2 OR r.step GLOB ?2 || '@*') AND r.ending = 'ran'
              AND r.recorded AND r.id IN (
                SELECT run_id FROM run_input WHERE version_id IN (\(rows))
                UNION SELECT run_id FROM run_output WHERE version_id IN (\(rows)))
            ORDER BY r.ended DESC, r.id DESC LIMIT 1
            """,
          arguments: [name.local, name.step.text])
        let metric = row.flatMap { MetricWriting.metric(name.local, number: $0[0], text: $0[1]) }
        if let number = metric?.number { found[name] = number }
      }
      return found
    }
  }

  /// The experiment that first made a content: its name, and the commit it was made from.
  package func origin(
    of content: Content, as artifacts: [String]
  ) throws -> (experiment: String, commit: String?)? {
    try read { db in
      let marks = artifacts.map { _ in "?" }.joined(separator: ",")
      return try Row.fetchOne(
        db,
        sql: """
          SELECT e.name, e.git_commit FROM version v JOIN artifact a ON a.id = v.artifact_id
          JOIN run_output o ON o.version_id = v.id JOIN run r ON r.id = o.run_id
          JOIN experiment e ON e.id = r.experiment_id
          WHERE v.digest = ? AND v.kind = ? AND a.name IN (\(marks))
          ORDER BY r.ended, r.id LIMIT 1
          """,
        arguments: [content.digest.description, content.kind.rawValue]
          + StatementArguments(artifacts)
      ).map { ($0[0], $0[1]) }
    }
  }
}

extension MetricName {
  /// As the step itself calls it: `scores.accuracy`.
  package var local: String { "\(output)." + path.joined(separator: ".") }
}
