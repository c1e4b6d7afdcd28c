import PipelineModel

/// What tells whether outputs of a workspace have changed, without reading them.
struct OutputMarks {
  private let marks: [Path: [Path: Stamp]]

  /// The marks of all outputs of the workspace's own pipeline and of another one, as they are now.
  init(of pipeline: Pipeline, beside home: MachineWorld) throws {
    let paths = (home.pipeline.artifacts.rows + pipeline.artifacts.rows).map(\.path)
    marks = try OutputMarks.look(at: Set(paths), in: home)
  }

  /// The outputs that are not as they were, sorted.
  func changes(in home: MachineWorld) throws -> [Path] {
    let now = try OutputMarks.look(at: Set(marks.keys), in: home)
    return marks.keys.filter { marks[$0] != now[$0] }.sorted()
  }

  private static func look(
    at paths: Set<Path>, in home: MachineWorld
  ) throws -> [Path: [Path: Stamp]] {
    var marks: [Path: [Path: Stamp]] = [:]
    for path in paths {
      var found: [Path: Stamp] = [:]
      if let status = try home.root.status(of: path) {
        // A directory's own times say less than the names in it.
        if status.kind != .directory {
          found[path] = Stamp(status)
        } else {
          let walk = Walk(directory: home.root, followsLinks: false, counts: { _ in true })
          try walk.visit(path) { entry, _ in
            if let status = try home.root.status(of: entry) { found[entry] = Stamp(status) }
          }
        }
      }
      marks[path] = found
    }
    return marks
  }
}
