import PipelineModel
import Testing

@testable import PipelineEngine

@Suite("Access to a workspace") struct WorkspaceAccessTests {
  @Test("Whoever only looks leaves no trace where nothing has run")
  func readingMakesNothing() async throws {
    let bench = try Workbench("steps: { a: { run: cat raw > a, inputs: [raw], outputs: [a] } }\n")
    try bench.scratch.write("raw", "1")
    let before = try bench.scratch.names()
    let plan = try bench.plan()
    let access = try await bench.access(.reading)
    let machine = try bench.machine(access, plan)
    #expect(try await Preflight(plan, machine).problems().isEmpty)
    let forecast = try await Forecast(Decider(plan, machine))
    #expect(forecast.hasStale(in: plan.pipeline))
    #expect(try await access.store.verify(heal: false) == Verification())
    machine.close()
    try await WorkspaceAccess.endSurvivors(of: bench.directory, grace: .seconds(1))
    #expect(try bench.scratch.names() == before)
  }

  @Test("A file is read once even where no clock can be touched")
  func machineClock() async throws {
    let bench = try Workbench("steps: { a: { run: cat raw > a, inputs: [raw], outputs: [a] } }\n")
    try bench.scratch.write("raw", "1")
    try await Task.sleep(for: .milliseconds(30))
    let machine = try bench.machine(try await bench.access(.reading), bench.plan())
    #expect(try machine.content(ofInput: "raw") != nil)
    #expect(machine.contents.stamps.sighting(at: "raw") != nil)
  }

  @Test("What has run is seen by whoever looks, in a store that is there")
  func readingAfterRun() async throws {
    let bench = try Workbench("steps: { a: { run: cat raw > a, inputs: [raw], outputs: [a] } }\n")
    try bench.scratch.write("raw", "1")
    #expect(try await bench.run().endings == ["a ran"])
    let plan = try bench.plan()
    let machine = try bench.machine(try await bench.access(.reading), plan)
    #expect(try await !Forecast(Decider(plan, machine)).hasStale(in: plan.pipeline))
    #expect(machine.workspace.count == 16)
  }
}
