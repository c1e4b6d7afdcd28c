import PipelineModel
import Testing

@testable import PipelineEngine

@Suite("Runs beside the workspace") struct AsideRunTests {
  private struct Refused: Error {
    let problems: [String]
    let place: Path
    let shadows: [String]
  }

  private func aside(
    _ bench: ShadowBench, _ machine: MachineWorld,
    tell: @escaping @Sendable (RunEvent) -> Void = { _ in },
    check: @escaping @Sendable (Plan, MachineWorld) async throws -> Void = { _, _ in }
  ) -> AsideRun {
    AsideRun(
      beside: machine, history: bench.base.directory.path.appending("history.db"),
      request: ExperimentRequest(origin: ExperimentOrigin(command: "run"))
    ) { _ in
      Pools(cpus: 2, memoryBytes: 0, given: [:], steps: [])
    } voice: { _ in
      AsideRun.Voice(tell: tell, finish: {})
    } check: {
      try await check($0, $1)
    } isCancelled: {
      false
    }
  }

  @Test("What is missing is looked for in the workspace, before anything is made beside it")
  func checking() async throws {
    let bench = try ShadowBench(
      "steps: { a: { run: 'cat gone > out', inputs: [gone], outputs: [out] } }\n")
    let plan = try bench.plan()
    let machine = try await bench.machine(plan)
    defer { machine.close() }
    let aside = aside(
      bench, machine,
      check: { plan, world in
        let problems = try await Preflight(plan, world).problems()
        throw Refused(
          problems: problems.map(\.code), place: world.root.path,
          shadows: (try? bench.base.scratch.names(".pipeline/shadows")) ?? [])
      })
    let refused = await #expect(throws: Refused.self) {
      try await aside.run(plan, replacing: [:])
    }
    #expect(refused?.problems == ["missing-input"])
    #expect(refused?.place == bench.base.directory.path)
    #expect(refused?.shadows == [])
  }

  @Test("What a step prints is told after the steps before it, and before its own end")
  func order() async throws {
    let bench = try ShadowBench(
      """
      steps:
        a: { run: "echo 1 > a; cat a", outputs: [a] }
        b: { run: "cat a; echo 2 > b", inputs: [a], outputs: [b] }
        c: { run: "cat b; echo 3 > c", inputs: [b], outputs: [c] }

      """)
    let plan = try bench.plan()
    let heard = Gathered()
    let machine = try await bench.machine(plan, listen: { heard.add($1) })
    defer { machine.close() }
    let told = Gathered()
    let aside = aside(
      bench, machine,
      tell: { event in
        switch event {
        case .started(let id, _): told.add(Array("+\(plan.pipeline.steps[id].name) ".utf8))
        case .printed(let name, let bytes): told.add(Array("\(name):".utf8) + bytes)
        case .ended(let id, _, _): told.add(Array("-\(plan.pipeline.steps[id].name) ".utf8))
        case .progress: break
        }
      })
    _ = try await aside.run(plan, replacing: [:])
    #expect(told.words == ["+a", "a:1", "-a", "+b", "b:1", "-b", "+c", "c:2", "-c"])
    // Whoever listens to the workspace hears nothing of that, and then again of all that is his.
    machine.hear(try #require(StepName("a")), Array("later".utf8))
    #expect(heard.words == ["later"])
  }
}
