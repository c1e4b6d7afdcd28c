import PipelineEngine
import PipelineModel

/// Runs plans in a memory world.
enum MemoryRun {
  static func play(
    _ plan: Plan, _ world: MemoryWorld, cpus: Int = 2, keepsGoing: Bool = false
  ) async throws -> RunRecord {
    let pools = Pools(
      cpus: cpus, memoryBytes: 1 << 30, given: [:], steps: plan.pipeline.steps.rows)
    let runner = Runner(plan, world, pools: pools, keepsGoing: keepsGoing) { _ in }
    return try await runner.run { false }
  }
}
