import PipelineEngine
import PipelineModel
import Testing

/// Runs plans in a memory world.
enum MemoryRun {
  static func play(
    _ plan: Plan, _ world: MemoryWorld, cpus: Int = 2, keepsGoing: Bool = false,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) async throws -> RunRecord {
    let pools = Pools(
      cpus: cpus, memoryBytes: 1 << 30, given: [:], steps: plan.pipeline.steps.rows)
    let runner = Runner(plan, world, pools: pools, keepsGoing: keepsGoing) { _ in }
    return try await runner.run(isCancelled: isCancelled)
  }

  /// Runs a manifest's text.
  ///
  /// - Returns: `step ending`, in plan order.
  @discardableResult
  static func endings(
    _ text: String, _ world: MemoryWorld, _ selection: Selection = Selection(),
    keepsGoing: Bool = false
  ) async throws -> String {
    let plan = try plan(text, selection)
    let record = try await play(plan, world, keepsGoing: keepsGoing)
    return record.steps.map { "\(plan.pipeline.steps[$0.step].name) \($0.outcome.ending)" }
      .joined(separator: ", ")
  }

  static func plan(_ text: String, _ selection: Selection = Selection()) throws -> Plan {
    let bound = BoundText(text)
    #expect(bound.transcript == "")
    let pipeline = try #require(bound.pipeline)
    return try #require(Plan.make(selection, of: pipeline).plan)
  }
}
