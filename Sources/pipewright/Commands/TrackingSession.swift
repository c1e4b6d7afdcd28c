import ArgumentParser
import PipelineEngine
import PipelineModel

/// Where history is; the manifest only adds to what is shown.
struct HistoryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The manifest; by default pipeline.yaml here or in a directory above.", valueName: "file"))
  var manifest: String?

  @Option(
    help: ArgumentHelp(
      "Where experiments are recorded; by default .pipeline/history.db.", valueName: "file"))
  var history: String?
}

/// What every verb begins with that looks at what was recorded: history, and the manifest as far
/// as there is one.
struct TrackingSession {
  let root: Directory
  /// Nil where nothing was ever recorded.
  let history: History?
  /// Nil where there is no valid manifest.
  let pipeline: Pipeline?
  let style: Style
  private let warnings: Warnings

  /// - Throws: `ToolFailure` where a manifest or a history is named that is not there, or history
  ///   cannot be read.
  static func open(_ options: HistoryOptions) throws -> TrackingSession {
    do {
      let (root, name) = try place(options.manifest)
      var pipeline: Pipeline?
      if let name {
        var loader = ManifestLoader(root, name)
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
        root: root, history: history, pipeline: pipeline, style: Invocation.shared.style,
        warnings: warnings)
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

  /// What `body` does, with its faults in words for the user, and what history has to say at the
  /// end.
  func doing(_ body: () throws -> Void) throws {
    do {
      try body()
      history?.close()
      for warning in warnings.take() { Invocation.shared.printError("warning: \(warning)") }
    } catch let unknown as History.UnknownName {
      throw ToolFailure(code: .usage, fact: unknown.fact, hint: unknown.hint)
    } catch let fault as TrackedNames.Fault {
      throw ToolFailure(
        code: .usage, fact: "\(fault.diagnostic.fact) [\(fault.diagnostic.code)]",
        hint: fault.diagnostic.hint)
    } catch {
      throw Session.failure(error)
    }
  }

  func print(_ lines: [StyledLine]) {
    Invocation.shared.print(lines.map(style.text).joined(separator: "\n"))
  }
}
