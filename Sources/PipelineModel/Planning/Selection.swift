/// Which steps an invocation is about.
package struct Selection: Sendable {
  /// Names as the user wrote them: `train`, `train@seed=1`; empty means all but manual steps.
  package var names: [String] = []
  /// The named steps alone; what they read counts as it lies there.
  package var isOnly = false
  /// The named steps and all that depends on them, with what those need.
  package var isDownstream = false
  /// Whether the named steps execute even where they are fresh.
  package var isForced = false

  package init(
    names: [String] = [], isOnly: Bool = false, isDownstream: Bool = false, isForced: Bool = false
  ) {
    self.names = names
    self.isOnly = isOnly
    self.isDownstream = isDownstream
    self.isForced = isForced
  }
}

/// The steps that an invocation is about, in the order of the pipeline.
package struct Plan: Sendable {
  package let pipeline: Pipeline
  package let steps: [ID<Step>]
  package let forced: Set<ID<Step>>
  /// Artifacts whose content is given: no step of the plan writes them.
  package let replaced: Set<ID<Artifact>>
  private let isSelected: [Bool]

  /// - Parameter replaced: artifacts whose content is given; what makes them is not followed.
  /// - Returns: nil with problems where a name is no step's, a forced step is frozen, or a step
  ///   would have to write a replaced artifact.
  package static func make(
    _ selection: Selection, of pipeline: Pipeline, replacing replaced: Set<ID<Artifact>> = []
  ) -> (plan: Plan?, problems: [Diagnostic]) {
    let (named, problems) = resolve(selection.names, in: pipeline)
    guard problems.isEmpty else { return (nil, problems) }
    var roots = named
    let given = Replacement(replaced, in: pipeline)
    if selection.names.isEmpty {
      roots = pipeline.steps.ids.filter {
        !pipeline.steps[$0].traits.contains(.manual) && !given.writers.contains($0)
      }
    }
    if selection.isDownstream {
      roots = reach(from: roots, of: pipeline.steps.count) { id in
        pipeline.dependants(of: id).filter {
          !pipeline.steps[$0].traits.contains(.manual) && !given.writers.contains($0)
        }
      }
    }
    if !selection.isOnly {
      roots = reach(from: roots, of: pipeline.steps.count) { id in
        given.predecessors(of: id).filter { !pipeline.steps[$0].traits.contains(.manual) }
      }
    }
    let refusals = given.problems(with: roots)
    guard refusals.isEmpty else { return (nil, refusals) }
    var isSelected = [Bool](repeating: false, count: pipeline.steps.count)
    for id in roots { isSelected[id.index] = true }
    let forced = selection.isForced ? Set(named.isEmpty ? roots : named) : []
    let refused = named.filter {
      forced.contains($0) && pipeline.steps[$0].traits.contains(.frozen)
    }
    guard refused.isEmpty else { return (nil, refused.map { frozen(pipeline.steps[$0]) }) }
    let plan = Plan(
      pipeline: pipeline, steps: pipeline.order.filter { isSelected[$0.index] },
      forced: forced.filter { !pipeline.steps[$0].traits.contains(.frozen) },
      replaced: replaced, isSelected: isSelected)
    return (plan, [])
  }

  package func contains(_ step: ID<Step>) -> Bool { isSelected[step.index] }

  private static func frozen(_ step: Step) -> Diagnostic {
    Diagnostic(
      "frozen-forced", "step '\(step.name)' is frozen: it is never executed",
      hint: "remove 'frozen: true' to execute it", at: step.span)
  }

  private static func resolve(
    _ names: [String], in pipeline: Pipeline
  ) -> (steps: [ID<Step>], problems: [Diagnostic]) {
    if names.isEmpty { return ([], []) }
    var byName: [String: [ID<Step>]] = [:]
    for id in pipeline.steps.ids {
      let name = pipeline.steps[id].name
      byName[name.base.text, default: []].append(id)
      if !name.variant.isEmpty { byName[name.description, default: []].append(id) }
    }
    var steps: [ID<Step>] = []
    var problems: [Diagnostic] = []
    for name in names {
      if let found = byName[name] {
        steps += found
      } else {
        problems.append(
          Diagnostic(
            "unknown-step", "no step is named '\(name)'",
            hint: nearest(to: name, among: byName.keys.sorted()).map { "write '\($0)'" }
              ?? "'pipewright graph' shows all steps", at: nil))
      }
    }
    return (steps, problems)
  }

  /// - Parameter count: of all steps.
  private static func reach(
    from roots: [ID<Step>], of count: Int, _ next: (ID<Step>) -> [ID<Step>]
  ) -> [ID<Step>] {
    var isSeen = [Bool](repeating: false, count: count)
    for id in roots { isSeen[id.index] = true }
    var open = roots
    while let id = open.popLast() {
      for other in next(id) where !isSeen[other.index] {
        isSeen[other.index] = true
        open.append(other)
      }
    }
    return isSeen.indices.filter { isSeen[$0] }.map { ID(index: $0) }
  }
}
