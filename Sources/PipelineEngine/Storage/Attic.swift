import PipelineModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Keeps what would be overwritten and is nowhere else, for some time.
package struct Attic: Sendable {
  private let workspace: Directory
  private let top: Path

  /// - Parameter path: of the attic, as seen from the workspace.
  package init(of workspace: Directory, at path: Path = StateDirectory.name.appending("attic")) {
    self.workspace = workspace
    top = path
  }

  /// What was put away.
  package struct Item: Equatable, Sendable {
    /// Where it was, as seen from the workspace.
    package let from: Path
    /// Where it is now, as seen from the workspace.
    package let to: Path

    /// The shell command that brings it back, from the workspace.
    package var command: String { "mv \(Attic.quoted(to)) \(Attic.quoted(from))" }
  }

  /// Moves what is at an output's place to `<experiment>/<path>`.
  ///
  /// - Returns: `nil` where nothing is there.
  package func setAside(
    _ path: Path, experiment: String, links: Links = .refused
  ) throws -> Item? {
    guard path.isInside else { throw StorageError.notInside(path) }
    guard try workspace.exists(path) else { return nil }
    let place = try freePlace(for: path, experiment: experiment)
    try workspace.makeDirectories(place.parent)
    do {
      try workspace.rename(path, to: place, links: links)
    } catch  where error.code == EXDEV {
      // It is on another file system: a large disk that the output's parent links to.
      try copy(path, to: place)
      try workspace.remove(path, links: links)
    }
    return Item(from: path, to: place)
  }

  /// Removes what has been here for longer than that.
  ///
  /// - Parameter now: nanoseconds since 1970.
  package func expire(
    after age: Duration = .seconds(30 * 86_400), now: Int64 = SystemClock.now
  ) throws {
    guard try workspace.exists(top) else { return }
    for entry in try workspace.list(top) {
      let path = top.entry(entry.name)
      guard let status = try workspace.status(of: path) else { continue }
      let seconds = now / 1_000_000_000 - max(status.modified.seconds, status.changed.seconds)
      if seconds > age.components.seconds { try workspace.remove(path) }
    }
  }

  private func freePlace(for path: Path, experiment: String) throws -> Path {
    let place = top.entry(Array(experiment.utf8)).appending(path)
    var free = place
    var count = 2
    while try workspace.exists(free) {
      free = place.parent.entry(Array(place.name) + Array(".\(count)".utf8))
      count += 1
    }
    return free
  }

  private func copy(_ path: Path, to place: Path) throws {
    do {
      guard try workspace.status(of: path)?.kind == .directory else {
        return try copyPiece(path, to: place)
      }
      try workspace.makeDirectories(place)
      let walk = Walk(directory: workspace, followsLinks: false, counts: { _ in true })
      try walk.visit(path) { found, kind in
        let copy = place.appending(found.below(path))
        if kind == .emptyDirectory { return try workspace.makeDirectories(copy) }
        try workspace.makeDirectories(copy.parent)
        try copyPiece(found, to: copy)
      }
    } catch {
      try? workspace.remove(place)
      throw error
    }
  }

  private func copyPiece(_ path: Path, to place: Path) throws {
    guard let status = try workspace.status(of: path) else { return }
    switch status.kind {
    case .file:
      let file = try workspace.openFile(path, followingLinks: false)
      try workspace.copy(from: file.descriptor, to: place)
      if status.isExecutable { try workspace.setExecutable(true, of: place) }
    case .link: try workspace.makeLink(place, to: try workspace.readLink(path))
    case .directory, .other: throw StorageError.notAFile(path)
    }
  }

  /// A path as one word of the shell.
  private static func quoted(_ path: Path) -> String {
    let isPlain = path.bytes.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "/._-+=@%,:".utf8.contains(byte)
      }
    }
    // A word that begins with a dash would be taken for an option of `mv`.
    let start = path.bytes.first == UInt8(ascii: "-") ? "./" : ""
    if isPlain { return start + path.description }
    let isText =
      String(validating: path.bytes, as: UTF8.self) != nil
      && path.bytes.allSatisfy { $0 >= 32 && $0 != 127 }
    if isText {
      return "'" + start
        + path.description.split(separator: "'", omittingEmptySubsequences: false)
        .joined(separator: "'\\''") + "'"
    }
    // Octal, since a hexadecimal escape has no certain end.
    let escaped = path.bytes.map { byte in
      let digits = String(byte, radix: 8)
      return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
    }
    return "$'" + start + escaped.joined() + "'"
  }
}
