import PipelineModel

/// The registry of a workspace's models: its part of the history, and the file that mirrors it.
package struct Registry: Sendable {
  package let history: History
  package let pipeline: Pipeline
  private let file: RegistryFile?

  /// Opens the history, takes in what the registry file says that is new, and gives numbers to
  /// versions that have none.
  ///
  /// - Parameter historyFile: absolute; made if there is none.
  package init(
    _ pipeline: Pipeline, in root: Directory, historyFile: Path, warnings: Warnings
  ) throws {
    self.pipeline = pipeline
    file = pipeline.registry.map { RegistryFile($0, in: root, warnings: warnings) }
    if historyFile.parent == root.path.appending(StateDirectory.name) {
      _ = try StateDirectory.open(root)
    } else {
      try Directory(opening: "/").makeDirectories(historyFile.parent, links: .followed)
    }
    history = try History(opening: historyFile, warnings: warnings)
    try refresh()
  }

  /// Opens it where a workspace has any of it: else there is nothing to look at, and nothing is
  /// made.
  package static func open(
    _ pipeline: Pipeline, in root: Directory, historyFile: Path, warnings: Warnings
  ) throws -> Registry? {
    let isThere =
      try Directory(opening: "/").exists(historyFile)
      || pipeline.registry.map { try root.exists($0) } ?? false
    guard isThere else { return nil }
    return try Registry(pipeline, in: root, historyFile: historyFile, warnings: warnings)
  }

  /// Takes in what has been made or moved since it was opened.
  package func refresh() throws {
    try file?.takeIn(to: history)
    try history.register(pipeline)
    // What could not be written the last time.
    try file?.mirror(history, project: pipeline.project)
  }

  package func model(named name: Name) throws -> RegisteredModel {
    try history.model(named: name.text)
      ?? RegisteredModel(name: name.text, versions: [], moves: [])
  }

  /// What is recorded of a version's metrics; where this history has no run that measured it, what
  /// the version's last move says.
  package func metrics(
    of version: ModelVersionEntry, _ model: Model, _ registered: RegisteredModel
  ) throws -> [MetricName: Double] {
    var metrics = try history.metrics(
      of: version.content, as: artifacts(of: model, version), named: model.metrics)
    let move = registered.moves.last { $0.version == version.number && !$0.metrics.isEmpty }
    for metric in move?.metrics ?? [] {
      guard let name = MetricName(metric.name), metrics[name] == nil else { continue }
      metrics[name] = metric.number
    }
    return metrics
  }

  /// The experiment that made a version, as far as this history knows, or its last move.
  package func origin(
    of version: ModelVersionEntry, _ model: Model, _ registered: RegisteredModel
  ) throws -> (experiment: String, commit: String?)? {
    let found = try history.origin(of: version.content, as: artifacts(of: model, version))
    if let found { return found }
    let move = registered.moves.last { $0.version == version.number && $0.experiment != nil }
    return move.flatMap { move in move.experiment.map { ($0, move.commit) } }
  }

  private func artifacts(of model: Model, _ version: ModelVersionEntry) -> [String] {
    Set(model.from.map { pipeline.trackedName(of: $0) } + [version.artifact]).sorted()
  }

  /// Moves an alias, and tells the registry file.
  package func move(_ request: MoveRequest) throws -> MoveEntry {
    let entry = try history.move(request)
    try file?.mirror(history, project: pipeline.project)
    return entry
  }
}
