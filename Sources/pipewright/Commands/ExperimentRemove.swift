import ArgumentParser
import PipelineEngine
import PipelineModel

/// `experiments remove`.
struct ExperimentRemove: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Remove experiments from the history.",
    discussion: """
      Their steps, parameters, tags, runs and metrics go. A run stays that another experiment has \
      kept, or that was first to make a version; versions, and what was promoted, always stay. \
      Nothing in the workspace or in the store changes.
      """)

  @OptionGroup var place: PlaceOptions

  @Argument(help: ArgumentHelp("By name or the beginning of an id.", valueName: "experiment"))
  var names: [String]

  func run() async throws {
    let session = try TrackingSession.open(place)
    try await session.doing {
      let history = try session.recorded()
      var entries: [ExperimentEntry] = []
      for name in names {
        let entry = try session.experiment(name)
        if !entries.contains(entry) { entries.append(entry) }
      }
      if let running = entries.first(where: { $0.outcome == .running }) {
        throw ToolFailure(
          code: .usage, fact: "experiment '\(running.name)' is running; nothing was removed",
          hint: "wait for it, or stop it with Ctrl-C")
      }
      for removed in try history.remove(entries) {
        let kept =
          removed.keptRuns == 0
          ? ""
          : "; \(Amount.count(removed.keptRuns, "run")) stay: others, or versions, came from them"
        Invocation.shared.say(
          "removed '\(removed.name)' with \(Amount.count(removed.removedRuns, "run"))\(kept)")
      }
    }
  }
}
