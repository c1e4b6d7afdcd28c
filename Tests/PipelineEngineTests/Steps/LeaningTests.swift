import PipelineModel
import Testing

@testable import PipelineEngine

/// What a run believes of its first look at the workspace, and how long.
@Suite("Leaning on what the last run left") struct LeaningTests {
  private static let question = Digest(of: "all")

  private let bench: Workbench

  init() async throws {
    bench = try Workbench("steps: {}\n")
  }

  private func leaveStanding() async throws {
    // The second leaves what the first had read too soon after it was written.
    for _ in 1...2 {
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
  }

  /// A run up to where steps are decided.
  ///
  /// - Parameters:
  ///   - patience: how long the first look is believed.
  ///   - body: given what has leaned on that look.
  private func leaning<Answer>(
    believing patience: Duration = .seconds(1000),
    _ body: (Plan, MachineWorld) async throws -> Answer
  ) async throws -> Answer {
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
    return try await body(plan, machine)
  }

  /// Names of the steps that are kept without being decided, though files change after the look.
  private func kept(believing patience: Duration) async throws -> [String] {
    let names = ["edited", "touched", "same", "known", "changed"]
    try bench.write(
      manifest: "steps:\n"
        + names.map {
          "  \($0):\n    run: cat in/\($0) > out/\($0)\n    inputs: [in/\($0)]\n"
            + "    outputs: [out/\($0)]\n"
        }.joined())
    for name in names { try bench.scratch.write(Path("in/\(name)"), "old") }
    try await leaveStanding()
    try bench.touch("in/known")
    try bench.scratch.write("in/changed", "other")
    return try await leaning(believing: patience) { plan, machine in
      try bench.scratch.write("in/edited", "new!")
      try bench.touch("in/touched")
      return try plan.steps.compactMap { id in
        try machine.untouchedResult(of: id).map { _ in plan.pipeline.steps[id].name.description }
      }.sorted()
    }
  }

  @Test("What was seen a moment ago is believed")
  func believed() async throws {
    #expect(
      try await kept(believing: .seconds(1000)) == ["edited", "known", "same", "touched"])
  }

  @Test("Later all is looked at again: what was edited or touched has to be decided")
  func expired() async throws {
    #expect(try await kept(believing: .zero) == ["same"])
  }

  // MARK: Links

  /// Codes of what can be seen before anything executes, and whether any step is untouched.
  private func problems(
    believing patience: Duration = .seconds(1000), after change: () throws -> Void = {}
  ) async throws -> (codes: [String], isUntouched: Bool) {
    try await leaning(believing: patience) { plan, machine in
      let isUntouched = plan.steps.contains { machine.isUntouched($0) }
      try change()
      return (try await Preflight(plan, machine).problems().map(\.code), isUntouched)
    }
  }

  private static let writer = """
      writer:
        run: echo new > ${{ outputs.o }}
        outputs: { o: PLACE }

    """

  /// How a step reads what lies in the workspace by a path that leads out of it and back, and what
  /// another comes to write there. `TOP` is the workspace, `../HERE` is, too.
  static let detours = [
    ("inputs: { x: \"file:TOP/mine/x.txt\" }", "mine/x.txt"),
    ("inputs: { x: \"file:../HERE/mine/x.txt\" }", "mine/x.txt"),
    ("inputs: { x: \"file:../HERE/mine\" }", "mine/new"),
    ("inputs: { x: \"../HERE/mine/*.txt\" }", "mine/new.txt"),
    ("sources: [../HERE/mine]", "mine/new"),
  ]

  @Test("A new step is seen to write what an untouched one reads by a detour", arguments: detours)
  func detour(reading: String, place: String) async throws {
    let top = bench.directory.path
    let reader = """
      steps:
        reader:
          run: ls mine > ${{ outputs.o }}
          \(reading)
          outputs: { o: two.txt }

      """
      .replacing("TOP", with: top.description)
      .replacing("HERE", with: String(decoding: top.name, as: UTF8.self))
    try bench.scratch.write("mine/x.txt", "old")
    try bench.write(manifest: reader)
    try await leaveStanding()
    try bench.write(manifest: reader + LeaningTests.writer.replacing("PLACE", with: place))
    let found = try await problems()
    #expect(found.isUntouched)
    #expect(found.codes == ["hidden-by-link"])
  }

  @Test("A link that came after the first look is looked for, whatever the manifest was")
  func lateLink() async throws {
    let reader = """
      steps:
        reader:
          run: cat in/x > ${{ outputs.o }}
          inputs: [in/x]
          outputs: { o: two.txt }

      """
    try bench.scratch.write("in/x", "old")
    try bench.scratch.write("in/y", "old")
    try bench.write(manifest: reader)
    try await leaveStanding()
    try bench.write(manifest: reader + LeaningTests.writer.replacing("PLACE", with: "real/x"))
    let directory = bench.directory
    let found = try await problems(believing: .zero) {
      try directory.rename("in", to: "real")
      try directory.makeLink("in", to: Array("real".utf8))
    }
    #expect(found.isUntouched)
    #expect(found.codes.contains("hidden-by-link"), "\(found.codes)")
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
