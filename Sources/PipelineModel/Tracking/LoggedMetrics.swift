/// All that a step appended to `PIPELINE_METRICS`, read.
package struct LoggedMetrics: Sendable {
  /// In the order of the file.
  package var points: [MetricSeries.Point] = []
  /// The last value of each name.
  package var latest: [Metric] = []
  /// Lines that could not be read.
  package var skippedLines = 0

  package init() {}

  package init(_ lines: [UInt8]) {
    let (points, series) = MetricSeries.read(lines)
    self.points = points
    latest = series.latest
    skippedLines = series.skippedLines
  }
}
