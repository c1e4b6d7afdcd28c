import GRDB
import PipelineModel

extension History {
  /// The run that a user names: `EXPERIMENT/STEP`, a step for its newest run, or the beginning of a
  /// global id.
  ///
  /// - Throws: `UnknownName` with the nearest name.
  package func run(written name: String) throws -> RunEntry {
    let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
    if parts.count == 2 { return try run(of: parts[1], in: try experiment(written: parts[0])) }
    if let run = try run(named: name) { return run }
    let steps = try read { try String.fetchAll($0, sql: "SELECT DISTINCT step FROM run") }
    throw UnknownName(
      fact: "no run is named '\(name)'",
      hint: nearest(to: name, among: steps).map { "write '\($0)'" }
        ?? "name one as EXPERIMENT/STEP, a step for its newest, or by the beginning of its id")
  }

  /// - Throws: `UnknownName` where no run is of that step or of its matrix.
  package func checkStep(_ name: String) throws {
    guard try runs(RunSelection(step: name, limit: 1)).isEmpty else { return }
    let steps = try read { try String.fetchAll($0, sql: "SELECT DISTINCT step FROM run") }
    throw UnknownName(
      fact: "no run is of a step '\(name)'",
      hint: nearest(to: name, among: steps).map { "write '\($0)'" })
  }

  private func run(of name: String, in experiment: ExperimentEntry) throws -> RunEntry {
    let steps = try steps(of: experiment.id)
    guard let step = steps.first(where: { $0.name == name }) else {
      throw UnknownName(
        fact: "experiment '\(experiment.name)' has no step '\(name)'",
        hint: nearest(to: name, among: steps.map(\.name)).map {
          "write '\(experiment.name)/\($0)'"
        })
    }
    guard let id = step.run, let run = try run(id) else {
      throw UnknownName(
        fact: "step '\(name)' of experiment '\(experiment.name)' made no run: it was "
          + step.ending.rawValue, hint: nil)
    }
    return run
  }

  /// All that is known of a run.
  package func report(of run: RunEntry) throws -> SingleRunReport {
    SingleRunReport(
      run, parameters: try parameters(of: run.id), fields: try fields(of: run.id),
      metrics: try metrics(ofRun: run.id),
      series: try seriesNames(ofRun: run.id).map { try series(ofRun: run.id, named: $0.name) },
      inputs: try inputs(of: run.id), outputs: try outputs(of: run.id))
  }

  /// What a run logged under a name.
  package func series(ofRun run: Int64, named name: String) throws -> SingleRunReport.Series {
    SingleRunReport.Series(
      name: name,
      points: try points(ofRun: run, named: name).map {
        SingleRunReport.Point(step: $0.step, number: $0.number, time: $0.time)
      })
  }

  /// The rows of a listing of runs, with what a resolved inquiry speaks of.
  package func rows(_ runs: [RunEntry], _ inquiry: ResolvedInquiry) throws -> [RunRow] {
    let parameters = inquiry.parameters.isEmpty ? [:] : try runParameters(inquiry.parameters)
    let metrics = inquiry.metrics.isEmpty ? [:] : try runMetrics(inquiry.metrics)
    return inquiry.rows(
      of: runs.map { run in
        RunRow(run, parameters: parameters[run.id] ?? [:], metrics: metrics[run.id] ?? [:])
      })
  }

  /// By run and full name.
  private func runParameters(_ names: [String]) throws -> [Int64: [String: Value]] {
    try read { db in
      var found: [Int64: [String: Value]] = [:]
      let rows = try Row.fetchCursor(
        db, sql: "SELECT run_id, name, value FROM run_parameter WHERE name IN (\(marks(names)))",
        arguments: StatementArguments(names))
      while let row = try rows.next() {
        found[row[0], default: [:]][row[1]] = History.value(row[2])
      }
      return found
    }
  }

  /// By run and full name.
  private func runMetrics(_ names: [String]) throws -> [Int64: [String: Metric]] {
    try read { db in
      var found: [Int64: [String: Metric]] = [:]
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT r.id, r.step || '.' || m.name, m.number, m.text
          FROM run r JOIN metric m ON m.run_id = r.id
          WHERE r.step || '.' || m.name IN (\(marks(names)))
          """, arguments: StatementArguments(names))
      while let row = try rows.next() {
        let name: String = row[1]
        found[row[0], default: [:]][name] = MetricWriting.metric(
          name, number: row[2], text: row[3])
      }
      return found
    }
  }

  private func marks(_ names: [String]) -> String {
    names.map { _ in "?" }.joined(separator: ",")
  }

  /// The full names of all metrics that some run measured, sorted.
  ///
  /// - Parameter step: nil for any; else of all of its matrix.
  package func runMetricNames(ofStep step: String?) throws -> [String] {
    guard let step else { return try metricNames() }
    return try read { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT DISTINCT r.step || '.' || m.name FROM metric m JOIN run r ON r.id = m.run_id
          WHERE r.step = ?1 OR r.step GLOB ?1 || '@*' ORDER BY 1
          """, arguments: [step])
    }
  }

  /// The names of all parameters that some run used, sorted.
  package func runParameterNames() throws -> [String] {
    try read { db in
      try String.fetchAll(db, sql: "SELECT DISTINCT name FROM run_parameter ORDER BY name")
    }
  }
}
