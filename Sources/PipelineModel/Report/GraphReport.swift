/// A pipeline, or some of its steps, to be drawn or listed.
package struct GraphReport: Sendable {
  /// Why one step comes after another.
  struct Edge: Sendable, Equatable {
    let from: ID<Step>
    let to: ID<Step>
    /// Names or paths of the artifacts that are read, each once; none where it only waits, and
    /// where it is a source that the other step writes.
    let labels: [String]
    let isOrderOnly: Bool

    /// At most three labels on one line.
    var label: String {
      let shown = labels.prefix(3).joined(separator: ", ")
      return labels.count > 3 ? "\(shown) and \(labels.count - 3) more" : shown
    }
  }

  let pipeline: Pipeline
  /// Every step after all that it needs.
  let steps: [ID<Step>]
  /// By the step that comes later, in the order of `steps`; only between these.
  let edges: [Edge]

  /// - Parameter steps: in the order of the pipeline; nil for all.
  package init(_ pipeline: Pipeline, steps: [ID<Step>]? = nil) {
    self.pipeline = pipeline
    self.steps = steps ?? pipeline.order
    let shown = Set(self.steps)
    edges = self.steps.flatMap { GraphReport.edges(to: $0, in: pipeline, among: shown) }
  }

  /// The step of a handle.
  func step(_ id: ID<Step>) -> Step { pipeline.steps[id] }

  /// What people read first: its name, and below it its role where that says more.
  func caption(_ id: ID<Step>) -> [String] {
    let step = pipeline.steps[id]
    guard let role = step.role, role != step.name.base.text else { return ["\(step.name)"] }
    return ["\(step.name)", Excerpt.clipped(role, to: 40)]
  }

  private static func edges(
    to reader: ID<Step>, in pipeline: Pipeline, among shown: Set<ID<Step>>
  ) -> [Edge] {
    let step = pipeline.steps[reader]
    var labels: [ID<Step>: [String]] = [:]
    for input in step.inputs {
      for artifact in input.source.artifacts {
        let artifact = pipeline.artifacts[artifact]
        let label = Excerpt.shown(artifact.label)
        if labels[artifact.writer]?.contains(label) != true {
          labels[artifact.writer, default: []].append(label)
        }
      }
    }
    let needs = step.needs.filter(shown.contains).map {
      Edge(from: $0, to: reader, labels: labels[$0] ?? [], isOrderOnly: false)
    }
    let after = step.after.filter(shown.contains).map {
      Edge(from: $0, to: reader, labels: [], isOrderOnly: true)
    }
    return needs + after
  }
}

extension Artifact {
  /// How reports call it: its name, else its path.
  package var label: String { name?.text ?? path.description }
}
