import CPipelineSystem
import PipelineModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What the workspace holds, read only where a stamp changed.
package struct Contents: Sendable {
  /// What relative paths are seen from.
  package let workspace: Directory
  /// What is known without reading.
  package let stamps: Stamps
  /// What counts as not there.
  package let ignore: IgnoreRules
  /// Where a link among an output's parents may lead.
  package let outside: [Path]

  package init(
    of workspace: Directory, stamps: Stamps, ignore: IgnoreRules = IgnoreRules(),
    outside: [Path] = []
  ) {
    self.workspace = workspace
    self.stamps = stamps
    self.ignore = ignore
    self.outside = outside
  }

  /// What an input holds; `nil` where there is nothing. Links are followed.
  ///
  /// - Throws: `StorageError` for what is no file or directory, also inside a directory;
  ///   `SystemError` for what cannot be read.
  package func content(ofInput path: Path) throws -> Content? {
    guard let status = try statusThroughLinks(path) else {
      for place in path.parents + [path] {
        let isDangling =
          try isLink(place) && workspace.status(of: place, followingLinks: true) == nil
        if isDangling { throw StorageError.danglingLink(place) }
      }
      return nil
    }
    switch status.kind {
    case .file:
      return try stamps.content(of: path, in: workspace, status: status, followingLinks: true)
    case .directory: return try listing(ofInput: path).content
    case .link, .other: throw StorageError.notAFile(path)
    }
  }

  /// All that counts below an input directory.
  package func listing(ofInput path: Path) throws -> Listing {
    try untilAtRest(path) { try listingAtOnce(ofInput: path) }
  }

  private func listingAtOnce(ofInput path: Path) throws -> Listing {
    var entries: [Listing.Entry] = []
    let walk = Walk(
      directory: workspace, followsLinks: true, counts: { !ignore.ignores($0) },
      lists: { try stamps.note(directory: $0, $1, in: workspace) })
    try walk.visit(path) { found, kind in
      switch kind {
      case .file:
        guard let status = try workspace.status(of: found, followingLinks: true) else {
          throw SystemError("look at", found, code: ENOENT)
        }
        let content = try stamps.content(
          of: found, in: workspace, status: status, followingLinks: true)
        entries.append(Listing.Entry(content, at: found.below(path)))
      case .emptyDirectory:
        if found != path { entries.append(.emptyDirectory(found.below(path))) }
      case .danglingLink: throw StorageError.danglingLink(found)
      case .loop: throw StorageError.linkLoop(found)
      case .link, .other: throw StorageError.notAFile(found)
      }
    }
    return Listing(entries)
  }

  /// The files that a pattern matches, sorted by bytes. Links to files count.
  package func matches(of glob: Glob) throws -> [Path] {
    try untilAtRest(glob.base) { try matchesAtOnce(of: glob) }
  }

  private func matchesAtOnce(of glob: Glob) throws -> [Path] {
    guard try workspace.status(of: glob.base, followingLinks: true)?.kind == .directory else {
      return []
    }
    var matches: [Path] = []
    let walk = Walk(
      directory: workspace, followsLinks: true, counts: { !ignore.ignores($0) },
      enters: { glob.mayMatchBelow($0) },
      lists: { try stamps.note(directory: $0, $1, in: workspace) })
    try walk.visit(glob.base) { path, kind in
      switch kind {
      case .file: if glob.matches(path) { matches.append(path) }
      case .loop: throw StorageError.linkLoop(path)
      case .danglingLink: if glob.matches(path) { throw StorageError.danglingLink(path) }
      case .emptyDirectory, .link, .other: break
      }
    }
    return matches.sorted()
  }

  /// Once more where something vanished between being listed and being looked at, as other
  /// programs' temporary files do.
  private func untilAtRest<Answer>(_ path: Path, _ body: () throws -> Answer) throws -> Answer {
    for attempt in 1..<Contents.attempts {
      do {
        return try body()
      } catch let error as SystemError where error.code == ENOENT {
        pipeline_sleep(Int64(attempt) * 20_000_000)
      }
    }
    do {
      return try body()
    } catch let error as SystemError where error.code == ENOENT {
      throw StorageError.changedWhileRead(path)
    }
  }

  private static let attempts = 4

  private func statusThroughLinks(_ path: Path) throws -> FileStatus? {
    do {
      return try workspace.status(of: path, followingLinks: true)
    } catch  where error.code == ELOOP {
      throw StorageError.linkLoop(path)
    }
  }

  /// Lets memory keep nothing of the files that were read here, as far as the disk has it: they are
  /// then read as the disk has them.
  func letGo() {
    for path in stamps.learnt.places.keys {
      guard let file = try? workspace.openFile(path, followingLinks: true) else { continue }
      _ = pipeline_let_go(file.descriptor.number, 0, file.status.sizeBytes)
    }
  }

  /// Whether the name itself is a symbolic link.
  func isLink(_ path: Path) throws -> Bool {
    try workspace.status(of: path)?.kind == .link
  }
}

extension Listing.Entry {
  /// A file's entry.
  init(_ content: Content, at path: Path) {
    self.init(
      path: path, kind: content.kind == .executable ? .executable : .file,
      digest: content.digest, sizeBytes: content.sizeBytes)
  }

  /// The entry of a directory in which nothing counts.
  static func emptyDirectory(_ path: Path) -> Listing.Entry {
    Listing.Entry(path: path, kind: .directory, digest: SHA256.digest([]), sizeBytes: 0)
  }
}
