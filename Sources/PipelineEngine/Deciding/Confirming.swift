import PipelineModel

extension Decider {
  /// The fingerprint as it is now; the one from before where all is as it was.
  ///
  /// Most of a fingerprint follows from the pipeline. Only what is outside is looked at, and nothing
  /// is written anew where that has stayed.
  ///
  /// - Parameter before: of this step in this pipeline.
  package func fingerprint(
    of id: ID<Step>, known: [ID<Artifact>: Content], insteadOf before: Fingerprint
  ) async throws -> Fingerprint {
    // What cannot be looked at is told of by the same words as ever.
    if (try? isStill(before, of: plan.pipeline.steps[id], known)) == true { return before }
    return try await fingerprint(of: id, known: known)
  }

  /// - Returns: false as well where that takes more than looking at files.
  private func isStill(
    _ before: Fingerprint, of step: Step, _ known: [ID<Artifact>: Content]
  ) throws -> Bool {
    if case .swift = step.work { return false }
    guard step.tools.isEmpty, !before.fields.isEmpty,
      try sources(of: step) == before.fields.filter({ $0.kind == .source })
    else { return false }
    var rest = before.fields.drop { $0.kind != .input }.prefix { $0.kind == .input }
    for input in step.inputs {
      guard try take(input, from: &rest, known) else { return false }
    }
    return rest.isEmpty
  }

  /// Takes an input's fields, which are the first.
  ///
  /// - Returns: false where they are not what they would be now.
  private func take(
    _ input: Input, from rest: inout ArraySlice<Field>, _ known: [ID<Artifact>: Content]
  ) throws -> Bool {
    switch input.source {
    case .artifacts(let artifacts, _):
      return try artifacts.allSatisfy { id in
        let path = plan.pipeline.artifacts[id].path
        guard let content = try known[id] ?? world.content(ofOutput: path) else { return false }
        return rest.popFirst().map { content.isDescribed(by: $0.value) } ?? false
      }
    case .path(let path, _):
      guard let content = try world.content(ofInput: path) else { return false }
      return rest.popFirst().map { content.isDescribed(by: $0.value) } ?? false
    case .glob: return false
    }
  }
}
