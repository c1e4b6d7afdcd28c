import PipelineModel

/// How one step ended, before it is written.
struct StepEnd: Sendable {
  let id: ID<Step>
  let outcome: Outcome
  let decision: Decision?
}

/// Writing how the steps of an experiment ended: within one transaction.
struct StepWriting {
  let runs: RunWriting
  let experiment: ExperimentEntry
  let movesLatest: Bool
  /// What the steps that have ended have written.
  let known: [ID<Artifact>: Content]

  /// - Returns: the numbers of the versions that the step's outputs are, in their order; none where
  ///   it is not known what they hold.
  func write(_ end: StepEnd, position: Int) throws -> [Int] {
    let step = runs.pipeline.steps[end.id]
    let run = try run(of: end, step)
    let reasons = end.decision?.verdict.reasons ?? []
    let isKept = end.outcome.ending == .kept
    try ExperimentWriting(db: runs.db).insert(
      StepEntry(
        name: "\(step.name)", ending: end.outcome.ending,
        reasons: isKept ? nil : .list(reasons.map(\.json)), run: run),
      position: position, of: experiment.id)
    let outputs = zip(step.outputs, end.outcome.contents).map { id, content in
      let artifact = runs.pipeline.artifacts[id]
      let known = KnownArtifact(
        name: runs.pipeline.trackedName(of: id), kind: artifact.kind, path: artifact.path.exact)
      return (artifact: known, content: content)
    }
    return try runs.writeOutputs(
      outputs, run: run, created: end.outcome.result?.finished ?? Int(SystemClock.now),
      movesLatest: movesLatest
    ).map(\.number)
  }

  /// The run that the ending is about; nil where nothing has executed.
  private func run(of end: StepEnd, _ step: Step) throws -> Int64? {
    let outcome = end.outcome
    switch outcome.ending {
    case .kept, .restored:
      // What a frozen step is kept with was made by nobody.
      guard let result = outcome.result, result.usage.attempts > 0 else { return nil }
      let (run, made) = try runs.maker(of: result, step: end.id)
      if let made { try runs.writeInputs(of: step, made, run: run, known: known) }
      return run
    case .ran, .failed:
      return try insert(end, step)
    case .cancelled:
      return outcome.started == nil ? nil : try insert(end, step)
    case .skipped:
      return nil
    }
  }

  private func insert(_ end: StepEnd, _ step: Step) throws -> Int64 {
    let outcome = end.outcome
    let fingerprint = outcome.result?.fingerprint ?? end.decision?.fingerprint
    var entry = RunEntry(
      globalID: outcome.result.map { RunWriting.globalID(of: $0) }
        ?? RunWriting.globalID(of: step.name, in: experiment.globalID),
      step: "\(step.name)", role: step.role, ending: outcome.ending,
      isRecorded: outcome.result != nil && outcome.isRecorded,
      started: outcome.started, ended: outcome.result?.finished ?? Int(SystemClock.now),
      usage: outcome.usage ?? Usage(attempts: 0))
    entry.status = outcome.ending == .ran ? 0 : outcome.failure?.status
    entry.failure = outcome.failure?.fact
    entry.log = outcome.log?.exact
    entry.logDigest = outcome.result?.log?.description
    let run = try runs.insert(
      entry, fingerprint, outcome.result?.key, experiment: experiment.id)
    if let fingerprint {
      try runs.writeInputs(of: step, fingerprint, run: run, known: known)
    }
    let files = zip(step.outputs, outcome.contents)
      .map { (artifact: runs.pipeline.artifacts[$0], content: $1) }
      .filter { $0.artifact.kind == .metrics }
    try MetricWriting(db: runs.db, run: run, mask: runs.mask).write(
      files: files.map { artifact, content in
        let name = artifact.name?.text ?? artifact.path.description
        return (name, (try? runs.store.read(content.digest)) ?? [])
      }, logged: outcome.logged)
    return run
  }
}
