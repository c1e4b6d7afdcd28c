import PipelineModel

/// What a run leaves for the next one, so that it need not decide again what nobody has touched.
extension MachineWorld {
  /// Prepares the standing that `close` writes.
  ///
  /// - Parameters:
  ///   - question: what this process was asked.
  ///   - files: the manifest and its parameter files, with the digests of what was bound.
  ///   - isQuiet: whether there was nothing to warn of.
  package func settle(
    _ record: RunRecord, of plan: Plan, question: Digest, files: [(path: Path, digest: Digest)],
    isQuiet: Bool
  ) {
    guard !isShadow, plan.forced.isEmpty, plan.replaced.isEmpty,
      let common = try? commonPaths(files)
    else { return }
    let rows = record.steps.map { entry in
      let seen = (try? seen(by: entry, in: plan)) ?? .unknown
      return StandingDraft.Row(
        name: plan.pipeline.steps[entry.step].name.description, seen: seen,
        declaration: declaration(of: entry.step, seen))
    }
    let drafted = StandingDraft(
      question: question, isQuiet: isQuiet && !record.steps.contains { !$0.outcome.notes.isEmpty },
      manifest: .init(
        name: "", seen: .paths(common), declaration: plan.pipeline.commonDeclaration),
      rows: rows)
    draft.withLock { $0 = drafted }
  }

  /// What the manifest says of a step, found out only where that is not known.
  private func declaration(of id: ID<Step>, _ seen: StandingDraft.Row.Seen) -> Digest {
    switch seen {
    case .carried(let row):
      leaning.withLock { $0?.standing.declaration(ofStep: row) } ?? pipeline.declaration(of: id)
    case .paths: pipeline.declaration(of: id)
    case .unknown: Digest(bytes: [])
    }
  }

  /// Writes the index; what cannot be written is only learnt again. A shadow writes none.
  ///
  /// Once the disk has lost something nobody knows what is in any file, whatever its stamp.
  package func close() {
    if isShadow { return }
    let index = index
    var draft = draft.withLock { $0 }
    if access.isReading, let standing = index.standing {
      // What came to be other is for the next run to find, which still has the standing then.
      if contents.stamps.moment > 0 { return }
      draft = StandingDraft(carrying: standing)
    }
    let isLost = store.loss != nil
    if isLost { contents.letGo() }
    try? access.write(
      index, learnt: isLost ? Stamps(clock: .thisMachine) : contents.stamps,
      standing: isLost || leavesUnfinished ? nil : draft, isUnfinished: leavesUnfinished)
  }

  /// What a step has looked at, if that tells whether it will be kept.
  private func seen(
    by entry: RunRecord.StepRecord, in plan: Plan
  ) throws -> StandingDraft.Row.Seen {
    if entry.outcome.ending == .kept, let row = row(of: entry.step) { return .carried(row) }
    let step = plan.pipeline.steps[entry.step]
    guard entry.isSettled, step.isToldByStamps, let decision = entry.decision,
      let key = entry.outcome.result?.key, state(of: step.name)?.lastKey == key,
      let paths = try seenPaths(by: step, in: plan, decision)
    else { return .unknown }
    // What came to be other after the step was decided, it has not seen.
    let moment = entry.outcome.moment ?? decision.moment
    let isSeen = paths.allSatisfy { contents.stamps.moment(of: $0) <= moment }
    return isSeen ? .paths(paths + [try resultPath(of: key)]) : .unknown
  }

  /// A result that is damaged or gone answers nothing.
  private func resultPath(of key: ActionKey) throws -> Path {
    let place = Store.resultPlace(of: key)
    let path = store.isOwn(of: root).map { $0.appending(place) } ?? store.path.appending(place)
    if let status = try root.status(of: path) {
      try contents.stamps.note(unread: path, status, in: root)
    }
    return path
  }

  /// What all steps stand on: the manifest, and that the last run has ended.
  private func commonPaths(_ files: [(path: Path, digest: Digest)]) throws -> [Path]? {
    var paths: [Path] = []
    for (path, digest) in files {
      guard try content(ofInput: path)?.digest == digest else { return nil }
      paths.append(path)
    }
    let open = StateDirectory.name.appending(StateDirectory.openFile)
    contents.stamps.note(absent: open)
    return paths + [open]
  }

  private func seenPaths(
    by step: Step, in plan: Plan, _ decision: Decision
  ) throws -> [Path]? {
    var paths: [Path] = []
    func add(_ more: [Path]?) -> Bool {
      guard let more else { return false }
      paths += more
      return true
    }
    for input in step.inputs {
      switch input.source {
      case .artifacts(let artifacts, _):
        guard add(try seenPaths(ofArtifacts: artifacts, in: plan)) else { return nil }
      case .path(let path, _):
        guard add(try contents.seenPaths(ofInput: path)) else { return nil }
      case .glob(let glob, _):
        guard add(try contents.seenPaths(of: glob)) else { return nil }
      }
    }
    guard add(try directoryPath(of: step)) else { return nil }
    for source in step.sources {
      guard add(try contents.seenPaths(ofInput: source)) else { return nil }
    }
    if !step.sourceCandidates.isEmpty {
      let counted = Set(decision.fingerprint.fields.filter { $0.kind == .source }.map(\.name))
      for candidate in step.sourceCandidates {
        let seen =
          counted.contains(candidate.exact)
          ? try contents.seenPaths(ofInput: candidate)
          : try contents.seenPaths(ofMissing: candidate)
        guard add(seen) else { return nil }
      }
    }
    return add(try seenPaths(ofArtifacts: step.outputs, in: plan)) ? paths : nil
  }

  private func seenPaths(ofArtifacts artifacts: [ID<Artifact>], in plan: Plan) throws -> [Path]? {
    var paths: [Path] = []
    for id in artifacts {
      guard let seen = try contents.seenPaths(ofOutput: plan.pipeline.artifacts[id].path) else {
        return nil
      }
      paths += seen
    }
    return paths
  }

  /// Where a step works: a link in that place would have it work elsewhere.
  private func directoryPath(of step: Step) throws -> [Path]? {
    if step.directory.isHere { return [] }
    guard let status = try root.status(of: step.directory), status.kind == .directory else {
      return nil
    }
    try contents.stamps.note(directory: step.directory, status, in: root)
    return [step.directory]
  }
}

extension Step {
  /// Whether files alone decide: not the code of a Swift component, nor programs found elsewhere,
  /// nor a wish to execute always.
  fileprivate var isToldByStamps: Bool {
    if case .swift = work { return false }
    return tools.isEmpty && traits.isDisjoint(with: [.always, .frozen])
  }
}

extension RunRecord.StepRecord {
  /// Whether the next run would keep it, were nothing to change.
  fileprivate var isSettled: Bool {
    switch outcome.ending {
    case .kept: true
    case .restored, .ran: outcome.isRecorded && outcome.result != nil
    case .failed, .skipped, .cancelled: false
    }
  }
}
