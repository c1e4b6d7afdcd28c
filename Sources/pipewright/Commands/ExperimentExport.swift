import ArgumentParser
import PipelineEngine
import PipelineModel

/// `experiments export`: hands over what was recorded to those who have a tracking server.
struct ExperimentExport: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write experiments, runs, metrics, artifacts and models to an MLflow server.",
    discussion: """
      What is there already is not written again, also after an export that was killed. \
      MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, say who asks.

      EXAMPLES
        experiments export --mlflow http://localhost:5000
        experiments export latest --mlflow https://mlflow.example.org --skip data
      """)

  @Argument(help: ArgumentHelp("Experiments; all where none is named.", valueName: "experiment"))
  var names: [String] = []

  @OptionGroup var place: PlaceOptions

  @Option(
    help: ArgumentHelp(
      "The tracking server; otherwise what MLFLOW_TRACKING_URI says.", valueName: "url"))
  var mlflow: String?

  @Option(
    help: ArgumentHelp(
      "Leave out artifacts of a kind: data, model, metrics, plot, image, document.",
      valueName: "kind"))
  var skip: [String] = []

  func run() async throws {
    guard let url = mlflow ?? Invocation.shared.value("MLFLOW_TRACKING_URI") else {
      throw ToolFailure(
        code: .usage, fact: "no tracking server is named", hint: "add '--mlflow http://HOST:5000'")
    }
    let kinds = try skip.map { word in
      guard let kind = ArtifactKind(rawValue: word) else {
        throw ToolFailure(
          code: .usage, fact: "'\(word)' is no kind of artifact",
          hint: "write data, model, metrics, plot, image or document")
      }
      return kind
    }
    let session = try Session.open(place)
    let pipeline = try session.validPipeline()
    do {
      let location = try MLflowLocation(url, environment: Invocation.shared.environment)
      let access = try await session.access(.reading)
      let warnings = access.warnings
      guard let history = try History.reading(session.historyFile, warnings: warnings) else {
        throw ToolFailure(
          code: .usage, fact: "nothing is recorded yet",
          hint: "run the pipeline first: \(Invocation.commandName)")
      }
      defer { history.close() }
      let server = MLflowServer(location, loop: try ProcessLoop())
      let report = try await export(
        pipeline.project, HistoryExport(history, store: access.store, leavingOut: Set(kinds)),
        try chosen(history, of: pipeline.project), to: server)
      session.show(warnings.take())
      tell(report, location.url)
    } catch let problem as MLflowProblem {
      throw ToolFailure(code: problem.exitCode, fact: problem.fact, hint: problem.hint)
    } catch {
      throw Session.failure(error)
    }
  }

  /// The oldest first, so that the server's list has them in their order.
  private func chosen(_ history: History, of project: String) throws -> [ExperimentEntry] {
    // A history that several projects share has the experiments of all.
    if names.isEmpty {
      return try history.experiments().reversed().filter { $0.project == project }
    }
    return try names.map { try history.experiment(written: $0) }
  }

  private func export(
    _ project: String, _ recorded: HistoryExport, _ entries: [ExperimentEntry],
    to server: MLflowServer
  ) async throws -> MLflowExport.Report {
    var export = try await MLflowExport(of: project, to: server)
    // Few at a time: all of a long history need not fit into memory.
    for start in stride(from: 0, to: entries.count, by: 25) {
      let part = entries[start..<min(start + 25, entries.count)]
      try await export.export(part.map { try recorded.experiment($0) })
      if entries.count > 25 {
        Invocation.shared.progress("\(start + part.count) of \(entries.count) experiments")
      }
    }
    if names.isEmpty { try await export.export(try recorded.models()) }
    return export.report
  }

  private func tell(_ report: MLflowExport.Report, _ url: String) {
    for note in report.notes { Invocation.shared.printError("warning: \(note)") }
    let counts = [
      (report.experiments, "experiment"), (report.runs, "run"), (report.points, "metric value"),
      (report.versions, "model version"),
    ].filter { $0.0 > 0 }.map { Amount.count($0.0, $0.1) }
    var words = counts
    if report.files > 0 {
      let size = Amount.size(bytes: report.bytes)
      words.append("\(Amount.count(report.files, "file")) (\(size))")
    }
    if report.aliases > 0 {
      words.append(Amount.count(report.aliases, "alias", plural: "aliases"))
    }
    let what = words.isEmpty ? "nothing new" : words.joined(separator: ", ")
    let rest = report.unchanged > 0 ? "; \(report.unchanged) there already" : ""
    Invocation.shared.say("exported to \(url): \(what)\(rest)")
  }
}

extension MLflowProblem {
  /// Whose fault it is.
  fileprivate var exitCode: ExitCode {
    switch self {
    case .badURL: .usage
    case .noCurl, .unreachable, .moved, .notMLflow, .unauthorised, .forbidden, .refused, .uncertain,
      .deletedExperiment:
      .remoteLost
    }
  }
}
