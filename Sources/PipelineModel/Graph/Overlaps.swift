/// Where outputs lie, so that what reads or writes near them is found without comparing all pairs.
package struct OutputMap: Sendable {
  /// The artifact that has a path, and those below it where it is a directory on their way.
  private struct Place {
    var own: ID<Artifact>?
    var below: [ID<Artifact>] = []
  }

  private var places: [Path: Place] = [:]

  package init() {}

  /// - Returns: an artifact that already has this path, lies below it or holds it; nil where the
  ///   place is free, and then taken.
  package mutating func claim(_ path: Path, for artifact: ID<Artifact>) -> ID<Artifact>? {
    if let other = outputs(at: path).first { return other }
    places[path, default: Place()].own = artifact
    for directory in path.ancestors { places[directory, default: Place()].below.append(artifact) }
    return nil
  }

  /// Artifacts that hold this path, have it, or lie below it.
  package func outputs(at path: Path) -> [ID<Artifact>] {
    // `..` holds the workspace, and so all of it.
    let path = path.holds(.here) ? .here : path
    return path.ancestors.compactMap { places[$0]?.own } + outputs(atOrBelow: path)
  }

  /// The same for many files of one directory, whose own parents need not be looked at for each.
  func outputs(at path: Path, holding directory: inout Holding) -> [ID<Artifact>] {
    guard path.isInside else { return outputs(at: path) }
    if directory.path.map({ path.lies(directlyIn: $0) }) != true {
      directory = Holding(path: path.parent, outputs: path.ancestors.compactMap { places[$0]?.own })
    }
    return directory.outputs + outputs(atOrBelow: path)
  }

  /// A directory and the artifacts that hold what lies in it.
  struct Holding {
    var path: Path?
    var outputs: [ID<Artifact>] = []
  }

  private func outputs(atOrBelow path: Path) -> [ID<Artifact>] {
    guard let place = places[path] else { return [] }
    guard let own = place.own else { return place.below }
    return [own] + place.below
  }

  /// Artifacts that the pattern may match, may match something in, or whose directory holds
  /// everything it can match.
  func outputs(matching glob: Glob, paths: Table<Artifact>) -> [ID<Artifact>] {
    outputs(at: glob.base).filter { glob.mayMatchBelow(paths[$0].path) }
  }
}
