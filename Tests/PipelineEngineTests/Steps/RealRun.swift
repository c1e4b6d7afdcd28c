import PipelineModel
import Testing

@testable import PipelineEngine

/// A workspace on disk in which manifests really run.
final class RealRun: Sendable {
  let scratch: ScratchDirectory

  init() throws {
    scratch = try ScratchDirectory()
  }

  /// Makes an executable script.
  func program(_ path: Path, _ script: String) throws {
    try scratch.directory.makeDirectories(path.parent)
    try scratch.directory.replace(
      path, with: Array("#!/bin/sh\n\(script)\n".utf8), permissions: 0o777)
  }

  /// What a run came to.
  struct Ended {
    /// `step ending`, in plan order.
    var endings: String
    var failures: [String]
    /// What is shown of the logs of those that failed.
    var excerpts: [String]
    var notes: [String]
    var results: [Result]
    /// The last step's log.
    var log: String
    var metrics: String
  }

  /// - Parameters:
  ///   - variables: the tool's environment, beside `PATH`.
  ///   - before: files that are there.
  ///   - context: what tracking servers would call the run.
  func run(
    _ text: String, variables: [String: String] = [:], before: [String: String] = [:],
    context: TrackingContext? = nil
  ) async throws -> Ended {
    for (path, content) in before { try scratch.write(Path(path), content) }
    return try await with(text, variables) { plan, machine in
      machine.tracking.withLock { $0 = context }
      let pools = Pools(cpus: 2, memoryBytes: 1 << 30, given: [:], steps: plan.pipeline.steps.rows)
      let runner = Runner(plan, machine, pools: pools, keepsGoing: true) { _ in }
      let record = try await runner.run { false }
      let results = record.steps.compactMap(\.outcome.result)
      let last = try #require(record.steps.last).step
      let files = try machine.logs.files(of: plan.pipeline.steps[last].name)
      return Ended(
        endings: record.steps.map {
          "\(plan.pipeline.steps[$0.step].name) \($0.outcome.ending)"
        }.joined(separator: ", "),
        failures: record.steps.compactMap(\.outcome.failure?.fact),
        excerpts: record.steps.flatMap { $0.outcome.failure?.excerpt ?? [] },
        notes: record.steps.flatMap(\.outcome.notes), results: results,
        // What has nothing in it need not be there.
        log: (try? self.scratch.text(files.path(.log))) ?? "",
        metrics: (try? self.scratch.text(files.path(.metrics))) ?? "")
    }
  }

  /// `code fact`, each problem that can be seen before anything executes.
  func problems(_ text: String) async throws -> [String] {
    try await with(text, [:]) { plan, machine in
      try await Preflight(plan, machine).problems().map { "\($0.code) \($0.fact)" }
    }
  }

  private func with<Answer>(
    _ text: String, _ variables: [String: String],
    _ body: (Plan, MachineWorld) async throws -> Answer
  ) async throws -> Answer {
    let bound = BoundText(text)
    #expect(bound.transcript == "")
    let pipeline = try #require(bound.pipeline)
    let plan = try #require(Plan.make(Selection(), of: pipeline).plan)
    var environment = [EnvironmentVariable("PATH", "/usr/local/bin:/usr/bin:/bin")]
    environment += variables.map { EnvironmentVariable($0.key, $0.value) }
    let access = try await WorkspaceAccess.open(
      scratch.directory, .running(waits: true), store: nil, command: "test", environment: [],
      grace: .seconds(3)
    ) { _ in }
    let swiftPM = SwiftPM(graphFile: nil, scratch: nil, plugin: nil, environment: environment)
    let machine = try MachineWorld(
      access, pipeline: pipeline, swiftPM: swiftPM, environment: environment, grace: .seconds(3)
    ) { _, _ in }
    defer { machine.close() }
    return try await body(plan, machine)
  }
}
