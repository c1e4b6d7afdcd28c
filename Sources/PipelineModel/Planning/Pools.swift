/// What steps share while they execute: processors, memory, and whatever else is counted.
package struct Pools: Sendable {
  /// Sizes by name; `cpus` and `memory` (bytes) are always there.
  private let sizes: [String: Int]
  private var free: [String: Int]

  /// - Parameters:
  ///   - cpus: how many steps of one cpu may execute at once.
  ///   - given: sizes the user named.
  ///   - steps: a pool nobody sized is as large as the largest single demand, so that such steps
  ///     follow each other.
  package init(
    cpus: Int, memoryBytes: Int, given: [String: Int], steps: some Sequence<Step>
  ) {
    var sizes = ["cpus": cpus, "memory": memoryBytes]
    for step in steps {
      for (name, count) in step.resources.pools {
        sizes[name.content] = max(sizes[name.content] ?? 0, count)
      }
    }
    sizes.merge(given) { $1 }
    self.sizes = sizes
    free = sizes
  }

  /// Demands that no pool can ever meet: refused before anything executes.
  package func problems(of steps: some Sequence<Step>) -> [Diagnostic] {
    steps.flatMap { step in
      Pools.demand(of: step).sorted { $0.key < $1.key }.compactMap { name, count in
        guard let size = sizes[name], count > size else { return nil }
        return Diagnostic(
          "pool-too-small", "step '\(step.name)' asks for \(count) of '\(name)', there are \(size)",
          hint: name == "cpus"
            ? "run with '--jobs \(count)'" : "run with '--resources \(name)=\(count)'",
          at: step.resources.span ?? step.span)
      }
    }
  }

  /// Whether any step could start: each asks for a processor at least.
  package var hasRoom: Bool { free["cpus", default: 0] > 0 }

  package func fits(_ step: Step) -> Bool {
    Pools.demand(of: step).allSatisfy { $0.value <= free[$0.key] ?? 0 }
  }

  package mutating func take(for step: Step) {
    for (name, count) in Pools.demand(of: step) { free[name, default: 0] -= count }
  }

  package mutating func giveBack(from step: Step) {
    for (name, count) in Pools.demand(of: step) { free[name, default: 0] += count }
  }

  private static func demand(of step: Step) -> [String: Int] {
    var demand = ["cpus": step.resources.cpus]
    if let memory = step.resources.memoryBytes { demand["memory"] = memory }
    for (name, count) in step.resources.pools { demand[name.content] = count }
    return demand
  }
}
