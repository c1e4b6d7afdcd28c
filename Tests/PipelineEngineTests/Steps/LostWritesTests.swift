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

@Suite("After the disk has lost something") struct LostWritesTests {
  private func sightings(of bench: Workbench) throws -> Int {
    Index.read(in: try bench.directory.directory(".pipeline")).index.sightings.count
  }

  @Test("No stamp is believed, and nothing that is still right executes again")
  func stamps() async throws {
    let bench = try Workbench("steps: { a: { run: cp raw out, inputs: [raw], outputs: [out] } }\n")
    try bench.scratch.write("raw", "1")
    #expect(try await bench.run().endings == ["a ran"])
    #expect(try await bench.run().endings == ["a kept"])
    #expect(try sightings(of: bench) > 0)
    do {
      let access = try await bench.access(.running(waits: false))
      let machine = try bench.machine(access, try bench.plan())
      _ = try machine.content(ofInput: "raw")
      #expect(throws: SystemError.self) {
        try machine.store.settle(
          [Arrivals()], Barrier { _, _ in throw SystemError("write", "store", code: EIO) })
      }
      machine.close()
    }
    #expect(try sightings(of: bench) == 0)
    #expect(try await bench.run().endings == ["a kept"])
    #expect(try sightings(of: bench) > 0)
  }
}
