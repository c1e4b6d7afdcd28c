import PipelineModel
import Testing

@testable import PipelineEngine

@Suite("Places in a shadow") struct ShadowPlaceTests {
  @Test("A directory that links to a large disk is one of the shadow's own")
  func outside() async throws {
    let disk = try ScratchDirectory()
    let bench = try ShadowBench(
      """
      parameters: { n: 1 }
      outside: [\(disk.directory.path)]
      steps:
        big: { run: "echo ${{ parameters.n }} > Models/big && cat Models/given >> Models/big", inputs: [Models/given], outputs: [Models/big] }

      """)
    try disk.write("given", "given\n")
    try bench.base.directory.makeLink("Models", to: disk.directory.path.bytes)
    #expect(try await bench.run("n=1").endings == ["big ran"])
    #expect(try await bench.inShadow("n=2").endings == ["big ran"])
    #expect(try disk.text("big") == "1\ngiven\n")
    #expect(try await bench.run("n=2").endings == ["big restored"])
    #expect(try disk.text("big") == "2\ngiven\n")
  }

  @Test("What is read by '../', and where a step works, is found as in the workspace")
  func climbing() async throws {
    let disk = try ScratchDirectory()
    try disk.write("beside/x", "beside\n")
    try disk.write("far", "far\n")
    let bench = try ShadowBench("steps: {}\n")
    // From the workspace up to the top, and down again.
    let up = bench.base.directory.path.components.map { _ in ".." }.joined(separator: "/")
    let place = "\(up)\(disk.directory.path)"
    try bench.base.write(
      manifest: """
        parameters: { n: 1 }
        steps:
          a:
            run: "cat ${{ inputs.far }} ${{ inputs.all }} ../top > ${{ outputs.out }} && echo ${{ parameters.n }} >> out"
            directory: deep
            inputs: { far: \(place)/far, all: "\(place)/beside/*", top: top }
            outputs: { out: deep/out }

        """)
    try bench.write("top", "top\n")
    try bench.write("deep/notes", "notes\n")
    #expect(try await bench.inShadow("n=1").endings == ["a ran"])
    #expect(try await bench.run("n=1").endings == ["a restored"])
    #expect(try bench.text("deep/out") == "far\nbeside\ntop\n1\n")
  }

  @Test("Scripts find their neighbours where they really lie, and see the shadow's outputs there")
  func neighbours() async throws {
    let bench = try ShadowBench(
      """
      parameters: { n: 1 }
      steps:
        a: { run: "echo ${{ parameters.n }} > Data/a", outputs: [Data/a] }
        b: { run: "sh Scripts/run.sh", sources: [Lib], inputs: [Data/a], outputs: [b] }

      """)
    try bench.write("Data/raw", "raw\n")
    try bench.write("Lib/deep/more.sh", "cat \"$(dirname \"$(realpath \"$0\")\")/../Data/a\" > b\n")
    try bench.write(
      "Scripts/run.sh", "here=$(dirname \"$(realpath \"$0\")\")\n. \"$here/../Lib/deep/more.sh\"\n")
    #expect(try await bench.run("n=1").endings == ["a ran", "b ran"])
    #expect(try await bench.inShadow("n=2").endings == ["a ran", "b ran"])
    #expect(try await bench.run("n=2").endings == ["a restored", "b restored"])
    #expect(try bench.text("b") == "2\n")
  }

  @Test("Logs and what a failed step has written lie in the workspace, where users are told")
  func logs() async throws {
    let bench = try ShadowBench(
      "steps: { a: { run: 'echo half > out; echo told; exit 3', outputs: [out] } }\n")
    let ended = try await bench.inShadow()
    #expect(ended.endings == ["a failed"])
    let log = try #require(ended.record.steps.first?.outcome.log)
    #expect(try bench.text(log) == "told\n")
    let outputs = Path(Array(log.bytes.dropLast(4)) + Array(".outputs/out".utf8))
    #expect(try bench.text(outputs) == "half\n")
    #expect(try await bench.run().endings == ["a failed"])
  }

  @Test("An effect happens once, however many shadows need it")
  func effects() async throws {
    let bench = try ShadowBench("steps: {}\n")
    try bench.base.write(
      manifest: "steps: { tell: { run: \"sleep 0.2; echo tell >> '\(bench.counts)'\", "
        + "effects: true } }\n")
    let plan = try bench.plan()
    let endings = try await bench.inShadows([plan, plan, plan])
    #expect(endings.sorted() == ["tell ran", "tell restored", "tell restored"])
    #expect(try bench.executions() == ["tell"])
    #expect(try await bench.run().endings == ["tell kept"])
  }

  @Test("What a killed run leaves is cleared by the next, and nothing that it links to")
  func killed() async throws {
    let bench = try ShadowBench("steps: { a: { run: echo 1 > a, outputs: [a] } }\n")
    #expect(try await bench.run().endings == ["a ran"])
    try bench.write(".pipeline/shadows/20260101-000000-0000.1/space/Data/x", "1")
    try bench.base.directory.makeLink(
      ".pipeline/shadows/20260101-000000-0000.1/space/a",
      to: bench.base.directory.path.appending("a").bytes)
    #expect(try await bench.run().endings == ["a kept"])
    #expect(try bench.base.scratch.names(".pipeline/shadows") == [])
    #expect(try bench.text("a") == "1\n")
  }

  @Test("Steps that were asked to end do so in all shadows, and none starts after them")
  func cancellation() async throws {
    let bench = try ShadowBench("steps: {}\n")
    try bench.base.write(
      manifest: "parameters: { n: 1 }\nsteps: { a: { run: \"echo ${{ parameters.n }} >> "
        + "'\(bench.counts)'; sleep 100\" } }\n")
    let plans = try (1...3).map { try bench.plan("n=\($0)") }
    // Two at once: the third waits at the gate. Each key twice: the second waits for the first.
    let endings = try await bench.inShadows(plans + plans) { machine, gate in
      while machine.loop.running.count < 2 || gate.waitingCount < 1 {
        try await Task.sleep(for: .milliseconds(5))
      }
      // There the next run would find them, had this one been killed.
      let ledger = Ledger(in: bench.base.directory, folder: ".pipeline/running")
      #expect(ledger.executions.count == 2)
      machine.cancelSteps(grace: .milliseconds(200))
    }
    #expect(endings == [String](repeating: "a cancelled", count: 6))
    #expect(try bench.executions().count <= 2)
    #expect(try bench.base.scratch.names(".pipeline/shadows") == [])
  }
}
