import PipelineModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The committed file that mirrors every move of an alias: one line of JSON each, only ever added
/// to, so that git can merge it and the registry outlives this workspace.
package struct RegistryFile: Sendable {
  package let path: Path
  private let root: Directory
  private let warnings: Warnings

  /// - Parameter path: from the workspace.
  package init(_ path: Path, in root: Directory, warnings: Warnings) {
    self.path = path
    self.root = root
    self.warnings = warnings
  }

  /// Whether it says anything.
  package var exists: Bool { (try? root.status(of: path, followingLinks: true))?.kind == .file }

  /// Takes in what others have done: moves that the history does not know.
  ///
  /// A line that says nothing usable is told of and passed over; it stays in the file.
  ///
  /// - Returns: how many were new.
  @discardableResult
  package func takeIn(to history: History) throws -> Int {
    let lines = try read(tells: true).lines
    guard !lines.isEmpty else { return 0 }
    let known = try history.globalIDsOfMoves()
    let new = lines.filter { !known.contains($0.move.globalID) }
      .sorted { ($0.move.time, $0.move.globalID) < ($1.move.time, $1.move.globalID) }
    guard !new.isEmpty else { return 0 }
    return try history.write { db in
      try new.count { try ModelRegistration(db: db).insert($0, isMirrored: true) }
    }
  }

  /// Adds the moves that the history has and no file was told of; what cannot be written is told
  /// of, and added the next time.
  package func mirror(_ history: History, project: String) throws {
    let open = try history.unmirrored(project: project)
    guard !open.isEmpty else { return }
    do throws(SystemError) {
      let (lines, isTorn) = try read(tells: false)
      let present = Set(lines.map(\.move.globalID))
      let missing = open.filter { !present.contains($0.line.move.globalID) }
      if !missing.isEmpty { try append(missing.map(\.line), isTorn: isTorn) }
    } catch {
      tellUnwritten(open.count, error)
      return
    }
    try history.noteMirrored(open.map(\.row))
  }

  /// Adds every move that the history has and the file has lost. Lines that say nothing usable stay,
  /// and are told of.
  ///
  /// - Returns: how many were missing.
  package func complete(from history: History, project: String) throws -> Int {
    let (lines, isTorn) = try read(tells: true)
    let present = Set(lines.map(\.move.globalID))
    let missing = try history.models().flatMap { model in
      model.moves.filter { !present.contains($0.globalID) }
        .compactMap { model.line(ofMove: $0.globalID, project: project) }
    }.sorted { ($0.move.time, $0.move.globalID) < ($1.move.time, $1.move.globalID) }
    if missing.isEmpty { return 0 }
    do throws(SystemError) {
      try append(missing, isTorn: isTorn)
      return missing.count
    } catch {
      tellUnwritten(missing.count, error)
      return 0
    }
  }

  private func tellUnwritten(_ count: Int, _ error: SystemError) {
    warnings.add(
      StorageWarning(
        "\(path)", "cannot be written (\(error))",
        action: "\(Amount.count(count, "move")) will be added to it the next time"))
  }

  private func append(_ lines: [RegistryLine], isTorn: Bool) throws(SystemError) {
    // What a full disk or a crash has cut off must not spoil what comes after it.
    let text = (isTorn ? "\n" : "") + lines.map { $0.text + "\n" }.joined()
    if !path.parent.isHere { try root.makeDirectories(path.parent, links: .followed) }
    // A pipe would have this wait for its reader.
    guard try (root.status(of: path, followingLinks: true)?.kind ?? .file) == .file else {
      throw SystemError("write", path, code: EINVAL, fact: "it is not a file")
    }
    let isNew = try !root.exists(path)
    let file = try root.openForAppending(path)
    try file.write(Array(text.utf8))
    try root.syncFile(path)
    if isNew { try root.syncDirectory(path.parent) }
  }

  private func read(tells: Bool) throws(SystemError) -> (lines: [RegistryLine], isTorn: Bool) {
    guard let status = try root.status(of: path, followingLinks: true), status.kind == .file else {
      return ([], false)
    }
    let bytes = try root.read(path)
    let isTorn = bytes.last.map { $0 != UInt8(ascii: "\n") } ?? false
    var lines: [RegistryLine] = []
    let texts = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, bytes) in texts.enumerated() {
      var text = Substring(decoding: bytes, as: UTF8.self)
      if text.last == "\r" { text.removeLast() }
      if text.allSatisfy(\.isWhitespace) { continue }
      do throws(RegistryLine.Fault) {
        lines.append(try RegistryLine(String(text)))
      } catch {
        guard tells else { continue }
        warnings.add(
          StorageWarning(
            "\(path):\(index + 1)", error.fact, action: "passed over; \(error.hint)"))
      }
    }
    return (lines, isTorn)
  }
}

extension History {
  func globalIDsOfMoves() throws -> Set<String> {
    try read { try String.fetchSet($0, sql: "SELECT gid FROM move") }
  }
}
