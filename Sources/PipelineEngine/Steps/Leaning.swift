import PipelineModel

/// What a run takes over from the last one's standing, where only some of it has changed.
extension MachineWorld {
  /// From now on, steps of the plan are kept that have looked at nothing that changed.
  ///
  /// - Parameters:
  ///   - glance: of this workspace, taken before it was opened and in place of its index.
  ///   - files: what the plan's manifest was read from, with the digests of what was bound. It may
  ///     have changed since the glance, and since the last run: what it says of a step as before
  ///     holds as before.
  ///   - patience: how long what was seen is believed, as long as no step has executed.
  package func lean(
    on glance: Glance, for plan: Plan, readFrom files: [(path: Path, digest: Digest)],
    believing patience: Duration = .seconds(1)
  ) {
    let standing = glance.standing
    guard glance.isAfterEnd, plan.forced.isEmpty, plan.replaced.isEmpty, !glance.hasLinks else {
      return
    }
    let isSame = glance.agrees(with: files)
    guard let places = isSame ? places(of: plan, in: standing) : declared(plan, in: standing)
    else { return }
    let isUntouched = standing.isUntouched(
      by: glance.differences, among: glance.index.sightings.count)
    var rows = [Int?](repeating: nil, count: plan.pipeline.steps.count)
    for (id, place) in zip(plan.steps, places) {
      if let place, isUntouched[place] { rows[id.index] = place }
    }
    leaning.withLock {
      $0 = Leaning(
        standing: standing, seen: glance.moment, patience: patience.inNanoseconds,
        hasNoNewLinks: isSame && rows.contains { $0 != nil }, rows: rows)
    }
  }

  /// By step of the plan, its place in a standing of the same manifest.
  private func places(of plan: Plan, in standing: Standing) -> [Int?]? {
    let names = plan.steps.map { plan.pipeline.steps[$0].name.description }
    return standing.stepNames == names ? Array(names.indices) : nil
  }

  /// By step of the plan, its place in a standing of another manifest; nil where that says something
  /// else of it.
  private func declared(_ plan: Plan, in standing: Standing) -> [Int?]? {
    guard standing.declaration(ofStep: -1) == plan.pipeline.commonDeclaration else { return nil }
    let places = Dictionary(
      standing.stepNames.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    return plan.steps.map { id in
      places[plan.pipeline.steps[id].name.description].flatMap { place in
        standing.declaration(ofStep: place) == plan.pipeline.declaration(of: id) ? place : nil
      }
    }
  }

  package var hasNoNewLinks: Bool { leaning.withLock { $0?.hasNoNewLinks ?? false } }

  /// Whether nothing that the step had looked at has changed since it was last found fresh.
  package func isUntouched(_ id: ID<Step>) -> Bool {
    currentRow(of: id) != nil
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
    if generation == 0 {
      if let leaning = leaning.withLock(\.self), !leaning.isBelieved { lookAgain(leaning.standing) }
      return row(of: id)
    }
    guard let row = row(of: id), let leaning = leaning.withLock(\.self) else { return nil }
    let survey = Survey(table: contents.stamps.known, workspace: root)
    if survey.isUnchanged(leaning.standing.sightings(ofStep: row)) { return row }
    self.leaning.withLock { $0?.rows[id.index] = nil }
    return nil
  }

  /// Looks at all of a standing once more. A file that was only touched counts as changed: whether
  /// that is all is found out where its step is decided.
  private func lookAgain(_ standing: Standing) {
    let table = contents.stamps.known
    let changes = Survey(table: table, workspace: root)
      .changes(among: standing.marks(count: table.count))
    let isUntouched = standing.isUntouched(by: changes, among: table.count)
    leaning.withLock { leaning in
      guard let old = leaning else { return }
      let rows = old.rows.map { row in row.flatMap { isUntouched[$0] ? $0 : nil } }
      leaning?.rows = rows
      // From its end on: a look that takes longer than it is believed would be taken for each step.
      leaning?.seen = SystemClock.steady
      // What came to be other may be a link.
      if rows != old.rows { leaning?.hasNoNewLinks = false }
    }
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
  /// When the workspace was last looked at, in nanoseconds of the steady clock.
  var seen: Int64
  /// How long that is believed, as long as no step has executed; in nanoseconds.
  let patience: Int64
  /// Whether the manifest is the one that the standing was left for, and no link has come since.
  var hasNoNewLinks: Bool
  /// By step index: its place in the standing; nil where it has to be decided.
  var rows: [Int?]

  var isBelieved: Bool { SystemClock.steady - seen < patience }
}
