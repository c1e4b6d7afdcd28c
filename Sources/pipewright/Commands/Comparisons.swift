import ArgumentParser
import PipelineEngine
import PipelineModel

/// How a comparison is written.
struct ComparisonOptions: ParsableArguments {
  @Flag(help: "Show also what is equal.")
  var all = false

  @OptionGroup var sheet: SheetOptions

  /// - Parameter goals: which way a metric gets better.
  func print(
    _ subjects: [ComparisonReport.Subject], goal: (String) -> Goal?, _ session: TrackingSession
  ) {
    let metrics = subjects.flatMap { $0.entries[.metrics] ?? [] }.map(\.name)
    let goals = Dictionary(
      metrics.compactMap { name in goal(name).map { (name, $0) } }, uniquingKeysWith: { $1 })
    let report = ComparisonReport(subjects: subjects, goals: goals)
    let invocation = Invocation.shared
    if sheet.json {
      invocation.print(JSON.pretty(report.json(onlyDifferences: !all)))
    } else if sheet.csv {
      invocation.print(report.csv(onlyDifferences: !all))
    } else if sheet.markdown {
      invocation.print(report.markdown(onlyDifferences: !all))
    } else {
      session.print(report.lines(onlyDifferences: !all, width: Columns.width))
    }
  }
}

/// `experiments compare`.
struct ExperimentCompare: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Put experiments side by side.",
    discussion: """
      Parameters, metrics, versions and code, where they differ. The first is what the others are \
      compared with: a metric says by how much it differs, and whether that is better where a model \
      of the manifest says which way is. Without names the latest is compared with the one before, \
      and a single one with the latest.
      """)

  @OptionGroup var place: PlaceOptions

  @Argument(
    help: ArgumentHelp(
      "By name, by the beginning of an id, 'latest' or 'latest~1'.", valueName: "experiment"))
  var names: [String] = []

  @OptionGroup var form: ComparisonOptions

  func run() async throws {
    let session = try TrackingSession.open(place)
    try await session.doing {
      let history = try session.recorded()
      let asked =
        names.isEmpty ? ["latest~1", "latest"] : names.count == 1 ? names + ["latest"] : names
      let subjects = try asked.map { name in
        try history.subject(of: try session.experiment(name))
      }
      form.print(
        subjects, goal: { (session.pipeline?.models ?? []).goal(ofMetric: $0) }, session)
    }
  }
}

/// `runs compare`.
struct RunCompare: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Put runs side by side.",
    discussion: """
      Parameters and environment, metrics, versions read and written, and code, where they differ.
      """)

  @OptionGroup var place: PlaceOptions

  @Argument(
    help: ArgumentHelp(
      "At least two: EXPERIMENT/STEP, a step for its newest run, or the beginning of an id.",
      valueName: "run"))
  var names: [String]

  @OptionGroup var form: ComparisonOptions

  func validate() throws {
    if names.count < 2 { throw ValidationError("Two runs are needed to compare them.") }
  }

  func run() async throws {
    let session = try TrackingSession.open(place)
    try await session.doing {
      let history = try session.recorded()
      let subjects = try names.map { name in
        try history.report(of: try history.run(written: name)).subject
      }
      form.print(
        subjects, goal: { (session.pipeline?.models ?? []).goal(ofMetric: $0) }, session)
    }
  }
}
