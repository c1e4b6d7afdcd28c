import PipelineModel
import Testing

@testable import PipelineEngine

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

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

  @Test("A link in the place of the state is neither looked through nor written through")
  func linkedState() async throws {
    let bench = try Workbench("steps: { a: { run: cat raw > a, inputs: [raw], outputs: [a] } }\n")
    try bench.scratch.write("raw", "1")
    try bench.directory.makeDirectories("elsewhere")
    try bench.directory.makeLink(StateDirectory.name, to: Array("elsewhere".utf8))
    let plan = try bench.plan()
    let machine = try bench.machine(try await bench.access(.reading), plan)
    #expect(try await Forecast(Decider(plan, machine)).hasStale(in: plan.pipeline))
    machine.close()
    #expect(throws: SystemError.self) { try StateDirectory.open(bench.directory) }
    #expect(try bench.scratch.names("elsewhere").isEmpty)
  }

  @Test("Who only looks writes nothing into another user's state", .enabled(if: geteuid() == 0))
  func foreignState() async throws {
    let bench = try Workbench("steps: { a: { run: cat raw > a, inputs: [raw], outputs: [a] } }\n")
    try bench.scratch.write("raw", "1")
    #expect(try await bench.run().endings == ["a ran"])
    let state = bench.directory.path.appending(StateDirectory.name)
    #expect(withCString(state.bytes) { chown($0, 1, 1) } == 0)
    func files() throws -> [FileStatus?] {
      try ["clock", "index", "lock"].map { try bench.directory.status(of: state.appending($0)) }
    }
    let before = try files()
    try bench.scratch.write("raw", "2")
    let plan = try bench.plan()
    let machine = try bench.machine(try await bench.access(.reading), plan)
    #expect(try await Forecast(Decider(plan, machine)).hasStale(in: plan.pipeline))
    machine.close()
    #expect(try files() == before)
  }
}
