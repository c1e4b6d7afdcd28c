import PipelineModel

/// The first bytes of an SQLite file, as far as they say whose it is.
///
/// Read from the file itself: merely to open a database of somebody else would change it.
///
/// - SeeAlso: "Database File Format", section 1.3, sqlite.org.
enum DatabaseHeader {
  private static let magic = Array("SQLite format 3\0".utf8)
  private static let sizeBytes = 100
  /// Counts changes of the tables; 0 before the first.
  private static let schemaCookie = 40
  private static let applicationID = 68

  /// - Throws: `HistoryFault` for a database with tables that are not ours, and for a file of
  ///   another kind. In the directory that is ours alone the latter is a damaged history.
  static func refuseForeign(_ file: Path) throws {
    let root = try Directory(opening: "/")
    switch try root.status(of: file, followingLinks: true)?.kind {
    case .file: break
    case .other:
      // SQLite would wait for somebody at the other end of a pipe.
      throw HistoryFault(
        "'\(file)' is no file", hint: "name another one with '--history', or move this one away",
        isUsage: true)
    case .directory, .link, nil: return
    }
    let header = try beginning(of: file, in: root)
    guard header.count == sizeBytes, header.starts(with: magic) else {
      if header.isEmpty || isOurs(file) { return }
      throw HistoryFault(
        "'\(file)' is no history of this program, or is damaged",
        hint: "name another file with '--history', or move this one away", isUsage: true)
    }
    let isEmpty = number(at: schemaCookie, in: header) == 0
    let isOurs = number(at: applicationID, in: header) == HistorySchema.applicationID
    guard !isEmpty, !isOurs else { return }
    throw foreign(file)
  }

  /// Whether it lies in the directory that is ours alone.
  static func isOurs(_ file: Path) -> Bool {
    file.parent.name.elementsEqual(StateDirectory.name.bytes)
  }

  /// What is wrong with a database that has tables of somebody else.
  static func foreign(_ file: Path) -> HistoryFault {
    HistoryFault(
      "'\(file)' is a database, and not a history of this program",
      hint: "name another file with '--history'", isUsage: true)
  }

  private static func beginning(of file: Path, in root: Directory) throws -> [UInt8] {
    let descriptor = try root.open(file).descriptor
    var bytes = [UInt8](repeating: 0, count: sizeBytes)
    let count = try bytes.withUnsafeMutableBytes { try descriptor.read(into: $0) }
    return Array(bytes.prefix(count))
  }

  private static func number(at offset: Int, in header: [UInt8]) -> Int {
    header[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
  }
}
