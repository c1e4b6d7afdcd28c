import ArgumentParser
import PipelineEngine
import PipelineModel

/// `experiments best`.
struct ExperimentBest: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "best", abstract: "Say which experiment is the best by a metric.",
    discussion: """
      Which way is better is said by the manifest's models, or by '--minimize' or '--maximize'. What \
      is not a number never wins.
      """)

  @OptionGroup var place: PlaceOptions

  @Option(help: ArgumentHelp("In full, or an ending that only one has.", valueName: "name"))
  var metric: String

  @Flag(help: "The lowest is the best.")
  var minimize = false

  @Flag(help: "The highest is the best.")
  var maximize = false

  @Option(
    help: ArgumentHelp("Only of those that fulfil it.", valueName: "condition"))
  var `where`: String?

  @Option(help: ArgumentHelp("Only of the trials of a sweep.", valueName: "name"))
  var sweep: String?

  @Flag(help: "Print JSON, schema 1.")
  var json = false

  func validate() throws {
    if minimize && maximize {
      throw ValidationError("Only one of '--minimize' and '--maximize' can be given.")
    }
  }

  func run() async throws {
    let session = try TrackingSession.open(place)
    try await session.doing {
      let history = try session.recorded()
      let condition = try `where`.map { try ConditionArgument.read($0) }
      let metrics = try history.metricNames()
      let measured = TrackedNames(fixed: [], parameters: [], metrics: metrics)
      let name = try measured.name(metric)
      let inquiry = Inquiry(condition: condition)
      let names = TrackedNames(
        fixed: ExperimentRow.names, parameters: try history.parameterNames(), metrics: metrics)
      let resolved = try ResolvedInquiry(
        inquiry, names: names, standard: [ResolvedInquiry.Column(name)])
      let goal = try goal(of: name.text, session)
      var entries = try session.experiments()
      if let sweep {
        entries = entries.filter { $0.sweep == sweep }
        if entries.isEmpty { throw unknown(sweep, try session.experiments()) }
      }
      let ranking = RankedRows(try history.rows(of: entries, resolved), by: goal) { row in
        row.metrics[name.text]?.number
      }
      let report = BestReport(metric: name.text, ranking: ranking)
      session.print(report.lines, report.json, asJSON: json)
    }
  }

  private func goal(of metric: String, _ session: TrackingSession) throws -> Goal {
    if minimize { return .minimize }
    if maximize { return .maximize }
    if let goal = (session.pipeline?.models ?? []).goal(ofMetric: metric) { return goal }
    throw ToolFailure(
      code: .usage, fact: "no model of the manifest says whether '\(metric)' should be high or low",
      hint: "add '--maximize' or '--minimize'")
  }

  private func unknown(_ sweep: String, _ entries: [ExperimentEntry]) -> ToolFailure {
    let names = Set(entries.compactMap(\.sweep)).sorted()
    return ToolFailure(
      code: .usage, fact: "there is no sweep '\(sweep)'",
      hint: nearest(to: sweep, among: names).map { "write '\($0)'" })
  }
}
