import PipelineModel

/// Gathers what is known of single versions, from history and store.
package struct VersionInspection {
  let history: History
  let store: Store

  package init(_ history: History, _ store: Store) {
    self.history = history
    self.store = store
  }

  /// Everything about one version.
  package func report(on version: FoundVersion) throws -> VersionReport {
    var report = VersionReport(
      label: version.label, content: version.content, entry: version.entry,
      presence: try presence(of: version))
    report.names = try history.registeredNames(of: version.content)
      .filter { $0 != version.label }
    if let entry = version.entry {
      report.path = try history.artifacts().first { $0.name == entry.artifact }?.path
      report.makers = try makers(of: entry)
      report.readers = try history.readers(of: entry.id)
    }
    guard report.presence == .stored else { return report }
    if version.content.kind == .directory {
      report.files = try store.listing(version.content.digest)
    } else if version.entry?.kind == .metrics {
      report.values = MetricFile.values(try store.read(version.content.digest))
    }
    return report
  }

  /// Of a version that only the registry knows, whether the store has it.
  package func presence(of version: FoundVersion) throws -> Presence {
    if let entry = version.entry {
      return try PresenceReading(history, store).presence(of: entry)
    }
    return try store.contains(version.content) ? .stored : .collected
  }

  /// The runs that have written a version; the one that first made it stands first.
  func makers(of entry: VersionEntry) throws -> [RunEntry] {
    let makers = try history.makers(of: entry.id)
    guard let first = makers.firstIndex(where: { $0.id == entry.run }) else { return makers }
    return [makers[first]] + makers[..<first] + makers[(first + 1)...]
  }

  /// How a version that is not there any more came to be, and how it can be made again.
  ///
  /// - Parameter command: what the tool is called by.
  /// - Returns: nil where no run is known to have made it.
  package func remedy(for entry: VersionEntry, command: String) throws -> Remedy? {
    guard let maker = try makers(of: entry).first else { return nil }
    let origin = try history.origin(ofRun: maker.id)
    var words = [command, "run", maker.step]
    for (name, value) in try history.parameters(of: maker.id) {
      words += ["-P", "\(name)=\(value.argument)"]
    }
    return Remedy(
      maker: maker.label, ended: maker.ended, commit: origin?.commit,
      isModified: origin?.isModified ?? false, command: words)
  }
}
