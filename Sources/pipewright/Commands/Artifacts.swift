import ArgumentParser
import PipelineEngine
import PipelineModel

/// `artifacts`: what steps have written, version by version.
struct Artifacts: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Look at the versions of what steps have written.",
    discussion: """
      An artifact is named STEP.OUTPUT, a version of it train.model:v3; without a version the latest \
      is meant. A registered model is named likewise: penguin-classifier:v2, \
      penguin-classifier@production.

      EXAMPLES
        artifacts
        artifacts list train.model
        artifacts show train.model:v3
        artifacts get train.model:v3 --output model.json
        artifacts diff train.model:v2 train.model:v3
        artifacts verify
        artifacts lineage train.model:v3 --format mermaid
      """,
    subcommands: [
      ArtifactList.self, ArtifactShow.self, ArtifactGet.self, ArtifactDiff.self,
      ArtifactVerify.self,
      ArtifactLineage.self,
    ],
    defaultSubcommand: ArtifactList.self)
}

/// `artifacts list`
struct ArtifactList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List artifacts, or the versions of one.")

  @OptionGroup var place: PlaceOptions
  @OptionGroup var form: SheetOptions

  @Argument(help: "An artifact: its versions; train.model means those of all combinations.")
  var name: String?

  func run() async throws {
    let session = try TrackingSession.open(place)
    try await session.doing {
      guard let name else {
        form.print(
          ArtifactSheets.sheet(of: try artifacts(session)), as: "artifacts",
          style: session.style)
        return
      }
      form.print(
        ArtifactSheets.sheet(of: try await versions(of: name, session)), as: "versions",
        style: session.style)
    }
  }

  private func artifacts(_ session: TrackingSession) throws -> [ArtifactSheets.Artifact] {
    guard let history = session.history else { return [] }
    return try history.artifacts().compactMap { artifact in
      guard let latest = try artifact.latest ?? history.version(of: artifact.name, nil) else {
        return nil
      }
      return ArtifactSheets.Artifact(
        latest: latest, path: artifact.path, versionCount: artifact.versionCount,
        maker: try history.maker(of: latest)?.label)
    }
  }

  private func versions(of name: String, _ session: TrackingSession) async throws -> [ArtifactSheets
    .Version]
  {
    let store = try await session.openStore()
    let names = try session.history?.artifacts().map(\.name)
      .filter { $0 == name || ArtifactVariants.contains($0, name) }
    guard let names, let history = session.history, !names.isEmpty else {
      // Says what is wrong with the name; a version or a model's name means the one version.
      let (history, found) = try session.find(name)
      return try found.entry.map { [try row($0, history, store)] } ?? []
    }
    return try names.flatMap { artifact in
      let counts = try history.readerCounts(of: artifact)
      return try history.versions(of: artifact).map {
        try row($0, history, store, readerCount: counts[$0.id] ?? 0)
      }
    }
  }

  private func row(
    _ entry: VersionEntry, _ history: History, _ store: Store, readerCount: Int? = nil
  ) throws -> ArtifactSheets.Version {
    ArtifactSheets.Version(
      entry, maker: try history.maker(of: entry)?.label,
      readerCount: try readerCount ?? history.readers(of: entry.id).count,
      presence: try PresenceReading(history, store).presence(of: entry),
      names: try history.registeredNames(of: entry.content))
  }
}

/// `artifacts show`
struct ArtifactShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Say all that is known of one version.")

  @OptionGroup var place: PlaceOptions

  @Argument(help: "Which version: train.model:v3; without a version the latest.")
  var version: String

  @Flag(help: "Print JSON, schema 1.")
  var json = false

  func run() async throws {
    let session = try TrackingSession.open(place)
    try await session.doing {
      let (history, found) = try session.find(version)
      let report = try await VersionInspection(history, session.openStore()).report(on: found)
      session.print(report.lines, report.json, asJSON: json)
    }
  }
}
