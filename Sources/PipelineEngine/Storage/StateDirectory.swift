import PipelineModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// `.pipeline`, where the tool keeps its own things in a workspace.
///
/// Who may enter the workspace may read it, and only its owner may write: other users of a shared
/// machine must not be able to change what this user's steps are believed to have made. A store
/// that several users share lies elsewhere, with permissions that they choose.
package struct StateDirectory: Sendable {
  /// `.pipeline`, as seen from the workspace.
  package static let name = Path(Directory.ownName)

  /// The directory that holds the manifest.
  package let workspace: Directory
  /// `.pipeline` itself.
  package let directory: Directory
  /// What tells this workspace from others: 16 hexadecimal digits, random.
  package let id: String

  /// Opens it, makes what is missing, and puts aside what is in the way of the tool's own files.
  ///
  /// - Throws: where a link is in its place: what a run writes is meant for this workspace.
  package static func open(
    _ workspace: Directory, warnings: Warnings = Warnings()
  ) throws -> StateDirectory {
    if try workspace.status(of: name)?.kind == .link {
      throw SystemError("open", name, code: ELOOP, fact: "it is a symbolic link")
    }
    if try !workspace.exists(name) {
      try workspace.makeDirectories(name)
      try workspace.syncDirectory()
    }
    let directory = try workspace.directory(name)
    try refuseLinkedStore(in: directory)
    for part in ["logs", "attic", "components", "shadows", "running"] {
      if try directory.exists(Path(part)) { continue }
      try directory.makeDirectories(Path(part))
    }
    try clearPlaces(of: ownFiles, in: workspace, warnings)
    if try !directory.exists(".gitignore") {
      try directory.replace(".gitignore", with: Array("*\n".utf8))
    }
    return StateDirectory(
      workspace: workspace, directory: directory, id: try readOrMakeID(in: directory))
  }

  /// There as long as a run has the workspace, and after one that was killed, or could not do all
  /// that it had to.
  static let openFile = Path("open")

  /// Files that the tool makes anew whenever they are missing.
  private static let ownFiles: [Path] = [
    ".gitignore", "id", "lock", "clock", "open", "index", "bound", "bound-given", "running/ledger",
  ]

  /// Puts aside what stands in the place of a file and is none: a directory or a link, which nobody
  /// can have wanted there.
  private static func clearPlaces(
    of files: [Path], in workspace: Directory, _ warnings: Warnings
  ) throws {
    for file in files {
      let path = name.appending(file)
      guard let kind = try workspace.status(of: path)?.kind, kind != .file else { continue }
      guard let item = try Attic(of: workspace).setAside(path, experiment: "damaged") else {
        continue
      }
      // Whether the last run has ended is then not known, which is as if it had not.
      if file == openFile { try workspace.replace(path, with: []) }
      warnings.add(
        StorageWarning(path.description, "is no file", action: "kept for 30 days in '\(item.to)'"))
    }
  }

  /// Where steps work that must not touch the workspace's outputs, as seen from the workspace.
  package static let shadows = name.appending("shadows")

  /// Removes what a killed run has left there.
  static func clearShadows(of workspace: Directory) throws {
    guard try workspace.exists(shadows) else { return }
    for entry in try workspace.list(shadows) { try workspace.remove(shadows.entry(entry.name)) }
  }

  /// Removes what a killed process has left half-written, unless that is so young that somebody may
  /// be writing it.
  func clearTemporaries() throws {
    let newest = SystemClock.now / 1_000_000_000 - 86_400
    for entry in try directory.list() where NewFile.isTemporaryName(entry.name) {
      let path = Path(entry.name)
      guard let status = try directory.status(of: path), status.modified.seconds < newest else {
        continue
      }
      try directory.remove(path)
    }
  }

  /// Whether this user has made it. Who only looks writes nothing into another's.
  var isOwn: Bool { (try? directory.descriptor.status().owner) == geteuid() }

  /// What there is of it; `nil` where nothing is, or a link. Makes nothing.
  ///
  /// - Throws: where a link is in the place of the store.
  package static func find(_ workspace: Directory) throws -> StateDirectory? {
    guard try workspace.status(of: name)?.kind == .directory else { return nil }
    let directory = try workspace.directory(name)
    try refuseLinkedStore(in: directory)
    return StateDirectory(
      workspace: workspace, directory: directory, id: try readID(in: directory) ?? noID)
  }

  /// Whoever put it there would choose where objects are written.
  private static func refuseLinkedStore(in directory: Directory) throws {
    guard try directory.status(of: "store")?.kind == .link else { return }
    throw SystemError(
      "open", name.appending("store"), code: ELOOP,
      fact: "it is a symbolic link; name another place by PIPELINE_STORE")
  }

  /// The id of a workspace in which nothing has run yet: no result is from there.
  static let noID = ""

  /// Where the store of a workspace is unless the user says otherwise; absolute.
  package static func storePath(of workspace: Directory) -> Path {
    workspace.path.appending(name).appending("store")
  }

  private static func readOrMakeID(in directory: Directory) throws -> String {
    if let id = try readID(in: directory) { return id }
    let digits = Array("0123456789abcdef".utf8)
    let made = try Machine.randomBytes(8).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    try directory.replace("id", with: made + Array("\n".utf8), durable: true)
    // Another process may have been as quick: what stands there last is the id of both.
    return validID(try directory.read("id")) ?? Path.text(made)
  }

  private static func readID(in directory: Directory) throws -> String? {
    guard try directory.status(of: "id")?.kind == .file else { return nil }
    return validID(try directory.read("id"))
  }

  private static func validID(_ bytes: [UInt8]) -> String? {
    let text = Path.text(bytes.prefix(16))
    let isValid = bytes.count == 17 && text.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) }
    return isValid ? text : nil
  }
}
