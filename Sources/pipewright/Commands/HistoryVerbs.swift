import ArgumentParser
import PipelineEngine
import PipelineModel

/// `history`: what was recorded, as a whole.
struct HistoryVerbs: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Bring together what several workspaces have recorded.",
    subcommands: [HistoryMerge.self])
}

/// `history merge`.
struct HistoryMerge: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Take in what another history knows.",
    discussion: """
      Experiments, runs, metrics, versions and moves of models are added that this history does not \
      have; the other file is only read. Doing it again adds nothing. Contents are not brought: \
      they lie in the store.

      EXAMPLES
        history merge ~/Downloads/history.db
      """)

  @OptionGroup var place: PlaceOptions

  @Argument(help: "A history.db of another workspace.")
  var file: String

  func run() async throws {
    let session = try Session.open(place)
    let pipeline = try session.validPipeline()
    let warnings = Warnings()
    do {
      let here = try Directory(opening: .here)
      guard try here.status(of: Path(file), followingLinks: true)?.kind == .file else {
        throw ToolFailure(code: .usage, fact: "there is no file '\(file)'")
      }
      let registry = try Registry(
        pipeline, in: session.root, historyFile: session.historyFile, warnings: warnings)
      let count = try registry.history.merge(here.path.appending(Path(file)), warnings: warnings)
      try registry.refresh()
      session.show(warnings.take())
      let parts = [
        Amount.count(count.experiments, "experiment"), Amount.count(count.runs, "run"),
        Amount.count(count.versions, "version"), Amount.count(count.moves, "move"),
      ]
      Invocation.shared.say("new: " + parts.joined(separator: ", "))
    } catch {
      throw Session.failure(error)
    }
  }
}
