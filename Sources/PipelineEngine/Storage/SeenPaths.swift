import PipelineModel

/// The paths whose sightings tell what something holds: if none of them has changed, it has not.
extension Contents {
  /// Of an input that was read: a file, or a directory with all that counts in it.
  ///
  /// - Returns: nil where no sighting of it is known.
  func seenPaths(ofInput path: Path) throws -> [Path]? {
    try seenPaths(of: path, followingLinks: true) { _ in true }
  }

  /// Of an output, in which links stand for themselves.
  func seenPaths(ofOutput path: Path) throws -> [Path]? {
    try seenPaths(of: path, followingLinks: false) { _ in true }
  }

  /// Of the files that a pattern matches: they, and all directories that were searched.
  func seenPaths(of glob: Glob) throws -> [Path]? {
    guard try workspace.status(of: glob.base)?.kind == .directory else {
      return try seenPaths(ofMissing: glob.base)
    }
    let matches = Set(try self.matches(of: glob))
    return try seenPaths(
      of: glob.base, followingLinks: true, enters: { glob.mayMatchBelow($0) },
      where: matches.contains)
  }

  /// Of something that was looked for and is not there.
  ///
  /// - Returns: nil where it is there.
  func seenPaths(ofMissing path: Path) throws -> [Path]? {
    for place in path.parents + [path] where try workspace.status(of: place) == nil {
      stamps.note(absent: place)
      return [place]
    }
    return nil
  }

  private func seenPaths(
    of path: Path, followingLinks: Bool, enters: @escaping (Path) -> Bool = { _ in true },
    where isWanted: (Path) -> Bool
  ) throws -> [Path]? {
    switch stamps.sighting(at: path)?.kind {
    case .file?, .executable?: return [path]
    case .absent?, .unread?, nil: return nil
    case .directory?: break
    }
    var paths: [Path] = []
    var isKnown = true
    let directories = Locked<[Path]>([])
    let walk = Walk(
      directory: workspace, followsLinks: followingLinks, counts: { !ignore.ignores($0) },
      enters: enters, lists: { path, _ in directories.withLock { $0.append(path) } })
    try walk.visit(path) { found, kind in
      switch kind {
      case .file: if isWanted(found) { paths.append(found) }
      case .emptyDirectory: break
      case .link, .danglingLink, .loop, .other: isKnown = false
      }
    }
    return isKnown ? directories.withLock { $0 } + paths : nil
  }
}
