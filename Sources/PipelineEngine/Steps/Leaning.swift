import PipelineModel

/// What a run takes over from the last one's standing, where only some of it has changed.
extension MachineWorld {
  /// From now on, steps of the plan are kept that have looked at nothing that changed.
  ///
  /// - Parameters:
  ///   - glance: of this workspace, taken before it was opened and in place of its index.
  ///   - files: what the plan's manifest was read from, with the digests of what was bound. It may
  ///     have changed since the glance.
  package func lean(
    on glance: Glance, for plan: Plan, readFrom files: [(path: Path, digest: Digest)]
  ) {
    let standing = glance.standing
    guard glance.agrees(with: files), plan.forced.isEmpty, plan.replaced.isEmpty,
      !glance.hasLinks,
      let isUntouched = standing.isUntouched(
        by: glance.differences, among: glance.index.sightings.count),
      standing.stepNames == plan.steps.map({ plan.pipeline.steps[$0].name.description })
    else { return }
    var rows = [Int?](repeating: nil, count: plan.pipeline.steps.count)
    for (row, id) in plan.steps.enumerated() where isUntouched[row] { rows[id.index] = row }
    leaning.withLock { $0 = Leaning(standing: standing, seen: glance.moment, rows: rows) }
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

  /// The place of a step in the standing, if nothing that it had looked at has changed up to now.
  ///
  /// Steps that have executed may have written what nobody declared; and whoever waited for a lock
  /// has seen the workspace as it was before.
  private func currentRow(of id: ID<Step>) -> Int? {
    guard let row = row(of: id), let leaning = leaning.withLock(\.self) else {
      return nil
    }
    if generation == 0, SystemClock.steady - leaning.seen < Leaning.believedNanoseconds {
      return row
    }
    let survey = Survey(table: contents.stamps.known, workspace: root)
    if survey.isUnchanged(leaning.standing.sightings(ofStep: row)) { return row }
    self.leaning.withLock { $0?.rows[id.index] = nil }
    return nil
  }

  package func untouchedResult(of id: ID<Step>) throws -> Result? {
    guard currentRow(of: id) != nil else { return nil }
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
  /// When the workspace was looked at, in nanoseconds of the steady clock.
  let seen: Int64
  /// By step index: its place in the standing; nil where it has to be decided.
  var rows: [Int?]

  /// How long what was seen is believed, while nothing executes.
  static let believedNanoseconds: Int64 = 1_000_000_000
}
