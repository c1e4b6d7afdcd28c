import PipelineModel

extension WorkspaceAccess {
  /// Reads all that is kept: the store, the history, the index. Nothing is written.
  ///
  /// - Parameter file: the history's; absolute.
  package func verify(history file: Path) async throws -> Verification {
    var found = try await store.verify(heal: false)
    found.history = try History.damage(of: file)
    if let state {
      found.isIndexDamaged =
        try state.directory.exists("index") && Index.read(in: state.directory).isNew
    }
    return found
  }

  /// Begins a new history where the old one is damaged or gone, with what results tell.
  ///
  /// - Returns: of how many runs.
  package func repair(history file: Path, _ pipeline: Pipeline, damage: String?) throws -> Int {
    try History.repair(
      file, from: store, of: state?.id ?? StateDirectory.noID, pipeline, damage: damage,
      warnings: warnings)
  }

  /// Adds to the registry's file what it has lost and the history knows.
  ///
  /// - Returns: how many moves.
  package func completeRegistry(history file: Path, _ pipeline: Pipeline) throws -> Int {
    guard let path = pipeline.registry,
      let history = try History.reading(file, warnings: warnings)
    else { return 0 }
    defer { history.close() }
    return try RegistryFile(path, in: root, warnings: warnings)
      .complete(from: history, project: pipeline.project)
  }
}
