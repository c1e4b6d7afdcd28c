import GRDB
import PipelineModel

extension VersionInspection {
  /// What made a version, and what was made from it.
  ///
  /// - Parameter depth: at most so many runs away; nil for all.
  package func lineage(
    of version: VersionEntry, _ directions: [Lineage.Direction], depth: Int?
  ) throws -> Lineage {
    try Lineage(
      of: version.id, directions, depth: depth,
      version: { id in
        guard let entry = try history.version(id) else { return nil }
        var version = Lineage.Version(entry)
        version.makers = try makers(of: entry)
        version.readers = try history.readers(of: id).map(\.id)
        version.presence = try PresenceReading(history, store).presence(of: entry)
        version.names = try history.registeredNames(of: entry.content)
        return version
      },
      run: { id in
        guard let entry = try history.run(id) else { return nil }
        var run = Lineage.Run(entry)
        run.origin = try history.origin(ofRun: id)
        run.parameters = try history.parameters(of: id)
        run.fields = try history.fields(of: id)
        run.reads = try history.inputs(of: id).map { ($0.input, $0.version.id) }
        run.writes = try history.outputs(of: id).map(\.id)
        return run
      })
  }
}

extension History {
  /// Where the code of a run was from; nil where it was a part of no experiment here.
  func origin(ofRun run: Int64) throws -> ExperimentOrigin? {
    try read { db in
      try Row.fetchOne(
        db,
        sql: """
          SELECT e.command, e.git_commit, e.git_branch, e.git_modified FROM run r
          JOIN experiment e ON e.id = r.experiment_id WHERE r.id = ?
          """, arguments: [run]
      ).map {
        ExperimentOrigin(command: $0[0], commit: $0[1], branch: $0[2], isModified: $0[3])
      }
    }
  }
}
