/// Artifacts whose content is given, and what follows from that for a plan.
struct Replacement {
  /// Steps that write a replaced artifact, be it one of many.
  let writers: Set<ID<Step>>
  private let artifacts: Set<ID<Artifact>>
  private let pipeline: Pipeline

  init(_ artifacts: Set<ID<Artifact>>, in pipeline: Pipeline) {
    self.artifacts = artifacts
    self.pipeline = pipeline
    writers = Set(artifacts.map { pipeline.artifacts[$0].writer })
  }

  /// What has to come before a step: those that write what it reads and is not given, and those
  /// that it waits for and that would overwrite nothing given.
  func predecessors(of id: ID<Step>) -> [ID<Step>] {
    let step = pipeline.steps[id]
    if artifacts.isEmpty { return step.needs + step.after }
    return step.needs.filter { !writers.contains($0) || reads(step, from: $0) }
      + step.after.filter { !writers.contains($0) }
  }

  /// A problem for each step of the plan that would write what is given.
  func problems(with steps: [ID<Step>]) -> [Diagnostic] {
    steps.filter(writers.contains).map { id in
      let step = pipeline.steps[id]
      let paths = step.outputs.filter(artifacts.contains).map { "'\(pipeline.artifacts[$0].path)'" }
      return Diagnostic(
        "replaced-output",
        "step '\(step.name)' would write \(paths.joined(separator: ", ")), which is given",
        hint: "leave the step out, and give whatever else is read of it", at: nil)
    }
  }

  /// Whether a step reads something that the writer makes and that is not given.
  private func reads(_ step: Step, from writer: ID<Step>) -> Bool {
    let read = Set(step.inputs.flatMap(\.source.artifacts))
    return pipeline.steps[writer].outputs.contains { id in
      let path = pipeline.artifacts[id].path
      let isRead =
        read.contains(id)
        || (step.sources + step.sourceCandidates).contains { $0.overlaps(path) }
      return isRead && !artifacts.contains(id)
    }
  }
}
