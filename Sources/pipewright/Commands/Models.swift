import ArgumentParser
import PipelineEngine
import PipelineModel

/// `models`: the registry.
struct Models: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show registered models, and move the aliases that say which version is in use.",
    discussion: """
      EXAMPLES
        models                                        all models
        models show penguin-classifier                its versions, and what was measured of them
        models promote penguin-classifier production  the latest version
        models promote penguin-classifier:v3 production --why "asked for by the zoo"
        models promote penguin-classifier production --if-better
        models rollback penguin-classifier production
        models log penguin-classifier
      """,
    subcommands: [
      ModelList.self, ModelShow.self, ModelPromote.self, ModelRollback.self, ModelLog.self,
    ],
    defaultSubcommand: ModelList.self)
}

/// `models list`.
struct ModelList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "All models with their latest versions and aliases.")

  @OptionGroup var place: PlaceOptions

  @Flag(help: "Print JSON, schema 1.")
  var json = false

  func run() async throws {
    let session = try TrackingSession.open(place)
    try await session.doing {
      let reports = try ModelSession(session).reports()
      session.print(
        ModelReport.list(reports), ModelReport.json(reports, project: session.pipeline?.project),
        asJSON: json)
    }
  }
}

/// `models show`.
struct ModelShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "The versions of a model, and what was measured of each.")

  @OptionGroup var place: PlaceOptions

  @Argument(help: "The model.")
  var name: String

  @Flag(help: "Print JSON, schema 1.")
  var json = false

  func run() async throws {
    let session = try TrackingSession.open(place)
    try await session.doing {
      let models = try ModelSession(session)
      let report = try models.report(on: models.registered(named: name))
      session.print(
        report.lines, ModelReport.json([report], project: session.pipeline?.project), asJSON: json)
    }
  }
}

/// `models log`.
struct ModelLog: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Every move of an alias: when, who, from, to and why.")

  @OptionGroup var place: PlaceOptions

  @Argument(help: "The model; all where none is named.")
  var name: String?

  @Flag(help: "Print JSON, schema 1.")
  var json = false

  func run() async throws {
    let session = try TrackingSession.open(place)
    try await session.doing {
      let models = try ModelSession(session)
      let chosen = try name.map { [try models.registered(named: $0)] } ?? models.all()
      session.print(ModelReport.log(chosen), ModelReport.logJSON(chosen), asJSON: json)
    }
  }
}
