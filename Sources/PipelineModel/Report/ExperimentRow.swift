/// An experiment in a listing, with the metrics that are spoken of.
package struct ExperimentRow: Sendable, Tracked {
  package let entry: ExperimentEntry
  /// By full names.
  package let metrics: [String: Metric]

  package init(_ entry: ExperimentEntry, metrics: [Metric] = []) {
    self.entry = entry
    self.metrics = Dictionary(metrics.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
  }

  /// What every experiment has.
  package static let names = [
    "name", "started", "outcome", "steps", "tag", "sweep", "seconds", "branch", "commit", "host",
    "user", "command", "project", "id",
  ]

  /// What is shown of every experiment unless something else is asked for.
  package static let standardColumns: [ResolvedInquiry.Column] = [
    .init(.fixed("name"), title: "experiment"), .init(.fixed("started"), title: "started (UTC)"),
    .init(.fixed("outcome")), .init(.fixed("steps")), .init(.fixed("tag"), title: "tags"),
    .init(.fixed("sweep")),
  ]

  package func values(of name: TrackedName) -> [Value] {
    switch name {
    case .metric(let metric): metrics[metric].map { [$0.json] } ?? []
    case .parameter(let parameter):
      entry.parameters.first { $0.name == parameter }.map { [$0.value] } ?? []
    case .fixed(let name): entry.values(of: name)
    }
  }
}

extension ExperimentEntry {
  /// How long it took; nil where nobody knows.
  package var seconds: Double? { ended.map { Double($0 - started) / 1e9 } }

  /// How many of its steps ended how: `{"kept": 6, "ran": 2}`.
  package var endingCounts: Value {
    .map(
      Ending.allCases.compactMap { ending in
        endings[ending].map { (key: ending.rawValue, value: .number("\($0)")) }
      })
  }

  fileprivate func values(of name: String) -> [Value] {
    func text(_ text: String?) -> [Value] { text.map { [.text($0)] } ?? [] }
    return switch name {
    case "name": text(self.name)
    case "started": text(Timestamp.text(nanoseconds: started))
    case "outcome": text(outcome.rawValue)
    case "steps": [endingCounts]
    case "tag": tags.map { .text($0) }
    case "sweep": text(sweep)
    case "seconds": seconds.map { [Amount.number($0)] } ?? []
    case "branch": text(origin.branch)
    case "commit": text(origin.commit)
    case "host": text(origin.host)
    case "user": text(origin.user)
    case "command": text(origin.command)
    case "project": text(project)
    case "id": text(globalID)
    // No enum: what users may write.
    default: []
    }
  }
}
