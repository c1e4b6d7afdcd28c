import PipelineModel
import Testing

@testable import PipelineEngine

/// A workspace whose steps really execute, gone afterwards.
final class Workbench: Sendable {
  let scratch: ScratchDirectory

  var directory: Directory { scratch.directory }

  /// - Parameter manifest: `steps:` and what belongs below it.
  init(_ manifest: String) throws {
    scratch = try ScratchDirectory()
    try write(manifest: manifest)
  }

  func write(manifest: String) throws {
    try scratch.write("pipeline.yaml", "project: test\n" + manifest)
  }

  func plan() throws -> Plan {
    var loader = ManifestLoader(directory, "pipeline.yaml")
    let loaded = try loader.load(Overrides())
    #expect(loaded.text == "")
    let pipeline = try #require(loaded.pipeline)
    return try #require(Plan.make(Selection(), of: pipeline).plan)
  }

  func access(_ purpose: WorkspaceAccess.Purpose) async throws -> WorkspaceAccess {
    try await WorkspaceAccess.open(
      directory, purpose, store: nil, command: "test", environment: Machine.environment(),
      grace: .seconds(1)
    ) { _ in }
  }

  func machine(
    _ access: WorkspaceAccess, _ plan: Plan,
    listen: @escaping @Sendable (StepName, [UInt8]) -> Void = { _, _ in }
  ) throws -> MachineWorld {
    let swiftPM = SwiftPM(
      graphFile: nil, scratch: nil, plugin: nil, environment: Machine.environment())
    return try MachineWorld(
      access, pipeline: plan.pipeline, swiftPM: swiftPM, environment: Machine.environment(),
      grace: .milliseconds(200), listen: listen)
  }

  /// Executes what is stale.
  func run() async throws -> Ended {
    let plan = try plan()
    let access = try await access(.running(waits: false))
    let machine = try machine(access, plan)
    defer { machine.close() }
    let pools = Pools(cpus: 2, memoryBytes: 0, given: [:], steps: plan.pipeline.steps.rows)
    let runner = Runner(plan, machine, pools: pools, keepsGoing: true) { _ in }
    return Ended(plan: plan, record: try await runner.run { false })
  }

  /// Every path below the workspace that the tool does not keep for itself.
  func paths() throws -> [String] {
    try Contents(of: directory, stamps: Stamps(clock: .thisMachine)).listing(ofInput: .here)
      .entries.map(\.path.description)
  }

  struct Ended {
    let plan: Plan
    let record: RunRecord

    /// `name ending`, in plan order.
    var endings: [String] {
      record.steps.map { "\(plan.pipeline.steps[$0.step].name) \($0.outcome.ending)" }
    }

    var notes: [String] { record.steps.flatMap(\.outcome.notes) }
  }
}
