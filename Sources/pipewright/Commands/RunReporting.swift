import PipelineEngine
import PipelineModel

extension RunReport {
  /// What an execution has come to.
  ///
  /// - Parameter started: nanoseconds since 1970.
  init(
    of plan: Plan, _ ended: RecordedRun.Ended, _ session: Session, on machine: MachineWorld,
    started: Int
  ) {
    let pipeline = plan.pipeline
    let steps = ended.record.steps.map { entry in
      let step = pipeline.steps[entry.step]
      var row = Step(step, entry)
      row.outputs = zip(step.outputs, entry.outcome.contents).map { id, content in
        let artifact = pipeline.artifacts[id]
        return Output(
          name: artifact.name, path: artifact.path, digest: content.digest,
          version: ended.versions[id])
      }
      row.metrics = entry.outcome.metrics(of: step, in: pipeline, machine)
      row.failure = entry.outcome.failure.map { failure in
        Failure(
          message: failure.fact, excerpt: failure.excerpt, log: entry.outcome.log?.description,
          file: session.manifestName, line: step.span.line)
      }
      return row
    }
    self.init(
      project: pipeline.project, experiment: ended.experiment?.name,
      outcome: Outcome(ended.outcome), started: started,
      seconds: Double(Int(SystemClock.now) - started) / 1e9, steps: steps)
  }
}

extension RunReport.Step {
  fileprivate init(_ step: PipelineModel.Step, _ entry: RunRecord.StepRecord) {
    let outcome = entry.outcome
    self.init(
      name: step.name, ending: outcome.ending,
      isRecorded: outcome.result != nil && outcome.isRecorded)
    reasons = entry.decision?.verdict.reasons ?? []
    key = outcome.result?.key ?? entry.decision?.key
    usage = outcome.usage
    mayFail = step.traits.contains(.allowFailure)
  }
}

extension Outcome {
  /// What the step's outputs of kind `metrics` say, by `OUTPUT.PATH`.
  fileprivate func metrics(
    of step: Step, in pipeline: Pipeline, _ machine: MachineWorld
  ) -> [(name: String, value: Value)] {
    zip(step.outputs, contents).flatMap { id, content -> [(name: String, value: Value)] in
      let artifact = pipeline.artifacts[id]
      guard artifact.kind == .metrics else { return [] }
      let values = (try? machine.store.read(content.digest)).map(MetricFile.values) ?? []
      let name = artifact.name?.text ?? artifact.path.description
      return values.map { leaf in
        (machine.mask.masked("\(name).\(leaf.name)"), machine.mask.masked(leaf.value))
      }
    }
  }
}

extension RunReport.Outcome {
  /// - Parameter outcome: of what has ended.
  fileprivate init(_ outcome: ExperimentEntry.Outcome) {
    switch outcome {
    case .succeeded: self = .succeeded
    case .failed: self = .failed
    case .cancelled, .running, .killed: self = .cancelled
    }
  }
}
