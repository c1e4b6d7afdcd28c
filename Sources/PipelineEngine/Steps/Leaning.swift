import PipelineModel

/// What a run takes over from the last one's standing, where only some of it has changed.
extension MachineWorld {
  /// From now on, steps of the plan are kept that have looked at nothing that changed.
  ///
  /// Files whose stamps changed are read, on all processors: many are only touched.
  ///
  /// - Parameters:
  ///   - glance: of this workspace, taken before it was opened and in place of its index.
  ///   - files: what the plan's manifest was read from, with the digests of what was bound. It may
  ///     have changed since the glance.
  package func lean(
    on glance: Glance, for plan: Plan, readFrom files: [(path: Path, digest: Digest)]
  ) {
    let standing = glance.standing
    let table = glance.index.sightings
    let isSameManifest = files.allSatisfy { file in
      table.index(of: file.path).flatMap { table.sighting($0)?.content?.digest } == file.digest
    }
    guard isSameManifest, plan.forced.isEmpty, plan.replaced.isEmpty, isFreeOfLinks(glance),
      let differences = differences(glance),
      let isUntouched = standing.isUntouched(
        by: differences, among: table.count),
      standing.stepNames == plan.steps.map({ plan.pipeline.steps[$0].name.description })
    else { return }
    var rows = [Int?](repeating: nil, count: plan.pipeline.steps.count)
    for (row, id) in plan.steps.enumerated() where isUntouched[row] { rows[id.index] = row }
    leaning.withLock { $0 = Leaning(standing: standing, rows: rows) }
  }

  /// What of the changes is more than other times; nil where one of them is a link.
  private func differences(_ glance: Glance) -> [Int]? {
    let table = glance.index.sightings
    let found = Locked<(differences: [Int], hasLink: Bool)>(([], false))
    Machine.forEach(below: glance.changes.count) { place in
      let entry = glance.changes[place]
      let path = table.path(ofEntry: entry)
      let status = try? root.status(of: path)
      if let status, status.kind == .file, let before = table.sighting(entry)?.content,
        before == content(of: path, status)
      {
        return
      }
      found.withLock {
        $0.differences.append(entry)
        if status?.kind == .link { $0.hasLink = true }
      }
    }
    return found.withLock { $0.hasLink ? nil : $0.differences }
  }

  /// Nil where it cannot be read; whoever needs it says why.
  private func content(of path: Path, _ status: FileStatus) -> Content? {
    try? contents.stamps.content(of: path, in: root, status: status, followingLinks: false)
  }

  /// A link on the way to what changed may hide what no stamp tells.
  private func isFreeOfLinks(_ glance: Glance) -> Bool {
    let table = glance.index.sightings
    var places: Set<Path> = []
    var last: Int?
    for entry in glance.changes {
      let directory = table.directory(ofEntry: entry)
      if directory != last {
        last = directory
        let path = SightingPlace.folder(table.path(ofDirectory: directory))
        places.formUnion(path.parents + [path])
      }
    }
    return places.allSatisfy { place in
      guard !place.isHere, let status = try? root.status(of: place) else { return true }
      return status.kind != .link
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
