import PipelineModel

/// Putting aside what is no history, or none any more.
extension History {
  /// What SQLite keeps beside a database.
  private static let companions = ["-wal", "-shm"]

  /// Renames a damaged history and what belongs to it, so that a new one can be begun.
  static func setAside(_ file: Path, _ warnings: Warnings) throws {
    let root = try Directory(opening: "/")
    let place = placeAside(of: file)
    try root.rename(file, to: place)
    for suffix in companions {
      let companion = Path("\(file)\(suffix)")
      if try root.exists(companion) { try root.rename(companion, to: Path("\(place)\(suffix)")) }
    }
    warnings.add(
      StorageWarning(
        "\(file)", "is damaged",
        action: "set aside as '\(Path(Array(place.name)))'; a new one begins"))
  }

  /// Whether something else stands in its place.
  static func hasNoFile(_ file: Path) throws -> Bool {
    let status = try Directory(opening: "/").status(of: file, followingLinks: true)
    return status.map { $0.kind != .file } ?? false
  }

  /// What stands beside a history in the place of one of SQLite's files, and is none: SQLite would
  /// not open the history.
  static func strangeCompanions(of file: Path) throws -> [Path] {
    let root = try Directory(opening: "/")
    return try companions.map { Path("\(file)\($0)") }.filter {
      try root.status(of: $0).map { $0.kind != .file } ?? false
    }
  }

  /// Renames those.
  static func clearCompanions(of file: Path, _ warnings: Warnings) throws {
    for companion in try strangeCompanions(of: file) {
      let place = placeAside(of: companion)
      try Directory(opening: "/").rename(companion, to: place)
      warnings.add(
        StorageWarning(
          "\(companion)", "is no file", action: "set aside as '\(Path(Array(place.name)))'"))
    }
  }

  private static func placeAside(of file: Path) -> Path {
    let digits = Timestamp.text(nanoseconds: Int(SystemClock.now)).filter(\.isNumber)
    return Path("\(file).damaged-\(digits)")
  }
}
