import PipelineModel

/// A first look at a workspace, before its manifest is read: what of the last run's standing is
/// still as it was.
package struct Glance: Sendable {
  /// What nobody else has meanwhile; nil for who only looks.
  let lock: FileLock?
  let index: Index
  /// Of the same question, and complete.
  package let standing: Standing
  /// Places among the index's sightings, sorted: what is other than it was, in more than times.
  let differences: [Int]
  /// Whether a link is, or may be, among what changed: it may hide what no stamp tells.
  let hasLinks: Bool
  /// When it was begun, in nanoseconds of the steady clock.
  let moment = SystemClock.steady
  /// What reading changed files has taught; nil where nothing had to be read.
  let stamps: Stamps?

  /// Whether all is as it was.
  package var isUnchanged: Bool { differences.isEmpty && !hasLinks }

  /// Files whose stamps changed are read, on all processors: many are only touched.
  ///
  /// - Parameters:
  ///   - question: digest of all that an answer depends on beside files.
  ///   - lock: held while the workspace is looked at, and after.
  ///   - clock: by which new stamps are believed.
  /// - Returns: nil where the last run has left nothing that answers the question.
  init?(
    at workspace: Directory, _ state: StateDirectory, _ question: Digest, lock: FileLock?,
    clock: () throws -> StampClock
  ) rethrows {
    let index = Index.read(in: state.directory).index
    guard let standing = index.standing, standing.isComplete, standing.question == question else {
      return nil
    }
    self.lock = lock
    self.index = index
    self.standing = standing
    let table = index.sightings
    let changes = Survey(table: table, workspace: workspace)
      .changes(among: standing.marks(count: table.count))
    if changes.isEmpty {
      (differences, hasLinks, stamps) = ([], false, nil)
      return
    }
    let stamps = Stamps(table, clock: try clock())
    let reading = Rereading(table: table, workspace: workspace, stamps: stamps)
    let (differences, hasLink) = reading.differences(among: changes)
    self.differences = differences
    hasLinks = hasLink || reading.hasLinks(on: changes)
    self.stamps = stamps
  }

  /// Whether the last run came to its end: what one has left that did not may be anything.
  var isAfterEnd: Bool {
    let open = StateDirectory.name.appending(StateDirectory.openFile)
    return index.sightings.index(of: open).map { !differences.contains($0) } ?? false
  }

  /// Whether files have now the content that they had in the index.
  func agrees(with files: [(path: Path, digest: Digest)]) -> Bool {
    files.allSatisfy { file in
      index.sightings.index(of: file.path)
        .flatMap { index.sightings.sighting($0)?.content?.digest } == file.digest
    }
  }
}

/// A second look at what a survey has found changed.
private struct Rereading {
  let table: SightingTable
  let workspace: Directory
  let stamps: Stamps

  /// What of the changes is more than other times, sorted, and whether a link is among it.
  func differences(among changes: [Int]) -> (differences: [Int], hasLink: Bool) {
    let found = Locked<(differences: [Int], hasLink: Bool)>(([], false))
    Machine.forEach(below: changes.count) { place in
      let entry = changes[place]
      let path = table.path(ofEntry: entry)
      // Nil where it cannot be read; whoever needs it says why.
      if let before = table.sighting(entry)?.content, before.kind != .directory,
        before == (try? stamps.reread(path, in: workspace, followingLinks: false))
      {
        return
      }
      let isLink = (try? workspace.status(of: path))?.kind == .link
      found.withLock {
        $0.differences.append(entry)
        if isLink { $0.hasLink = true }
      }
    }
    return found.withLock { ($0.differences.sorted(), $0.hasLink) }
  }

  /// Whether a link is on the way to one of these.
  func hasLinks(on changes: [Int]) -> Bool {
    var places: Set<Path> = []
    var last: Int?
    for entry in changes {
      let directory = table.directory(ofEntry: entry)
      if directory != last {
        last = directory
        let path = SightingPlace.folder(table.path(ofDirectory: directory))
        places.formUnion(path.parents + [path])
      }
    }
    return places.contains { place in
      guard !place.isHere, let status = try? workspace.status(of: place) else { return false }
      return status.kind == .link
    }
  }
}
