import PipelineModel

extension WorkspaceAccess {
  /// Whether a run has the workspace now; leaves no trace.
  ///
  /// To know, the lock is tried and let go at once. A run that starts in that very moment waits
  /// for it, some milliseconds.
  package static func isUnderWay(in root: Directory) -> Bool {
    guard let state = try? StateDirectory.find(root),
      (try? state.directory.exists(lockFile)) == true
    else { return false }
    let attempt = try? FileLock.attempt(
      .shared, on: lockFile, in: state.directory, command: nil)
    // Where nobody can tell, what history says stands.
    guard case .held(let lock) = attempt else { return true }
    withExtendedLifetime(lock) {}
    return false
  }

  /// The random name of a workspace; nil where nothing has run yet.
  package static func name(of root: Directory) -> String? {
    guard let id = try? StateDirectory.find(root)?.id, id != StateDirectory.noID else {
      return nil
    }
    return id
  }
}
