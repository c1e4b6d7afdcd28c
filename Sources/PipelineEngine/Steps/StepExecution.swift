import PipelineModel

/// One step executing on this machine, from the clean place it starts in to the record of what
/// came of it.
struct StepExecution: Sendable {
  let machine: MachineWorld
  let work: Execution
  let confirm: @Sendable () async throws -> Fingerprint

  private var step: Step { work.step }
  private var pipeline: Pipeline { work.pipeline }
  private var artifacts: [Artifact] { step.outputs.map { pipeline.artifacts[$0] } }

  /// Executes, verifies and records; every fault becomes a failed outcome.
  func outcome() async -> Outcome {
    do {
      let lock = try await machine.store.lock(work.decision.key, command: machine.command) {
        machine.tellWaiting(for: $0, about: step.name)
      } isCancelled: {
        machine.isStopping
      }
      guard let lock else { return Outcome(.cancelled) }
      defer { withExtendedLifetime(lock) {} }
      if !work.mustExecute, let outcome = await answerFromElsewhere() { return outcome }
      // Only now: who waits for a key takes no resources from who works on it.
      guard await machine.gate?.enter(for: step) ?? true else { return Outcome(.cancelled) }
      defer { machine.gate?.leave(from: step) }
      if machine.isStopping { return Outcome(.cancelled) }
      // What a step makes now could not be recorded either.
      if let fault = machine.committer.fault { throw fault }
      return try await execute(holding: lock)
    } catch {
      var outcome = Outcome(.failed)
      outcome.failure = Failure(undecidable: error)
      return outcome
    }
  }

  /// A result that another run, or another shadow, recorded while this one waited for the key.
  private func answerFromElsewhere() async -> Outcome? {
    guard case .stale(let reasons) = work.decision.verdict,
      !reasons.contains(.resultElsewhere),
      let result = try? machine.store.result(for: work.decision.key),
      result.outputs.map(\.path) == artifacts.map(\.path),
      !step.traits.contains(.effects) || result.workspace == machine.workspace,
      result.outputs.allSatisfy({ $0.isStored && (try? machine.contains($0.content)) == true }),
      artifacts.allSatisfy({ !$0.isPersistent })
    else { return nil }
    return await machine.restore(work, from: result)
  }

  private func execute(holding lock: KeyLock) async throws -> Outcome {
    let before = try await confirm()
    // Only now: what was restored for this step has other stamps than it was last known by.
    let watch = InputWatch(machine, work)
    defer { watch.end() }
    return try await execute(since: before, watch, holding: lock)
  }

  private func execute(
    since before: Fingerprint, _ watch: InputWatch, holding lock: KeyLock
  ) async throws -> Outcome {
    let files = try machine.logs.files(of: step.name)
    var outcome = Outcome(.failed)
    var places = OutputPlaces(machine, work, files)
    // Wherever this ends but in success, and after what was written has been moved away.
    defer { places.putBack() }
    var traces = StepTraces(files)
    var deposit = Deposit(in: machine.store)
    while true {
      outcome.notes += try places.clear()
      do {
        let attempt = try await attempt(&outcome, files)
        traces.add(attempt)
        if attempt.exit.cancelled {
          outcome.ending = .cancelled
          try places.moveAway()
          return outcome
        }
        deposit = Deposit(in: machine.store)
        guard let failure = try attempt.failure ?? take(&outcome, into: deposit) else { break }
        outcome.failure = failure
        // Whoever looks for why it failed finds a log, be it empty.
        try attempt.log.makeFile()
        outcome.log = files.path(.log)
        try places.moveAway()
        let count = outcome.usage?.attempts ?? 0
        guard count <= step.retry.times, isWorthRetrying(failure) else { return outcome }
        outcome.notes.append("attempt \(count) failed: \(failure.fact); trying again")
      } catch {
        places.abandon(after: error)
        throw error
      }
    }
    outcome.failure = nil
    outcome.ending = .ran
    outcome.notes += lostMetrics(outcome.logged)
    do {
      try await record(&outcome, since: before, watch, traces, deposit)
    } catch {
      places.abandon(after: error)
      throw error
    }
    outcome.recording = machine.committer.commit(
      deposit.arrivals, holding: lock, then: places.handOver())
    return outcome
  }

  /// One more attempt, with what it took.
  private func attempt(
    _ outcome: inout Outcome, _ files: StepFiles
  ) async throws -> StepAttempt.Ended {
    var usage = outcome.usage ?? Usage(attempts: 0)
    outcome.started = outcome.started ?? Int(SystemClock.now)
    let attempt = try await StepAttempt(
      machine: machine, work: work, files: files, isRepeated: usage.attempts > 0
    ).run()
    usage.attempts += 1
    usage.seconds += attempt.exit.wallSeconds
    usage.cpuSeconds += attempt.exit.cpuSeconds
    usage.peakMemoryBytes = max(usage.peakMemoryBytes, Int(attempt.exit.peakMemoryBytes))
    outcome.usage = usage
    outcome.notes += attempt.notes
    outcome.logged = LoggedMetrics(attempt.metricLines)
    if !attempt.log.isEmpty { outcome.log = files.path(.log) }
    return attempt
  }

  /// What was to be a metric and cannot be read as one.
  private func lostMetrics(_ logged: LoggedMetrics) -> [String] {
    var notes: [String] = []
    if logged.skippedLines > 0 {
      let lines = Amount.count(logged.skippedLines, "line")
      notes.append(
        "\(lines) of its PIPELINE_METRICS could not be read: each has to be a JSON object")
    }
    for artifact in artifacts where artifact.kind == .metrics {
      let bytes = try? machine.root.read(artifact.path)
      guard let bytes, MetricFile.values(bytes).isEmpty else { continue }
      notes.append("no metric is in '\(artifact.path)': it has to be a map, in JSON or YAML")
    }
    return notes
  }

  private func isWorthRetrying(_ failure: Failure) -> Bool {
    guard !step.retry.on.isEmpty else { return true }
    return failure.status.map(step.retry.on.contains) ?? false
  }

  /// Begins to store the outputs. Every declared one has to be there, whatever the exit status
  /// said.
  ///
  /// - Returns: why the step has failed, if it has.
  private func take(_ outcome: inout Outcome, into deposit: Deposit) throws -> Failure? {
    do {
      outcome.contents = try machine.take(artifacts, into: deposit)
      return nil
    } catch StorageError.missingOutput(let path) {
      return Failure(
        "it ended well, but did not write '\(path)'",
        hint: "write the output, or remove it from 'outputs'")
    } catch let error as StorageError {
      return Failure("what it wrote cannot be kept: \(error)")
    } catch let error as SystemError where !error.isDiskFull {
      // Where the outputs can be read it is the store that cannot be written.
      do {
        for artifact in artifacts { _ = try machine.content(ofOutput: artifact.path) }
      } catch {
        return Failure("what it wrote cannot be kept: \(error)")
      }
      throw error
    }
  }

  /// What has come to be other while the step worked, as people read it: then nobody can say what
  /// it was made from.
  private func changes(since before: Fingerprint, _ watch: InputWatch) async throws -> [String] {
    let changes: [String]
    do {
      changes = try await confirm().changes(since: before).map(\.text)
    } catch let error as SystemError where error.isDiskFull {
      throw error
    } catch {
      // What it made is there, whatever has become of what it read.
      return [Failure(undecidable: error).fact]
    }
    return changes.isEmpty ? watch.changes() : changes
  }

  /// Adds log and result to the outputs; there is no result of a step whose inputs changed under it.
  private func record(
    _ outcome: inout Outcome, since before: Fingerprint, _ watch: InputWatch, _ traces: StepTraces,
    _ deposit: Deposit
  ) async throws {
    outcome.moment = machine.moment
    let changes = try await changes(since: before, watch)
    let log = try traces.log(into: deposit, machine.home.contents)
    let metrics = try traces.metrics.isEmpty ? nil : deposit.add(traces.metrics)
    if changes.isEmpty {
      let key = before.key
      let outputs = zip(artifacts, outcome.contents).map { artifact, content in
        Result.Output(
          name: artifact.name, path: artifact.path, content: content,
          isStored: artifact.isStored)
      }
      if let earlier = try machine.store.result(for: key) {
        outcome.notes += notDeterministic(outputs, earlier)
      }
      // Usually the one that was decided by, whose memory it shares then.
      let decided = work.decision.fingerprint
      let result = Result(
        key: key, step: step.name, fingerprint: before == decided ? decided : before,
        outputs: outputs, log: log, metrics: metrics,
        workspace: machine.workspace, finished: Int(SystemClock.now),
        usage: outcome.usage ?? Usage())
      try deposit.add(result)
      outcome.result = result
    } else {
      outcome.isRecorded = false
      outcome.notes.append(
        "not recorded, since this changed while it worked: "
          + changes.joined(separator: ", "))
    }
  }

  private func notDeterministic(_ outputs: [Result.Output], _ earlier: Result) -> [String] {
    // What always executes or goes on from its old output is not expected to repeat itself.
    if step.traits.contains(.always) || artifacts.contains(where: \.isPersistent) { return [] }
    return zip(outputs, earlier.outputs).filter { $0.content != $1.content }.map { now, before in
      "not deterministic: '\(now.path)' came out as \(now.content.digest.short), before as "
        + "\(before.content.digest.short), from the same inputs"
    }
  }
}
