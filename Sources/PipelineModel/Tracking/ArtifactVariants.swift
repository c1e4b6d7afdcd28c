/// The artifacts of a matrix step by the name they share: `train.model` has `train@seed=1.model`.
package enum ArtifactVariants {
  /// Whether an artifact is one combination's of what `name` means.
  package static func contains(_ artifact: String, _ name: String) -> Bool {
    guard let reference = try? VersionReference.read(artifact) else { return false }
    switch reference.subject {
    case .artifact(let step, let output): return "\(step.base).\(output)" == name && !isBase(step)
    case .path(let step, let path): return "\(step.base):\(path)" == name && !isBase(step)
    case .model: return false
    }
  }

  private static func isBase(_ step: StepName) -> Bool { step.variant.isEmpty }
}
