import PipelineModel
import Testing

@testable import PipelineEngine

@Suite("After a killed run") struct KilledRunTests {
  private static let manifest =
    "steps: { a: { run: 'mkdir -p out/d && echo 1 > out/d/x && echo 2 > out/y', "
    + "outputs: [out/d, out/y] } }\n"

  private func strand(in bench: Workbench) throws {
    try bench.scratch.write("out/.pipewright-0123456789abcdef~/half", "half")
    try bench.scratch.write("out/.pipewright-fedcba~", "half")
    try bench.scratch.write("out/.pipewright-aside-77~/x", "mine")
    try bench.scratch.write("out/.pipewright-notes", "the user's")
  }

  @Test("What it left half-written goes; what it had moved out of the way is kept in the attic")
  func leftovers() async throws {
    let bench = try Workbench(Self.manifest)
    #expect(try await bench.run().endings == ["a ran"])
    try strand(in: bench)
    // As it is while a run is under way.
    try bench.scratch.write(".pipeline/open", "")
    let plan = try bench.plan()
    do {
      let access = try await bench.access(.running(waits: false))
      let machine = try bench.machine(access, plan)
      #expect(machine.warnings.all.map(\.subject) == ["out/.pipewright-aside-77~"])
      let kept = Path(".pipeline/attic").appending(Path(machine.run))
      #expect(try bench.scratch.text(kept.appending("out/.pipewright-aside-77~/x")) == "mine")
      machine.close()
    }
    #expect(try bench.scratch.names("out") == [".pipewright-notes", "d", "y"])
    #expect(try await bench.run().endings == ["a kept"])
  }

  @Test("After a run that ended well nothing is looked for, nor by whoever only reads")
  func notAfterCleanEnd() async throws {
    let bench = try Workbench(Self.manifest)
    #expect(try await bench.run().endings == ["a ran"])
    try strand(in: bench)
    #expect(try await bench.run().endings == ["a kept"])
    try bench.scratch.write(".pipeline/open", "")
    let access = try await bench.access(.reading)
    let machine = try bench.machine(access, try bench.plan())
    machine.close()
    #expect(try bench.scratch.names("out").count == 6)
  }
}
