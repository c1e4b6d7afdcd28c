/// A run in a listing, with the parameters and metrics that are spoken of.
package struct RunRow: Sendable, Tracked {
  package let entry: RunEntry
  /// By full names.
  package let parameters: [String: Value]
  /// By full names: `train.loss`.
  package let metrics: [String: Metric]

  package init(
    _ entry: RunEntry, parameters: [String: Value] = [:], metrics: [String: Metric] = [:]
  ) {
    self.entry = entry
    self.parameters = parameters
    self.metrics = metrics
  }

  /// What every run has.
  package static let names = [
    "run", "experiment", "step", "role", "ending", "started", "seconds", "cpuSeconds",
    "peakMemoryBytes", "attempts", "status", "recorded", "key", "id",
  ]

  /// What is shown of every run unless something else is asked for.
  package static let standardColumns: [ResolvedInquiry.Column] = [
    .init(.fixed("run")), .init(.fixed("ending")),
    .init(.fixed("started"), title: "started (UTC)"), .init(.fixed("role")),
    .init(.fixed("peakMemoryBytes"), title: "memory"), .init(.fixed("seconds"), title: "took"),
  ]

  package func values(of name: TrackedName) -> [Value] {
    switch name {
    case .metric(let metric): metrics[metric].map { [$0.json] } ?? []
    case .parameter(let parameter): parameters[parameter].map { [$0] } ?? []
    case .fixed(let name): entry.values(of: name)
    }
  }
}

extension RunEntry {
  fileprivate func values(of name: String) -> [Value] {
    func text(_ text: String?) -> [Value] { text.map { [.text($0)] } ?? [] }
    return switch name {
    case "run": text(label)
    case "experiment": text(experiment)
    case "step": text(step)
    case "role": text(role)
    case "ending": text(ending.rawValue)
    case "started": text(started.map { Timestamp.text(nanoseconds: $0) })
    case "seconds": [Amount.number(usage.seconds)]
    case "cpuSeconds": [Amount.number(usage.cpuSeconds)]
    case "peakMemoryBytes": [.number("\(usage.peakMemoryBytes)")]
    case "attempts": [.number("\(usage.attempts)")]
    case "status": status.map { [.number("\($0)")] } ?? []
    case "recorded": [.boolean(isRecorded)]
    case "key": text(key)
    case "id": text(globalID)
    // No enum: what users may write.
    default: []
    }
  }
}
