import ArgumentParser
import PipelineEngine
import PipelineModel

/// `artifacts get`
struct ArtifactGet: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Write a version's file or directory to a place of your choice.",
    discussion: """
      Every byte is verified while it is copied; the file or directory appears whole, and never in \
      place of another. Exits with 4 where the store does not have it.
      """)

  @OptionGroup var place: PlaceOptions

  @Argument(help: "Which version: train.model:v3; without a version the latest.")
  var version: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Where to; by default its own name in the current directory.", valueName: "path"))
  var output: String?

  func run() async throws {
    let session = try TrackingSession.open(place)
    try await session.doing {
      let (history, found) = try session.find(version)
      let store = try await session.openStore()
      let inspection = VersionInspection(history, store)
      let name =
        try output
        ?? inspection.report(on: found).path.flatMap { path in
          Path(path).components.last.map { String(decoding: $0, as: UTF8.self) }
        }
      guard let name else {
        throw ToolFailure(
          code: .usage, fact: "nothing is known of the name of '\(found.label)'",
          hint: "give it one with '--output'")
      }
      let here = try Directory(opening: .here)
      let place = here.path.appending(name)
      if try here.exists(place) {
        throw ToolFailure(
          code: .usage, fact: "'\(name)' is there already, and nothing is overwritten",
          hint: "name another place with '--output'")
      }
      do {
        try store.copyOut(found.content, to: place)
      } catch let error as StorageError where error.isStoreFault {
        throw try lost(found, inspection)
      }
      Invocation.shared.say("\(found.label) is now '\(name)'")
    }
  }

  private func lost(_ version: FoundVersion, _ inspection: VersionInspection) throws -> ToolFailure
  {
    let presence = try inspection.presence(of: version)
    let state =
      switch presence {
      case .stored, .missing: "is damaged in the store, or a part of it is missing"
      case .collected: "was collected, the store does not have it any more"
      case .unstored: "was never stored, as its output says 'store: false'"
      }
    let remedy = try version.entry.flatMap {
      try inspection.remedy(for: $0, command: Invocation.commandName)
    }
    let maker = remedy.map {
      "; \($0.maker) made it at \(Timestamp.text(nanoseconds: $0.ended))"
    }
    return ToolFailure(
      code: .verificationFailed, fact: "'\(version.label)' \(state)\(maker ?? "")",
      hint: remedy.map { "make it again: \($0.text)" })
  }
}

/// `artifacts verify`
struct ArtifactVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Read what the store has of versions and say what is damaged.",
    discussion: """
      Exits with 4 if anything is damaged or missing. A version that was collected is no damage.
      """)

  @OptionGroup var place: PlaceOptions

  @Argument(help: "An artifact or one version of it; by default all versions of all.")
  var name: String?

  @Flag(help: "Print JSON, schema 1.")
  var json = false

  func run() async throws {
    let session = try TrackingSession.open(place)
    let report = try await session.doing {
      let versions = try versions(session)
      guard let history = session.history else { return VersionVerification([]) }
      return try await VersionInspection(history, session.openStore()).verify(versions)
    }
    session.print(report.lines, report.json, asJSON: json)
    if !report.isSound { throw ExitCode.verificationFailed }
  }

  private func versions(_ session: TrackingSession) throws -> [FoundVersion] {
    guard let history = session.history, let name else {
      if let name { return [try session.find(name).version] }
      return try session.history?.everyVersion() ?? []
    }
    let artifacts = try history.artifacts().map(\.name)
      .filter { $0 == name || ArtifactVariants.contains($0, name) }
    if artifacts.isEmpty { return [try session.find(name).version] }
    return try artifacts.flatMap { try history.everyVersion(of: $0) }
  }
}
