import ArgumentParser
import PipelineEngine
import PipelineModel

/// `runs`: single executions of steps.
struct Runs: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List, show and compare single runs of steps, and print their logs.",
    discussion: """
      A run is named as EXPERIMENT/STEP, by its step alone for the newest, or by the beginning of \
      its id. Of a step that was kept or restored that is the run that made its result.

      EXAMPLES
        runs list --step train --where "loss < 0.1" --sort loss
        runs show latest/train
        runs show train --points loss > loss.csv
        runs compare latest~1/train latest/train
        runs logs sunny-spring-21/train
      """,
    subcommands: [RunList.self, RunShow.self, RunCompare.self, RunLogs.self],
    defaultSubcommand: RunList.self)
}

/// `runs list`.
struct RunList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List runs, the newest first.",
    discussion: """
      Every run has \(RunRow.names.joined(separator: ", ")); beside these '--where', '--sort' and \
      '--columns' take the parameters that runs used and what they measured.
      """)

  @OptionGroup var place: PlaceOptions

  @Option(help: ArgumentHelp("Only those of a step; of all of its matrix.", valueName: "step"))
  var step: String?

  @Option(help: ArgumentHelp("Only those that an experiment made.", valueName: "name"))
  var experiment: String?

  @OptionGroup var inquiry: InquiryOptions
  @OptionGroup var sheet: SheetOptions

  func run() async throws {
    let session = try TrackingSession.open(place)
    try await session.doing {
      let asked = try inquiry.inquiry()
      guard let history = session.history else {
        let none = Sheet(
          [RunRow](), under: RunRow.standardColumns, emptiness: "nothing was recorded yet")
        sheet.print(none, as: "runs", style: session.style)
        return
      }
      let selection = History.RunSelection(
        step: step, experiment: try experiment.map { try session.experiment($0).id })
      if let step { try history.checkStep(step) }
      let isOwn = asked.writtenNames.allSatisfy(RunRow.names.contains)
      let names = TrackedNames(
        fixed: RunRow.names, parameters: isOwn ? [] : try history.runParameterNames(),
        metrics: isOwn ? [] : try history.runMetricNames(ofStep: step))
      let resolved = try ResolvedInquiry(asked, names: names, standard: RunRow.standardColumns)
      let runs = try history.runs(selection)
      let rows = try history.rows(runs, resolved)
      let emptiness = runs.isEmpty ? "no runs" : "no run fulfils the condition"
      sheet.print(
        Sheet(rows, under: resolved.columns, emptiness: emptiness), as: "runs", style: session.style
      )
    }
  }
}

/// Which run.
struct RunArgument: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "EXPERIMENT/STEP, a step for its newest run, or the beginning of an id.", valueName: "run"))
  var name: String
}

/// `runs show`.
struct RunShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show all that is known of a run.")

  @OptionGroup var place: PlaceOptions
  @OptionGroup var argument: RunArgument

  @Option(
    help: ArgumentHelp(
      "Print what it logged under this name instead, as CSV; with '--json' as JSON.",
      valueName: "name"))
  var points: String?

  @Flag(help: "Print JSON, schema 1.")
  var json = false

  func run() async throws {
    let session = try TrackingSession.open(place)
    try await session.doing {
      let history = try session.recorded()
      let run = try history.run(written: argument.name)
      if let points {
        let name = try seriesName(points, of: run, history)
        var form = SheetOptions()
        form.json = json
        form.csv = !json
        form.print(
          try history.series(ofRun: run.id, named: name).sheet, as: "points", style: session.style)
        return
      }
      let report = try history.report(of: run)
      session.print(report.lines, report.json, asJSON: json)
    }
  }

  private func seriesName(
    _ written: String, of run: RunEntry, _ history: History
  ) throws -> String {
    let names = try history.seriesNames(ofRun: run.id).map(\.name)
    // A name as listings have it begins with the step's.
    let lead = run.step + "."
    let short = written.hasPrefix(lead) ? String(written.dropFirst(lead.count)) : written
    let match = NameMatch.of(short, among: names)
    if case .found(let name) = match { return name }
    let problem = match.problem(of: written, noun: "series of \(run.label)")
    throw ToolFailure(
      code: .usage, fact: problem?.fact ?? "no series is named '\(written)'",
      hint: problem?.hint
        ?? (names.isEmpty ? nil : "it has \(names.joined(separator: ", "))"))
  }
}

/// `runs logs`.
struct RunLogs: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs", abstract: "Print what a run wrote to its standard streams.",
    discussion: """
      From its file, and where that is gone from the store. Exits with 4 where both are gone.
      """)

  @OptionGroup var place: PlaceOptions
  @OptionGroup var argument: RunArgument

  func run() async throws {
    let session = try TrackingSession.open(place)
    try await session.doing {
      let run = try session.recorded().run(written: argument.name)
      let store = Session.store(of: session.root)
      guard let log = try RunLog.read(run, in: session.root, store: store) else {
        let hint =
          run.log == nil && run.logDigest == nil
          ? nil : "its file is gone and the store has it no more; 'runs show' has what is left"
        throw ToolFailure(
          code: .verificationFailed, fact: "there is no log of \(run.label)", hint: hint)
      }
      if log.isFromStore {
        Invocation.shared.printError("from the store, since its file is gone")
      }
      Invocation.shared.write(log.bytes)
    }
  }
}
