import PipelineModel
import Testing

@testable import PipelineEngine

@Suite("Runs beside the workspace") struct AsideRunTests {
  private struct Refused: Error {
    let problems: [String]
    let place: Path
    let shadows: [String]
  }

  @Test("What is missing is looked for in the workspace, before anything is made beside it")
  func checking() async throws {
    let bench = try ShadowBench(
      "steps: { a: { run: 'cat gone > out', inputs: [gone], outputs: [out] } }\n")
    let plan = try bench.plan()
    let machine = try await bench.machine(plan)
    defer { machine.close() }
    let aside = AsideRun(
      beside: machine, history: bench.base.directory.path.appending("history.db"),
      request: ExperimentRequest(origin: ExperimentOrigin(command: "run"))
    ) { _ in
      Pools(cpus: 2, memoryBytes: 0, given: [:], steps: [])
    } voice: { _ in
      AsideRun.Voice(tell: { _ in }, listen: { _, _ in }, finish: {})
    } check: { plan, world in
      let problems = try await Preflight(plan, world).problems()
      throw Refused(
        problems: problems.map(\.code), place: world.root.path,
        shadows: (try? bench.base.scratch.names(".pipeline/shadows")) ?? [])
    } isCancelled: {
      false
    }
    let refused = await #expect(throws: Refused.self) {
      try await aside.run(plan, replacing: [:])
    }
    #expect(refused?.problems == ["missing-input"])
    #expect(refused?.place == bench.base.directory.path)
    #expect(refused?.shadows == [])
  }
}
