import GRDB
import PipelineModel

extension History {
  /// What a user calls something, and history does not know.
  package struct UnknownName: Error, Sendable, Equatable {
    package let fact: String
    package let hint: String?
  }

  /// The experiment that a user names: by its name, `latest`, `latest~2` for the second before
  /// that, or by the beginning of its global id.
  ///
  /// - Throws: `UnknownName` with the nearest name.
  package func experiment(written name: String) throws -> ExperimentEntry {
    if let entry = try experiment(named: name) { return entry }
    if let back = History.stepsBack(name) {
      let found = try read { db in
        try String.fetchOne(
          db,
          sql: "SELECT gid FROM experiment ORDER BY started DESC, id DESC LIMIT 1 OFFSET ?",
          arguments: [back])
      }
      if let entry = try found.flatMap({ try experiment(named: $0) }) { return entry }
      let count = try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM experiment") } ?? 0
      throw UnknownName(
        fact: "there is no experiment '\(name)': there are \(count)", hint: nil)
    }
    let names = try read { try String.fetchAll($0, sql: "SELECT name FROM experiment") }
    throw UnknownName(
      fact: "there is no experiment '\(name)'",
      hint: nearest(to: name, among: names).map { "write '\($0)'" }
        ?? "'experiments list' shows all")
  }

  /// How far `latest~2` is before the latest.
  private static func stepsBack(_ name: String) -> Int? {
    guard name.hasPrefix("latest") else { return nil }
    let rest = name.dropFirst("latest".count)
    if rest.isEmpty { return 0 }
    guard rest.hasPrefix("~"), let count = UInt16(rest.dropFirst()) else { return nil }
    return Int(count)
  }

  /// The names of all parameters that some experiment has, sorted.
  package func parameterNames() throws -> [String] {
    try read { db in
      try String.fetchAll(db, sql: "SELECT DISTINCT name FROM experiment_parameter ORDER BY name")
    }
  }

  /// All that is known of an experiment.
  package func report(of entry: ExperimentEntry) throws -> ExperimentReport {
    let steps = try steps(of: entry.id).map { step in
      guard let id = step.run, let run = try run(id) else {
        return ExperimentReport.Step(step, run: nil, metrics: [], outputs: [])
      }
      return ExperimentReport.Step(
        step, run: run, metrics: try metrics(ofRun: id), outputs: try outputs(of: id))
    }
    return ExperimentReport(entry, steps: steps)
  }

  /// An experiment as one of those that are compared.
  package func subject(of entry: ExperimentEntry) throws -> ComparisonReport.Subject {
    let report = try report(of: entry)
    var fields: [String: [Field]] = [:]
    for step in report.steps {
      if let run = step.run { fields[step.entry.name] = try self.fields(of: run.id) }
    }
    return report.subject(fields: fields)
  }

  /// The rows of a listing of experiments, with what a resolved inquiry speaks of.
  package func rows(
    of entries: [ExperimentEntry], _ inquiry: ResolvedInquiry
  ) throws -> [ExperimentRow] {
    let names = inquiry.metrics
    let metrics = names.isEmpty ? [:] : try self.metrics(named: names)
    return inquiry.rows(of: entries.map { ExperimentRow($0, metrics: metrics[$0.id] ?? []) })
  }
}
