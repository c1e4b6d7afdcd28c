/// Where outputs lie, so that what reads or writes near them is found without comparing all pairs.
package struct OutputMap: Sendable {
  private var at: [Path: ID<Artifact>] = [:]
  /// For every directory on the way to an output: the outputs below it.
  private var below: [Path: [ID<Artifact>]] = [:]

  package init() {}

  /// - Returns: an artifact that already has this path, lies below it or holds it; nil where the
  ///   place is free, and then taken.
  package mutating func claim(_ path: Path, for artifact: ID<Artifact>) -> ID<Artifact>? {
    if let other = outputs(at: path).first { return other }
    at[path] = artifact
    for directory in path.ancestors { below[directory, default: []].append(artifact) }
    return nil
  }

  /// The artifact with exactly this path.
  func output(exactly path: Path) -> ID<Artifact>? { at[path] }

  /// Artifacts that hold this path, have it, or lie below it.
  package func outputs(at path: Path) -> [ID<Artifact>] {
    // `..` holds the workspace, and so all of it.
    let path = path.holds(.here) ? .here : path
    var found = path.ancestors.compactMap { at[$0] }
    if let same = at[path] { found.append(same) }
    return found + (below[path] ?? [])
  }

  /// Artifacts that the pattern may match, may match something in, or whose directory holds
  /// everything it can match.
  func outputs(matching glob: Glob, paths: Table<Artifact>) -> [ID<Artifact>] {
    outputs(at: glob.base).filter { glob.mayMatchBelow(paths[$0].path) }
  }
}

extension Path {
  /// The directories on the way to this path, the workspace or root first, itself not among them.
  var ancestors: [Path] {
    var found = [Path(isAbsolute ? "/" : "")]
    for component in components.dropLast() {
      found.append(found[found.count - 1].entry(component))
    }
    return isHere || bytes == [UInt8(ascii: "/")] ? [] : found
  }
}
