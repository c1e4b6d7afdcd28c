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
      defer { withExtendedLifetime(lock) {} }
      if lock == nil { return Outcome(.cancelled) }
      if !work.mustExecute, let outcome = await answerFromElsewhere() { return outcome }
      // Only now: who waits for a key takes no resources from who works on it.
      guard await machine.gate?.enter(for: step) ?? true else { return Outcome(.cancelled) }
      defer { machine.gate?.leave(from: step) }
      if machine.isStopping { return Outcome(.cancelled) }
      return try await execute()
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
      !step.traits.contains(.effects) || result.workspace == machine.workspace,
      result.outputs.allSatisfy({ $0.isStored && (try? machine.contains($0.content)) == true }),
      artifacts.allSatisfy({ !$0.isPersistent })
    else { return nil }
    return await machine.restore(work, from: result)
  }

  private func execute() async throws -> Outcome {
    let before = try await confirm()
    let files = try machine.logs.files(of: step.name)
    var outcome = Outcome(.failed)
    var usage = Usage(attempts: 0)
    var places = OutputPlaces(machine, work, files)
    // Wherever this ends but in success, and after what was written has been moved away.
    defer { places.putBack() }
    var traces = StepTraces(files)
    while true {
      outcome.notes += try places.clear()
      outcome.started = outcome.started ?? Int(SystemClock.now)
      let attempt = try await StepAttempt(
        machine: machine, work: work, files: files, isRepeated: usage.attempts > 0
      ).run()
      traces.add(attempt)
      usage.attempts += 1
      usage.seconds += attempt.exit.wallSeconds
      usage.cpuSeconds += attempt.exit.cpuSeconds
      usage.peakMemoryBytes = max(usage.peakMemoryBytes, Int(attempt.exit.peakMemoryBytes))
      outcome.usage = usage
      outcome.notes += attempt.notes
      outcome.logged = LoggedMetrics(attempt.metricLines)
      outcome.log = attempt.log.isEmpty ? outcome.log : files.path(.log)
      if attempt.exit.cancelled {
        outcome.ending = .cancelled
        try places.moveAway()
        return outcome
      }
      guard let failure = attempt.failure ?? verify() else { break }
      outcome.failure = failure
      // Whoever looks for why it failed finds one, be it empty.
      try attempt.log.makeFile()
      outcome.log = files.path(.log)
      try places.moveAway()
      guard usage.attempts <= step.retry.times, isWorthRetrying(failure) else { return outcome }
      outcome.notes.append("attempt \(usage.attempts) failed: \(failure.fact); trying again")
    }
    outcome.failure = nil
    outcome.ending = .ran
    outcome.notes += lostMetrics(outcome.logged)
    do {
      try await record(&outcome, before: before, traces)
    } catch let error as SystemError where error.isDiskFull {
      // They would go on filling the disk, and the step makes them again.
      try? places.discard()
      throw error
    } catch {
      try? places.moveAway()
      throw error
    }
    places.settle()
    return outcome
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

  /// Every declared output has to be there, whatever the exit status said.
  private func verify() -> Failure? {
    for artifact in artifacts {
      do {
        guard try machine.content(ofOutput: artifact.path) == nil else { continue }
      } catch {
        return Failure("what it wrote cannot be kept: \(error)")
      }
      return Failure(
        "it ended well, but did not write '\(artifact.path)'",
        hint: "write the output, or remove it from 'outputs'")
    }
    return nil
  }

  /// Objects, then the result; nothing is recorded of a step whose inputs changed under it.
  private func record(
    _ outcome: inout Outcome, before: Fingerprint, _ traces: StepTraces
  ) async throws {
    let deposit = try machine.deposit(artifacts, traces)
    outcome.contents = deposit.contents
    let after = try await confirm()
    let changes = after.changes(since: before)
    guard changes.isEmpty else {
      outcome.isRecorded = false
      outcome.notes.append(
        "not recorded, since this changed while it worked: "
          + changes.map(\.text).joined(separator: ", "))
      return
    }
    let key = before.key
    let outputs = zip(artifacts, deposit.contents).map { artifact, content in
      Result.Output(
        name: artifact.name, path: artifact.path, content: content, isStored: artifact.isStored)
    }
    if let earlier = try machine.store.result(for: key) {
      outcome.notes += notDeterministic(outputs, earlier)
    }
    let result = Result(
      key: key, step: step.name, fingerprint: before, outputs: outputs, log: deposit.log,
      metrics: deposit.metrics, workspace: machine.workspace, finished: Int(SystemClock.now),
      usage: outcome.usage ?? Usage())
    try machine.store.record(result)
    outcome.result = result
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
