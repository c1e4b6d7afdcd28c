import PipelineModel

/// A first look at a workspace, before its manifest is read: what of the last run's standing is
/// still as it was.
package struct Glance: Sendable {
  /// What nobody else has meanwhile; nil for who only looks.
  let lock: FileLock?
  let index: Index
  /// Of the same question, and complete.
  package let standing: Standing
  /// Places among the index's sightings, sorted.
  let changes: [Int]

  /// Whether all is as it was.
  package var isUnchanged: Bool { changes.isEmpty }

  /// - Parameters:
  ///   - question: digest of all that an answer depends on beside files.
  ///   - lock: held while the workspace is looked at, and after.
  /// - Returns: nil where the last run has left nothing that answers the question.
  init?(at workspace: Directory, _ state: StateDirectory, _ question: Digest, lock: FileLock?) {
    let index = Index.read(in: state.directory).index
    guard let standing = index.standing, standing.isComplete, standing.question == question else {
      return nil
    }
    let survey = Survey(table: index.sightings, workspace: workspace)
    self.lock = lock
    self.index = index
    self.standing = standing
    changes = survey.changes(among: standing.marks(count: index.sightings.count))
  }
}
