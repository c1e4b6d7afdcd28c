import ArgumentParser
import PipelineEngine
import PipelineModel

/// `experiments`: what was run, and what came out.
struct Experiments: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List, show and compare what was run.",
    discussion: """
      An experiment is named by its name, by the beginning of its id, or as 'latest' and 'latest~1', \
      the one before. Parameters and metrics are named in full or by any ending behind a dot that \
      only one has: 'accuracy' for 'evaluate.scores.accuracy'.

      EXAMPLES
        experiments
        experiments list --where "accuracy > 0.95 and train.rate = 0.1" --sort -accuracy
        experiments list --columns name,train.rate,accuracy --limit 10
        experiments show latest
        experiments compare sunny-spring-21 latest --markdown
        experiments best --metric accuracy --where "tag = nightly"
      """,
    subcommands: [
      ExperimentList.self, ExperimentShow.self, ExperimentCompare.self, ExperimentBest.self,
      ExperimentApply.self, ExperimentRemove.self, ExperimentExport.self,
    ],
    defaultSubcommand: ExperimentList.self)
}

/// `experiments list`.
struct ExperimentList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List experiments, the newest first.",
    discussion: """
      Every experiment has \(ExperimentRow.names.joined(separator: ", ")); beside these '--where', \
      '--sort' and '--columns' take parameters and metrics. Without '--columns' the metrics are \
      shown by which the manifest's models are judged.
      """)

  @OptionGroup var place: PlaceOptions
  @OptionGroup var inquiry: InquiryOptions
  @OptionGroup var sheet: SheetOptions

  func run() async throws {
    let session = try TrackingSession.open(place)
    try await session.doing {
      let asked = try inquiry.inquiry()
      let entries = try session.experiments()
      guard let history = session.history else {
        let columns = ExperimentRow.standardColumns
        sheet.print(
          Sheet([ExperimentRow](), under: columns, emptiness: "nothing was recorded yet"),
          as: "experiments", style: session.style)
        return
      }
      let resolved = try resolve(asked, history, session)
      let rows = try history.rows(of: entries, resolved)
      let emptiness = entries.isEmpty ? "no experiments" : "no experiment fulfils the condition"
      sheet.print(
        Sheet(rows, under: resolved.columns, emptiness: emptiness), as: "experiments",
        style: session.style)
    }
  }

  private func resolve(
    _ asked: Inquiry, _ history: History, _ session: TrackingSession
  ) throws -> ResolvedInquiry {
    // All names there are take a look at every run.
    let isOwn = asked.writtenNames.allSatisfy(ExperimentRow.names.contains)
    let names = TrackedNames(
      fixed: ExperimentRow.names, parameters: isOwn ? [] : try history.parameterNames(),
      metrics: isOwn ? [] : try history.metricNames())
    let metrics = session.modelMetrics.map {
      ResolvedInquiry.Column(.metric($0.description))
    }
    return try ResolvedInquiry(
      asked, names: names, standard: ExperimentRow.standardColumns + metrics)
  }
}

/// `experiments show`.
struct ExperimentShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show all that is known of an experiment.")

  @OptionGroup var place: PlaceOptions

  @Argument(help: "Its name, the beginning of its id, 'latest' or 'latest~1'.")
  var name: String

  @Flag(help: "Print JSON, schema 1.")
  var json = false

  func run() async throws {
    let session = try TrackingSession.open(place)
    try await session.doing {
      let report = try session.recorded().report(of: try session.experiment(name))
      session.print(report.lines, report.json, asJSON: json)
    }
  }
}
