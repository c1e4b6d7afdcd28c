import GRDB
import PipelineModel

/// Writing what a run has measured: within the transaction that writes the run.
struct MetricWriting {
  let db: Database
  let run: Int64
  /// Hides secrets: a file may hold one under any escape.
  let mask: SecretMask

  /// - Parameters:
  ///   - files: outputs of kind `metrics`, by the name of the output.
  ///   - logged: what the step has appended to `PIPELINE_METRICS`.
  func write(files: [(name: String, bytes: [UInt8])], logged: LoggedMetrics) throws {
    try write(logged.points)
    // A file's word counts where the step has logged under the same name, too.
    for metric in logged.latest { try write(metric) }
    for file in files {
      for leaf in MetricFile.values(file.bytes) {
        guard let metric = Metric("\(file.name).\(leaf.name)", leaf.value) else { continue }
        try write(metric)
      }
    }
  }

  private func write(_ metric: Metric) throws {
    let metric = mask.masked(metric)
    let (number, text) = MetricWriting.columns(of: metric)
    try db.cachedStatement(
      sql: "INSERT OR REPLACE INTO metric (run_id, name, number, text) VALUES (?, ?, ?, ?)"
    ).execute(arguments: [run, metric.name, number, text])
  }

  private func write(_ points: [MetricSeries.Point]) throws {
    let statement = try db.cachedStatement(
      sql: """
        INSERT INTO metric_point (run_id, name, position, step, number, text, time)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """)
    for point in points {
      let metric = mask.masked(Metric(point.name, point.number))
      let (number, text) = MetricWriting.columns(of: metric)
      try statement.execute(arguments: [
        run, metric.name, point.position, point.step.double, number, text, point.time,
      ])
    }
  }

  /// What is not finite is kept as text: SQLite would take NaN for NULL.
  static func columns(of metric: Metric) -> (number: Double?, text: String?) {
    guard let number = metric.number else { return (nil, metric.text) }
    return number.isFinite ? (number, nil) : (nil, metric.json.text)
  }

  /// The metric that columns stand for.
  static func metric(_ name: String, number: Double?, text: String?) -> Metric? {
    if let number { return Metric(name, number) }
    return text.flatMap { Metric(name, .text($0)) }
  }
}
