import ArgumentParser
import PipelineEngine
import PipelineModel

/// `artifacts lineage`
struct ArtifactLineage: AsyncParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, mermaid
  }

  static let configuration = CommandConfiguration(
    commandName: "lineage", abstract: "Say what made a version, and what was made from it.",
    discussion: """
      Upward: the run that first made it with its code, data and parameters, and likewise whatever \
      that has read. Downward: the runs that have read it, what they wrote, and so on.
      """)

  @OptionGroup var place: PlaceOptions

  @Argument(help: "Which version: train.model:v3; without a version the latest.")
  var version: String

  @Flag(help: "Only what made it.")
  var up = false

  @Flag(help: "Only what was made from it.")
  var down = false

  @Option(help: ArgumentHelp("At most so many runs away.", valueName: "count"))
  var depth: Int?

  @Option(help: "How to write it: \(Format.allValueStrings.joined(separator: ", ")).")
  var format: Format = .text

  func validate() throws {
    if let depth, depth < 0 { throw ValidationError("'--depth \(depth)' is below zero.") }
  }

  func run() async throws {
    let session = try TrackingSession.open(place)
    let directions: [Lineage.Direction] = up == down ? [.up, .down] : up ? [.up] : [.down]
    try await session.doing {
      let (history, found) = try session.find(version)
      guard let entry = found.entry else {
        throw ToolFailure(
          code: .usage,
          fact: "'\(found.label)' was registered elsewhere: this history has no runs of it",
          hint: "'history merge' brings what another history knows")
      }
      let lineage = try await VersionInspection(history, session.openStore())
        .lineage(of: entry, directions, depth: depth)
      let report = LineageReport(lineage, directions)
      switch format {
      case .text: session.print(report.lines)
      case .json: Invocation.shared.print(JSON.pretty(report.json))
      case .mermaid: Invocation.shared.print(report.mermaid)
      }
    }
  }
}
