import GRDB
import PipelineModel

/// What history knows, in the words of an export.
package struct HistoryExport: Sendable {
  private let history: History
  private let store: Store
  /// Artifacts of these kinds are left out.
  private let leftOut: Set<ArtifactKind>
  /// Where an artifact lies in the workspace, by its name.
  private let paths: [String: Path]

  package init(_ history: History, store: Store, leavingOut leftOut: Set<ArtifactKind>) throws {
    self.history = history
    self.store = store
    self.leftOut = leftOut
    paths = Dictionary(
      try history.artifacts().map { ($0.name, Path($0.path)) }, uniquingKeysWith: { $1 })
  }

  /// One experiment with all its runs.
  package func experiment(_ entry: ExperimentEntry) throws -> ExportedExperiment {
    let runs = try history.runs(History.RunSelection(experiment: entry.id))
      .sorted { ($0.started ?? $0.ended, $0.id) < ($1.started ?? $1.ended, $1.id) }
    let outcome: ExportedExperiment.Outcome =
      switch entry.outcome {
      case .running: .running
      case .succeeded: .succeeded
      case .failed: .failed
      case .cancelled: .cancelled
      case .killed: .killed
      }
    // Of one that was killed, what it was last seen doing.
    let ended = entry.ended ?? (outcome == .running ? nil : runs.map(\.ended).max())
    var exported = ExportedExperiment(
      gid: entry.globalID, name: entry.name, started: milliseconds(entry.started),
      ended: ended.map(milliseconds), outcome: outcome)
    exported.tags = entry.tags.map(HistoryExport.tag)
    if let sweep = entry.sweep { exported.tags.append(ExportedText("pipewright.sweep", sweep)) }
    exported.parameters = entry.parameters.map { ExportedText($0.name, $0.value.argument) }
    let time = milliseconds(ended ?? entry.started)
    exported.metrics = (try history.metrics(of: [entry.id])[entry.id] ?? []).compactMap { metric in
      metric.number.map { ExportedMetric(metric.name, [.init(time: time, value: $0)]) }
    }
    exported.command = entry.origin.command
    exported.code = entry.origin.commit.map {
      .init(
        commit: $0, branch: entry.origin.branch, isChanged: entry.origin.isModified == true)
    }
    exported.runs = try runs.compactMap { try self.run($0) }
    return exported
  }

  /// - Returns: nil for what is no run: its step was kept or restored.
  private func run(_ entry: RunEntry) throws -> ExportedRun? {
    let ending: ExportedRun.Ending
    switch entry.ending {
    case .ran: ending = .ran
    case .failed: ending = .failed
    case .cancelled: ending = .cancelled
    case .kept, .restored, .skipped: return nil
    }
    guard let step = StepName(entry.step) else { return nil }
    var exported = ExportedRun(
      gid: entry.globalID, step: step, role: entry.role,
      started: milliseconds(entry.started ?? entry.ended), ended: milliseconds(entry.ended),
      ending: ending)
    exported.parameters = try history.parameters(of: entry.id)
      .map { ExportedText($0.name, $0.value.argument) }
    let metrics = try history.metrics(ofRun: entry.id)
    let series = try history.seriesNames(ofRun: entry.id).map(\.name)
    exported.metrics = try series.map { try self.series($0, of: entry) }
    let time = milliseconds(entry.ended)
    for metric in metrics where !series.contains(metric.name) {
      guard let number = metric.number else { continue }
      exported.metrics.append(ExportedMetric(metric.name, [.init(time: time, value: number)]))
    }
    exported.tags = metrics.compactMap { metric in
      metric.text.map { ExportedText(metric.name, $0) }
    }
    exported.tags += HistoryExport.tags(of: entry)
    exported.artifacts = try artifacts(of: entry)
    return exported
  }

  private static func tags(of entry: RunEntry) -> [ExportedText] {
    var tags = [
      ExportedText("pipewright.seconds", "\(entry.usage.seconds)"),
      ExportedText("pipewright.cpu_seconds", "\(entry.usage.cpuSeconds)"),
      ExportedText("pipewright.peak_memory_bytes", "\(entry.usage.peakMemoryBytes)"),
      ExportedText("pipewright.attempts", "\(entry.usage.attempts)"),
    ]
    if let key = entry.key { tags.append(ExportedText("pipewright.key", key)) }
    if let status = entry.status { tags.append(ExportedText("pipewright.status", "\(status)")) }
    if let failure = entry.failure { tags.append(ExportedText("pipewright.failure", failure)) }
    return tags
  }

  private func series(_ name: String, of entry: RunEntry) throws -> ExportedMetric {
    let points = try history.points(ofRun: entry.id, named: name)
    // MLflow counts in whole steps: what does not is numbered.
    let isWhole = points.allSatisfy { Int(exactly: $0.step) != nil }
    return ExportedMetric(
      name,
      points.enumerated().map { position, point in
        .init(
          step: isWhole ? Int(exactly: point.step) ?? position : position,
          time: point.time.flatMap { Int64(exactly: ($0 * 1_000).rounded()) }
            ?? milliseconds(entry.ended),
          value: point.number)
      })
  }

  // MARK: Artifacts

  private func artifacts(of entry: RunEntry) throws -> [ExportedArtifact] {
    var artifacts = try history.outputs(of: entry.id).compactMap {
      version -> ExportedArtifact? in
      guard !leftOut.contains(version.kind), let path = paths[version.artifact] else { return nil }
      return ExportedArtifact(
        path: path, digest: version.content.digest, files: try files(of: version.content))
    }
    if let digest = entry.logDigest.flatMap({ Digest($0) }), let log = try object(digest) {
      artifacts.append(
        ExportedArtifact(
          path: Path("pipewright/\(entry.step).log"), digest: digest,
          files: [.init(bytes: log.path, sizeBytes: log.sizeBytes)]))
    }
    return artifacts
  }

  private func files(of content: Content) throws -> [ExportedArtifact.File] {
    guard content.kind == .directory else {
      return [.init(bytes: try object(content.digest)?.path, sizeBytes: content.sizeBytes)]
    }
    guard try store.isThere, let listing = try store.listing(content.digest) else {
      return [.init(bytes: nil, sizeBytes: content.sizeBytes)]
    }
    return try listing.entries.filter { $0.kind == .file || $0.kind == .executable }.map {
      .init(path: $0.path, bytes: try object($0.digest)?.path, sizeBytes: $0.sizeBytes)
    }
  }

  /// Where the store has the bytes, if it has them.
  private func object(_ digest: Digest) throws -> (path: Path, sizeBytes: Int)? {
    guard try store.isThere else { return nil }
    let objects = try store.objects
    let place = Store.place(of: digest)
    guard let status = try objects.status(of: place), status.kind == .file else { return nil }
    return (objects.path.appending(place), Int(status.sizeBytes))
  }

  // MARK: Models

  /// The registry as it is.
  package func models() throws -> [ExportedModel] {
    let rows = try history.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT m.name, v.number, v.digest, a.path, min(r.gid) AS gid
          FROM model m JOIN model_version v ON v.model_id = m.id
          LEFT JOIN artifact a ON a.name = v.artifact
          LEFT JOIN version w ON w.artifact_id = a.id AND w.digest = v.digest AND w.kind = v.kind
          LEFT JOIN run r ON r.id = w.run_id
          GROUP BY v.id ORDER BY m.name, v.number
          """)
    }
    let moves = try history.read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT m.name, o.alias, v.number FROM move o JOIN model m ON m.id = o.model_id
          JOIN model_version v ON v.id = o.version_id ORDER BY o.time, o.gid
          """)
    }
    var versions: [(model: String, versions: [ExportedModel.Version])] = []
    for row in rows {
      guard let digest = Digest(row["digest"] as String) else { continue }
      let name: String = row["name"]
      let path: String? = row["path"]
      if versions.last?.model != name { versions.append((name, [])) }
      versions[versions.count - 1].versions.append(
        .init(number: row["number"], digest: digest, run: row["gid"], path: path.map { Path($0) }))
    }
    return versions.map { name, versions in
      ExportedModel(
        name: name, versions: versions,
        moves: moves.filter { $0["name"] == name }.map {
          .init(alias: $0["alias"], number: $0["number"])
        })
    }
  }

  /// `why=drift` as name and value; a tag of one word is true.
  private static func tag(_ text: String) -> ExportedText {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    return parts.count == 2 ? ExportedText(parts[0], parts[1]) : ExportedText(text, "true")
  }

  private func milliseconds(_ nanoseconds: Int) -> Int64 { Int64(nanoseconds / 1_000_000) }
}
