import ArgumentParser
import PipelineEngine
import PipelineModel

/// `artifacts diff`
struct ArtifactDiff: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Say how two versions differ.",
    discussion: """
      Of metrics and JSON it shows values, old and new; of texts lines; of directories files. What is \
      large or no text is told by digest and size alone. Exits with 0 either way: with '--check', \
      with 4 if they differ.
      """)

  @OptionGroup var place: PlaceOptions

  @Argument(help: "The version to start from: train.model:v2.")
  var old: String

  @Argument(help: "The version to compare with it.")
  var new: String

  @Flag(help: "Of directories, show the lines of every file that differs.")
  var patch = false

  @Flag(help: "Exit with 4 if they differ.")
  var check = false

  @Flag(help: "Print JSON, schema 1.")
  var json = false

  func run() async throws {
    let session = try TrackingSession.open(place)
    let difference = try await session.doing {
      let (history, before) = try session.find(old)
      let (_, now) = try session.find(new)
      return try await VersionInspection(history, session.openStore())
        .difference(before, now, patch: patch)
    }
    session.print(difference.lines, difference.json, asJSON: json)
    if check, !difference.areEqual { throw ExitCode.verificationFailed }
  }
}
