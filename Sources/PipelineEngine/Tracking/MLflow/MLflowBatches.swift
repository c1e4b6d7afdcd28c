import PipelineModel

/// What is logged of one run, in as few requests as the server allows: 1000 items, of them 100
/// parameters and 100 tags, and one megabyte.
struct MLflowBatches {
  private let run: String
  private var full: [MLflowServer.Call] = []
  private var parameters: [Value] = []
  private var tags: [Value] = []
  private var metrics: [Value] = []
  private var sizeBytes = 0

  init(of run: String) {
    self.run = run
  }

  /// In the order in which things were added.
  var calls: [MLflowServer.Call] {
    var all = self
    all.close()
    return all.full
  }

  mutating func add(parameter: ExportedText) {
    makeRoom(for: parameter.sizeBytes, isFull: parameters.count == 100)
    parameters.append(MLflowText.pair(parameter))
  }

  mutating func add(tag: ExportedText) {
    makeRoom(for: tag.sizeBytes, isFull: tags.count == 100)
    tags.append(MLflowText.pair(tag))
  }

  mutating func add(_ point: ExportedMetric.Point, of metric: String) {
    makeRoom(for: metric.utf8.count + 120, isFull: false)
    metrics.append(
      .map([
        ("key", .text(metric)), ("value", MLflowText.value(point.value)),
        ("timestamp", .number("\(point.time)")), ("step", .number("\(point.step)")),
      ]))
  }

  private mutating func makeRoom(for bytes: Int, isFull: Bool) {
    let count = parameters.count + tags.count + metrics.count
    if isFull || count == 1_000 || sizeBytes + bytes > 900_000 { close() }
    sizeBytes += bytes
  }

  private mutating func close() {
    guard !(parameters.isEmpty && tags.isEmpty && metrics.isEmpty) else { return }
    // A point that has arrived before would stand there twice on some servers.
    full.append(
      .post(
        "mlflow/runs/log-batch",
        [
          ("run_id", .text(run)), ("metrics", .list(metrics)), ("params", .list(parameters)),
          ("tags", .list(tags)),
        ], isRepeatable: metrics.isEmpty))
    (parameters, tags, metrics, sizeBytes) = ([], [], [], 0)
  }
}

extension ExportedText {
  /// As JSON, at most.
  fileprivate var sizeBytes: Int { 40 + (name.utf8.count + value.utf8.count) * 2 }
}

extension MLflowText {
  static func pair(_ text: ExportedText) -> Value {
    .map([("key", .text(text.name)), ("value", .text(text.value))])
  }

  static func pairs(_ texts: [ExportedText]) -> Value { .list(texts.map(pair)) }

  /// A text for a filter, between single quotes: global ids and names have none themselves.
  static func quoted(_ text: String) -> String { text.filter { $0 != "'" && $0 != "\\" } }
}
