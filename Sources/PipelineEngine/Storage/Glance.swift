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
  /// Files that hold what they held.
  let touches: [Rereading.Touch]
  /// What reading changed files has taught; nil where nothing had to be read. Where all is as it
  /// was, it knows nothing of those that were touched.
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
      (differences, hasLinks, touches, stamps) = ([], false, [], nil)
      return
    }
    let stamps = Stamps(table, clock: try clock())
    let reading = Rereading(table: table, workspace: workspace, stamps: stamps)
    let found = reading.look(at: changes)
    differences = found.differences
    hasLinks = found.hasLink || reading.hasLinks(on: found.differences)
    touches = found.touches
    self.stamps = stamps
    if !isUnchanged { for touch in touches { stamps.note(touch) } }
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
