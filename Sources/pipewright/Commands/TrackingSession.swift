import PipelineEngine
import PipelineModel

/// What every verb begins with that looks at what was recorded: history, and the manifest as far
/// as there is one.
struct TrackingSession {
  let root: Directory
  /// Absolute.
  let historyFile: Path
  /// Nil where nothing was ever recorded.
  let history: History?
  /// Nil where there is no valid manifest.
  let pipeline: Pipeline?
  let style: Style
  let warnings: Warnings

  /// - Throws: `ToolFailure` where a manifest or a history is named that is not there, or history
  ///   cannot be read.
  static func open(_ options: PlaceOptions) throws -> TrackingSession {
    do {
      let (root, name) = try place(options.manifest)
      var pipeline: Pipeline?
      if let name {
        var loader = ManifestLoader(root, name, tool: Session.tool)
        let loaded = try? loader.load(Overrides())
        if let loaded, !loaded.hasErrors { pipeline = loaded.pipeline }
      }
      let warnings = Warnings()
      let file = try Session.historyFile(options.history, root)
      let history = try History.reading(file, warnings: warnings)
      if history == nil, let named = options.history {
        throw ToolFailure(
          code: .usage, fact: "there is no history '\(named)'",
          hint: "without '--history' the workspace's own is read")
      }
      return TrackingSession(
        root: root, historyFile: file, history: history, pipeline: pipeline,
        style: Invocation.shared.style, warnings: warnings)
    } catch {
      throw Session.failure(error)
    }
  }

  /// Where nothing is named and no manifest is found, this directory.
  private static func place(_ named: String?) throws -> (root: Directory, manifest: Path?) {
    do {
      let (folder, name) = try Session.find(named)
      return (try Directory(opening: folder), name)
    } catch let failure as ToolFailure where failure.code == .usage && named == nil {
      return (try Directory(opening: .here), nil)
    }
  }

  /// History, of something that has to be there.
  ///
  /// - Throws: `ToolFailure` where nothing was ever recorded.
  func recorded() throws -> History {
    guard let history else {
      throw ToolFailure(
        code: .usage, fact: "nothing was recorded yet",
        hint: "'\(Invocation.commandName) run' makes the first experiment")
    }
    return history
  }

  /// The experiments, the newest first; one whose run was killed is called so.
  func experiments() throws -> [ExperimentEntry] {
    var entries = try history?.experiments() ?? []
    try noteKilled(&entries)
    return entries
  }

  /// The experiment that a user names.
  func experiment(_ name: String) throws -> ExperimentEntry {
    var entries = [try recorded().experiment(written: name)]
    try noteKilled(&entries)
    return entries[0]
  }

  private func noteKilled(_ entries: inout [ExperimentEntry]) throws {
    guard let history, let workspace = WorkspaceAccess.name(of: root) else { return }
    try history.noteKilled(&entries, workspace: workspace) {
      WorkspaceAccess.isUnderWay(in: root)
    }
  }

  /// Metrics that the manifest's models compare or require, each once.
  var modelMetrics: [MetricName] {
    var seen: Set<MetricName> = []
    return (pipeline?.models ?? []).flatMap(\.metrics).filter { seen.insert($0).inserted }
  }

  /// The version of an artifact or a model that a text on the command line means.
  ///
  /// - Throws: `ToolFailure` where there is none.
  func find(_ text: String) throws -> (history: History, version: FoundVersion) {
    do {
      let reference = try VersionReference.read(text)
      var history = history
      // Another clone's registry file may just have brought the first of it.
      if case .model = reference.subject { history = try openRegistry()?.history ?? history }
      guard let history else {
        throw ToolFailure(
          code: .usage, fact: "nothing was recorded yet, so there is no '\(text)'",
          hint: "'\(Invocation.commandName) run' records what it makes")
      }
      return (history, try VersionLookup(history).find(reference))
    } catch {
      throw TrackingSession.failure(error)
    }
  }

  /// The models of the manifest, with what the registry file says and with numbers for all of
  /// their versions; nil without a manifest, or where nothing of them was ever recorded.
  func openRegistry() throws -> Registry? {
    guard let pipeline, !pipeline.models.isEmpty || pipeline.registry != nil else { return nil }
    defer { showWarnings() }
    return try Registry.open(
      pipeline, in: root, historyFile: historyFile, warnings: warnings)
  }

  /// What objects there are, to be looked at.
  func openStore() async throws -> Store {
    try await WorkspaceAccess.open(root, .reading, warnings: warnings).store
  }

  /// What `body` answers, with its faults in words for the user, and what history has to say at
  /// the end.
  func doing<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
    defer {
      history?.close()
      showWarnings()
    }
    do {
      return try await body()
    } catch {
      throw TrackingSession.failure(error)
    }
  }

  private func showWarnings() {
    for warning in warnings.take() { Invocation.shared.printError("warning: \(warning)") }
  }

  private static func failure(_ error: any Error) -> any Error {
    switch error {
    case let fault as TrackedNames.Fault:
      ToolFailure(
        code: .usage, fact: "\(fault.diagnostic.fact) [\(fault.diagnostic.code)]",
        hint: fault.diagnostic.hint)
    case let problem as VersionReference.Problem:
      ToolFailure(code: .usage, fact: problem.fact, hint: problem.hint)
    case let problem as VersionLookup.Problem:
      ToolFailure(code: .usage, fact: problem.fact, hint: problem.hint)
    default: Session.failure(error)
    }
  }

  func print(_ lines: [StyledLine]) {
    Invocation.shared.print(lines.map(style.text).joined(separator: "\n"))
  }

  /// As JSON if that is asked for.
  func print(_ lines: [StyledLine], _ json: Value, asJSON: Bool) {
    if asJSON { Invocation.shared.print(JSON.pretty(json)) } else { print(lines) }
  }
}
