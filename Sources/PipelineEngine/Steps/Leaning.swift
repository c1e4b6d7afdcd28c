import PipelineModel

/// What a run takes over from the last one's standing, where only some of it has changed.
extension MachineWorld {
  /// From now on, steps of the plan are kept that have looked at nothing that changed.
  ///
  /// - Parameter glance: of this workspace, taken before it was opened and in place of its index.
  package func lean(on glance: Glance, for plan: Plan) {
    let standing = glance.standing
    guard plan.forced.isEmpty, plan.replaced.isEmpty,
      let isUntouched = standing.isUntouched(
        by: glance.changes, among: glance.index.sightings.count),
      standing.stepNames == plan.steps.map({ plan.pipeline.steps[$0].name.description }),
      isFreeOfLinks(glance)
    else { return }
    var rows = [Int?](repeating: nil, count: plan.pipeline.steps.count)
    for (row, id) in plan.steps.enumerated() where isUntouched[row] { rows[id.index] = row }
    leaning.withLock { $0 = Leaning(standing: standing, rows: rows) }
  }

  /// A link may hide what no stamp tells. Few changes are looked at; after many, all is checked.
  private func isFreeOfLinks(_ glance: Glance) -> Bool {
    guard glance.changes.count <= 1000 else { return false }
    return glance.changes.allSatisfy { entry in
      let path = glance.index.sightings.path(ofEntry: entry)
      return (path.parents + [path]).allSatisfy { place in
        guard let status = try? root.status(of: place) else { return true }
        return status.kind != .link
      }
    }
  }

  /// Whether nothing that the step had looked at has changed since it was last found fresh.
  package func isUntouched(_ id: ID<Step>) -> Bool {
    row(of: id) != nil
  }

  /// Its place in the standing, while nothing that it had looked at has changed.
  func row(of id: ID<Step>) -> Int? {
    leaning.withLock { leaning in
      guard let leaning, let row = leaning.rows[id.index],
        !contents.stamps.haveMoved(leaning.standing.sightings(ofStep: row))
      else { return nil }
      return row
    }
  }

  package func untouchedResult(of id: ID<Step>) throws -> Result? {
    guard isUntouched(id) else { return nil }
    let step = pipeline.steps[id]
    guard let state = state(of: step.name), let key = state.lastKey, let finished = state.finished,
      !state.hasFailed
    else { return nil }
    var outputs: [Result.Output] = []
    for id in step.outputs {
      let artifact = pipeline.artifacts[id]
      // Of a directory the listing would be needed.
      guard let content = contents.stamps.sighting(at: artifact.path)?.content else {
        return try store.result(for: key)
      }
      outputs.append(
        .init(
          name: artifact.name, path: artifact.path, content: content,
          isStored: artifact.isStored))
    }
    return Result(
      key: key, step: step.name, fingerprint: Fingerprint([]), outputs: outputs, log: nil,
      metrics: nil, workspace: workspace, finished: finished,
      usage: Usage(seconds: state.seconds ?? 0, attempts: 1))
  }
}

/// What steps are kept by without being decided.
struct Leaning: Sendable {
  let standing: Standing
  /// By step index: its place in the standing; nil where it has to be decided.
  let rows: [Int?]
}
