import PipelineModel
import Testing

@testable import PipelineEngine

/// A workspace with shadows beside it, and a place outside of both where steps count themselves.
final class ShadowBench: Sendable {
  let base: Workbench
  private let outside: ScratchDirectory

  /// - Parameter manifest: `steps:` and what belongs to it.
  init(_ manifest: String) throws {
    base = try Workbench(manifest)
    outside = try ScratchDirectory()
  }

  /// The file that steps write to which count themselves, one line an execution.
  var counts: String { outside.directory.path.appending("counts").description }

  func executions() throws -> [String] {
    try outside.text("counts").split(separator: "\n").map(String.init).sorted()
  }

  func write(_ path: Path, _ text: String) throws { try base.scratch.write(path, text) }

  func text(_ path: Path) throws -> String { try base.scratch.text(path) }

  func plan(_ assignments: String...) throws -> Plan { try plan(assignments) }

  private func plan(_ assignments: [String]) throws -> Plan {
    var loader = ManifestLoader(base.directory, "pipeline.yaml")
    let loaded = try loader.load(Overrides(assignments: assignments))
    #expect(loaded.text == "")
    let pipeline = try #require(loaded.pipeline)
    return try #require(Plan.make(Selection(), of: pipeline).plan)
  }

  /// The workspace, taken for running.
  func machine(
    _ plan: Plan, listen: @escaping @Sendable (StepName, [UInt8]) -> Void = { _, _ in }
  ) async throws -> MachineWorld {
    try base.machine(try await base.access(.running(waits: false)), plan, listen: listen)
  }

  func run(_ plan: Plan, on world: MachineWorld) async throws -> Workbench.Ended {
    let pools = Pools(cpus: 2, memoryBytes: 0, given: [:], steps: plan.pipeline.steps.rows)
    let runner = Runner(plan, world, pools: pools, keepsGoing: true) { _ in }
    return Workbench.Ended(plan: plan, record: try await runner.run { false })
  }

  /// Executes what is stale in the workspace.
  func run(_ assignments: String...) async throws -> Workbench.Ended {
    let plan = try plan(assignments)
    let machine = try await machine(plan)
    defer { machine.close() }
    return try await run(plan, on: machine)
  }

  /// Executes what is stale in a shadow, for which the workspace is taken.
  func inShadow(_ assignments: String...) async throws -> Workbench.Ended {
    let plan = try plan(assignments)
    let machine = try await machine(plan)
    defer { machine.close() }
    let shadow = try Shadow.make(for: plan, beside: machine)
    let ended = try await run(plan, on: shadow.world)
    try shadow.finish()
    return ended
  }

  /// Executes plans at once, each in a shadow, with two processors for all.
  ///
  /// - Parameter meanwhile: given the workspace and the gate once the shadows are at work.
  /// - Returns: all endings.
  func inShadows(
    _ plans: [Plan],
    meanwhile: (MachineWorld, ResourceGate) async throws -> Void = { _, _ in }
  ) async throws -> [String] {
    let machine = try await machine(plans[0])
    defer { machine.close() }
    let gate = ResourceGate(
      Pools(cpus: 2, memoryBytes: 0, given: [:], steps: plans[0].pipeline.steps.rows))
    return try await withThrowingTaskGroup(of: [String].self) { group in
      for plan in plans {
        group.addTask {
          let shadow = try Shadow.make(for: plan, beside: machine, gate: gate)
          let ended = try await self.run(plan, on: shadow.world)
          try shadow.finish()
          return ended.endings
        }
      }
      try await meanwhile(machine, gate)
      return try await group.reduce(into: []) { $0 += $1 }
    }
  }

  /// Of every file that the tool does not keep for itself.
  func stamps() throws -> [String: Stamp] {
    var stamps: [String: Stamp] = [:]
    for path in try base.paths() {
      stamps[path] = try base.directory.status(of: Path(path)).map(Stamp.init)
    }
    return stamps
  }
}
