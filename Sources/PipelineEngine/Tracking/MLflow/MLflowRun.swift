import PipelineModel

/// A run as the server has it.
struct MLflowRun: Sendable {
  let id: String
  let artifacts: String
  let isDeleted: Bool
  /// The last value of each metric is not enough to know which points are there.
  let metrics: Set<String>
  let parameters: [String: String]
  let tags: [String: String]

  /// - Returns: nil where this is no run.
  init?(_ value: Value) {
    guard let info = value["info"], let id = info["run_id"]?.text else { return nil }
    self.id = id
    artifacts = info["artifact_uri"]?.text ?? ""
    isDeleted = info["lifecycle_stage"]?.text == "deleted"
    metrics = Set(value["data"]?["metrics"]?.list?.compactMap { $0["key"]?.text } ?? [])
    parameters = MLflowRun.texts(value["data"]?["params"])
    tags = MLflowRun.texts(value["data"]?["tags"])
  }

  /// `[{"key": …, "value": …}]` by key.
  static func texts(_ value: Value?) -> [String: String] {
    let pairs = value?.list?.compactMap { entry in
      entry["key"]?.text.map { ($0, entry["value"]?.text ?? "") }
    }
    return Dictionary(pairs ?? [], uniquingKeysWith: { $1 })
  }

  /// Where among the artifacts that the server itself takes its own lie; nil where it takes none,
  /// but leaves it to its clients to write them somewhere else.
  var folder: String? {
    let scheme = "mlflow-artifacts:"
    if artifacts.hasPrefix(scheme) {
      var rest = artifacts.dropFirst(scheme.count)
      // With or without a host.
      if rest.hasPrefix("//") { rest = rest.dropFirst(2).drop { $0 != "/" } }
      return String(rest.drop { $0 == "/" })
    }
    guard let cut = artifacts.firstRange(of: "/mlflow-artifacts/artifacts/") else { return nil }
    return String(artifacts[cut.upperBound...])
  }
}

/// One measured value, as the server can tell it from another.
struct MLflowPoint: Hashable, Sendable {
  private let step: Int
  private let time: Int64
  private let bits: UInt64

  init(_ point: ExportedMetric.Point) {
    self.init(step: point.step, time: point.time, value: point.value)
  }

  /// - Returns: nil where this is no point.
  init?(_ value: Value) {
    guard let number = MLflowText.number(value["value"]) else { return nil }
    self.init(
      step: value["step"]?.integer ?? 0, time: Int64(value["timestamp"]?.integer ?? 0),
      value: number)
  }

  private init(step: Int, time: Int64, value: Double) {
    self.step = step
    self.time = time
    if value.isNaN {
      bits = Double.nan.bitPattern
    } else {
      // A database keeps the largest number for infinity, and one zero.
      let most = Double.greatestFiniteMagnitude
      let kept = value == 0 ? 0 : min(max(value, -most), most)
      bits = kept.bitPattern
    }
  }
}
