import ArgumentParser
import PipelineEngine
import PipelineModel

/// `artifacts diff`
struct DiffArtifacts: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Say how two versions differ.",
    discussion: """
      Of metrics and JSON it shows values, old and new; of texts lines; of directories files. What is \
      large or no text is told by digest and size alone. Exits with 0 either way: with '--check', \
      with 4 if they differ.
      """)

  @OptionGroup var manifest: ManifestOptions

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
    let records = try await Records.open(manifest)
    let (history, before) = try records.find(old)
    let (_, now) = try records.find(new)
    let difference = try await records.telling {
      try VersionInspection(history, records.access.store)
        .difference(before, now, patch: patch)
    }
    if json {
      Invocation.shared.print(JSON.pretty(difference.json))
    } else {
      records.show(difference.lines)
    }
    if check, !difference.areEqual { throw ExitCode.verificationFailed }
  }
}
