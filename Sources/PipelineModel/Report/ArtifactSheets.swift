/// The listings of `artifacts list`.
package enum ArtifactSheets {
  /// An artifact, by its latest version.
  package struct Artifact: Sendable {
    package let latest: VersionEntry
    package let path: String
    package let versionCount: Int
    /// The run that first made the latest version: `sunny-spring-21/train`.
    package let maker: String?

    package init(latest: VersionEntry, path: String, versionCount: Int, maker: String?) {
      self.latest = latest
      self.path = path
      self.versionCount = versionCount
      self.maker = maker
    }
  }

  /// One version of an artifact.
  package struct Version: Sendable {
    package let entry: VersionEntry
    /// The run that first made it.
    package let maker: String?
    /// How many runs have read it.
    package let readerCount: Int
    package let presence: Presence
    /// What the registry calls it: `penguin-classifier@production`.
    package let names: [String]

    package init(
      _ entry: VersionEntry, maker: String?, readerCount: Int, presence: Presence, names: [String]
    ) {
      self.entry = entry
      self.maker = maker
      self.readerCount = readerCount
      self.presence = presence
      self.names = names
    }
  }

  /// One row per artifact.
  package static func sheet(of artifacts: [Artifact]) -> Sheet {
    var sheet = Sheet(
      columns: [
        Sheet.Column("name"), Sheet.Column("kind"), Sheet.Column.numbers("versions"),
        Sheet.Column("latest"), Sheet.Column.numbers("size"), Sheet.Column("recorded"),
        Sheet.Column("run", title: "made by"), Sheet.Column("path"),
      ], emptiness: "no artifact was recorded yet")
    for artifact in artifacts {
      let latest = artifact.latest
      sheet.add([
        Sheet.Cell(latest.artifact, .strong), Sheet.Cell(latest.kind.rawValue),
        Sheet.Cell(.number("\(artifact.versionCount)")), Sheet.Cell("v\(latest.number)"),
        size(latest), time(latest), maker(artifact.maker), Sheet.Cell(artifact.path),
      ])
    }
    return sheet
  }

  /// One row per version, in their order.
  package static func sheet(of versions: [Version]) -> Sheet {
    var sheet = Sheet(
      columns: [
        Sheet.Column("version"), Sheet.Column("digest"), Sheet.Column.numbers("size"),
        Sheet.Column("recorded"), Sheet.Column("run", title: "made by"),
        Sheet.Column.numbers("readers", title: "read by"), Sheet.Column("store"),
        Sheet.Column("latest"), Sheet.Column("models"),
      ], emptiness: "no version was recorded yet")
    for version in versions {
      let entry = version.entry
      let isThere = version.presence == .stored
      sheet.add([
        Sheet.Cell(entry.label, .strong),
        Sheet.Cell(
          .text("\(entry.content.digest)"), StyledLine(entry.content.digest.short)),
        size(entry), time(entry), maker(version.maker),
        Sheet.Cell(.number("\(version.readerCount)")),
        Sheet.Cell(version.presence.rawValue, isThere ? .plain : version.presence.tone),
        Sheet.Cell(.boolean(entry.isLatest), StyledLine(entry.isLatest ? "latest" : "")),
        Sheet.Cell(
          .list(version.names.map(Value.text)), StyledLine(version.names.joined(separator: " "))),
      ])
    }
    return sheet
  }

  private static func size(_ entry: VersionEntry) -> Sheet.Cell {
    let bytes = entry.content.sizeBytes
    return Sheet.Cell(.number("\(bytes)"), StyledLine(Amount.size(bytes: bytes)))
  }

  private static func time(_ entry: VersionEntry) -> Sheet.Cell {
    Sheet.Cell(Timestamp.text(nanoseconds: entry.created))
  }

  private static func maker(_ label: String?) -> Sheet.Cell {
    label.map { Sheet.Cell($0) } ?? .empty
  }
}

extension Presence {
  /// How it is shown: what is lost is bad, what was given up is not.
  var tone: Tone {
    switch self {
    case .stored: .good
    case .collected, .unstored: .dim
    case .missing: .bad
    }
  }
}
