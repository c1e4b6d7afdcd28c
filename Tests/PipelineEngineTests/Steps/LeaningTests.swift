import PipelineModel
import Testing

@testable import PipelineEngine

/// What a run believes of its first look at the workspace, and how long.
@Suite("Leaning on what the last run left") struct LeaningTests {
  private static let question = Digest(of: "all")

  private let bench: Workbench

  init() async throws {
    let names = ["edited", "touched", "same", "known", "changed"]
    bench = try Workbench(
      "steps:\n"
        + names.map {
          "  \($0):\n    run: cat in/\($0) > out/\($0)\n    inputs: [in/\($0)]\n"
            + "    outputs: [out/\($0)]\n"
        }.joined())
    for name in names { try bench.scratch.write(Path("in/\(name)"), "old") }
    // The second leaves what the first had read too soon after it was written.
    for _ in 1...2 { try await leaveStanding() }
  }

  /// By the name of a step, whether it is kept without being decided.
  ///
  /// - Parameter patience: how long the first look is believed.
  private func kept(believing patience: Duration) async throws -> [String] {
    try bench.touch("in/known")
    try bench.scratch.write("in/changed", "other")
    let glance = try #require(
      try WorkspaceAccess.glance(
        at: bench.directory, LeaningTests.question, isRun: true, command: "test"))
    let plan = try bench.plan()
    let access = try await WorkspaceAccess.open(
      bench.directory, .running(waits: false), store: nil, command: "test",
      environment: Machine.environment(), grace: .seconds(1), after: glance
    ) { _ in }
    let machine = try bench.machine(access, plan)
    defer { machine.close() }
    machine.lean(on: glance, for: plan, readFrom: try bench.files(), believing: patience)
    try bench.scratch.write("in/edited", "new!")
    try bench.touch("in/touched")
    return try plan.steps.compactMap { id in
      try machine.untouchedResult(of: id).map { _ in plan.pipeline.steps[id].name.description }
    }.sorted()
  }

  private func leaveStanding() async throws {
    let plan = try bench.plan()
    let access = try await bench.access(.running(waits: false))
    let machine = try bench.machine(access, plan)
    defer { machine.close() }
    let pools = Pools(cpus: 2, memoryBytes: 0, given: [:], steps: plan.pipeline.steps.rows)
    let record = try await Runner(plan, machine, pools: pools, keepsGoing: true) { _ in }
      .run { false }
    machine.settle(
      record, of: plan, question: LeaningTests.question, files: try bench.files(), isQuiet: true)
  }

  @Test("What was seen a moment ago is believed")
  func believed() async throws {
    #expect(
      try await kept(believing: .seconds(1000)) == ["edited", "known", "same", "touched"])
  }

  @Test("Later all is looked at again: what was edited or touched since has to be decided")
  func expired() async throws {
    #expect(try await kept(believing: .zero) == ["known", "same"])
  }
}

extension Workbench {
  /// The manifest as `lean` and `settle` take it.
  fileprivate func files() throws -> [(path: Path, digest: Digest)] {
    [("pipeline.yaml", SHA256.digest(try directory.read("pipeline.yaml")))]
  }

  /// Gives a file another time, and leaves what it holds.
  fileprivate func touch(_ path: Path) throws {
    try directory.replace(path, with: try directory.read(path))
  }
}
