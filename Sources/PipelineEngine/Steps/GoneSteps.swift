import PipelineModel

extension MachineWorld {
  /// What steps that the manifest no longer names have left in the workspace, and what steps of the
  /// plan still read by a directory or a pattern: in words, sorted.
  ///
  /// It is the user's to remove: a file may be kept for good reasons after its step has gone.
  package func remains(readBy plan: Plan) throws -> [String] {
    let pipeline = plan.pipeline
    let known = Set(pipeline.steps.rows.map(\.name))
    let gone = lastKeys.filter { !known.contains($0.name) }
    if gone.isEmpty { return [] }
    let written = Set(pipeline.artifacts.rows.map(\.path))
    var remains: [String] = []
    for (name, key) in gone.sorted(by: { $0.name.description < $1.name.description }) {
      for output in try store.result(for: key)?.outputs ?? [] where !written.contains(output.path) {
        guard let reader = reader(of: output.path, in: plan),
          try presence(ofOutput: output.path).content == output.content
        else { continue }
        remains.append(
          "'\(output.path)' was written by step '\(name)', which is gone, and is still read by "
            + "step '\(reader)': remove it, if that is not meant")
      }
    }
    return remains
  }

  private func reader(of path: Path, in plan: Plan) -> StepName? {
    let id = plan.steps.first { id in
      plan.pipeline.steps[id].inputs.contains { input in
        switch input.source {
        case .artifacts: false
        // What is named itself is meant.
        case .path(let read, _): read != path && read.holds(path)
        case .glob(let glob, _): glob.mayMatchBelow(path)
        }
      }
    }
    return id.map { plan.pipeline.steps[$0].name }
  }

  /// The last success of every step that has ever run here; components are none.
  private var lastKeys: [(name: StepName, key: ActionKey)] {
    states.compactMap { name, state in
      let isComponent =
        name.base == ComponentBuild.stateBase && !name.variant.isEmpty
        && !name.variant.contains("=")
      return isComponent ? nil : state.lastKey.map { (name, $0) }
    }
  }
}
