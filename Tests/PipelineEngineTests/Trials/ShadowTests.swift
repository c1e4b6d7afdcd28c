import PipelineModel
import Testing

@testable import PipelineEngine

@Suite("Shadows") struct ShadowTests {
  /// `common` writes a line to a file outside of all places whenever it executes.
  private func manifest(_ bench: ShadowBench) -> String {
    """
    parameters: { rate: 1 }
    steps:
      common:
        run: sh Scripts/common.sh ${{ inputs.raw }} ${{ outputs.clean }}
        inputs: { raw: Data/raw.csv }
        outputs: { clean: Data/clean.csv }
      train:
        run: |
          echo "${{ parameters.rate }}" > ${{ outputs.model }}
          cat ${{ inputs.clean }} >> ${{ outputs.model }}
          echo train >> '\(bench.counts)'
        inputs: { clean: common.clean }
        outputs: { model: Models/model }

    """
  }

  private func bench() throws -> ShadowBench {
    let bench = try ShadowBench("steps: {}\n")
    try bench.base.write(manifest: manifest(bench))
    try bench.write("Data/raw.csv", "1\n")
    try bench.write(
      "Scripts/common.sh",
      ". \"$(dirname \"$0\")/count.sh\"\nsleep 0.1\ncat \"$1\" > \"$2\"\necho end >> \"$2\"\n")
    try bench.write("Scripts/count.sh", "echo common >> '\(bench.counts)'\n")
    return bench
  }

  @Test("What a shadow makes is restored in the workspace, and the other way round")
  func equalKeys() async throws {
    let bench = try bench()
    let made = try await bench.inShadow("rate=2")
    #expect(made.endings == ["common ran", "train ran"])
    #expect(try bench.base.paths().filter { $0.hasPrefix("Models") } == [])
    let restored = try await bench.run("rate=2")
    #expect(restored.endings == ["common restored", "train restored"])
    #expect(try bench.text("Models/model") == "2\n1\nend\n")
    #expect(try await bench.run("rate=3").endings == ["common kept", "train ran"])
    #expect(try await bench.inShadow("rate=3").endings == ["common restored", "train restored"])
    #expect(try bench.executions() == ["common", "train", "train"])
  }

  @Test("The workspace's outputs, their stamps and its states are as before")
  func untouched() async throws {
    let bench = try bench()
    #expect(try await bench.run("rate=1").endings == ["common ran", "train ran"])
    let before = try bench.stamps()
    #expect(try await bench.inShadow("rate=2").endings == ["common restored", "train ran"])
    #expect(try bench.stamps() == before)
    #expect(try bench.text("Models/model") == "1\n1\nend\n")
    try await keepsStates(bench)
    #expect(try await bench.run("rate=1").endings == ["common kept", "train kept"])
    #expect(try bench.base.scratch.names(".pipeline/shadows") == [])
  }

  private func keepsStates(_ bench: ShadowBench) async throws {
    let plan = try bench.plan("rate=1")
    let machine = try await bench.machine(plan)
    let before = machine.states
    #expect(before.keys.map(\.description).sorted() == ["common", "train"])
    let shadow = try Shadow.make(for: try bench.plan("rate=5"), beside: machine)
    _ = try await bench.run(try bench.plan("rate=5"), on: shadow.world)
    #expect(shadow.world.states != before)
    try shadow.finish()
    #expect(machine.states == before)
  }

  @Test("Shadows at once share the execution of what they have in common")
  func sharing() async throws {
    let bench = try bench()
    let plans = try (1...4).map { try bench.plan("rate=\($0)") }
    let endings = try await bench.inShadows(plans)
    #expect(endings.count { $0 == "common ran" } == 1)
    #expect(endings.count { $0 == "common restored" } == 3)
    #expect(endings.count { $0 == "train ran" } == 4)
    #expect(try bench.executions().count { $0 == "common" } == 1)
    #expect(try await bench.run("rate=3").endings == ["common restored", "train restored"])
  }

  @Test("A step that writes through to the workspace is caught, and the paths are named")
  func writesThrough() async throws {
    let bench = try bench()
    _ = try await bench.run("rate=1")
    let place = bench.base.directory.path.description
    try bench.base.write(
      manifest: manifest(bench)
        + "  bad: { run: \"echo 1 > out; echo 1 >> '\(place)/Models/model'\", outputs: [out] }\n")
    let plan = try bench.plan("rate=1")
    let machine = try await bench.machine(plan)
    let shadow = try Shadow.make(for: plan, beside: machine)
    _ = try await bench.run(plan, on: shadow.world)
    let problem = #expect(throws: StepProblem.self) { try shadow.finish() }
    #expect(problem?.code == "wrote-outside")
    #expect(problem?.fact.contains("'Models/model'") == true)
    #expect(problem?.fact.contains("clean.csv") == false)
    #expect(try bench.base.scratch.names(".pipeline/shadows") == [])
    machine.close()
  }

  @Test("Directories and patterns that hold outputs are the same in both places")
  func directories() async throws {
    let bench = try ShadowBench(
      """
      parameters: { n: 1 }
      steps:
        one: { run: "echo ${{ parameters.n }} > Data/one.csv", outputs: [Data/one.csv] }
        deep: { run: "mkdir -p Data/deep/d && cp Data/one.csv Data/deep/d/x", inputs: [Data/one.csv], outputs: [Data/deep/d] }
        whole: { run: "ls -LR Data > list", inputs: [Data], outputs: [list] }
        glob: { run: "cat ${{ inputs.all }} > sum", inputs: { all: "Data/**/*.csv" }, outputs: [sum] }

      """)
    for path in ["Data/raw.csv", "Data/sub/more.csv", "Data/deep/other.csv", "Beside/x"] {
      try bench.write(Path(path), path)
    }
    try bench.base.directory.makeDirectories("Data/empty")
    try bench.base.directory.makeLink("Data/latest.csv", to: Array("raw.csv".utf8))
    #expect(try await bench.run("n=1").endings.allSatisfy { $0.hasSuffix("ran") })
    #expect(try await bench.inShadow("n=1").endings.allSatisfy { $0.hasSuffix("restored") })
    #expect(try await bench.inShadow("n=2").endings.allSatisfy { $0.hasSuffix("ran") })
    #expect(try await bench.run("n=2").endings.allSatisfy { !$0.hasSuffix("ran") })
  }

  @Test("A replaced artifact is read instead of what its step would write")
  func replaced() async throws {
    let bench = try bench()
    let first = try await bench.run("rate=1")
    _ = try await bench.run("rate=2")
    let model = try #require(first.record.steps.last?.outcome.contents.first)
    try bench.base.write(
      manifest: manifest(bench)
        + "  show: { run: 'head -n 1 Models/model > shown', inputs: [Models/model], outputs: [shown] }\n"
    )
    let pipeline = try bench.plan("rate=2").pipeline
    let id = try #require(
      pipeline.artifacts.ids.first { pipeline.artifacts[$0].path == "Models/model" })
    let plan = try #require(
      Plan.make(Selection(names: ["show"]), of: pipeline, replacing: [id]).plan)
    let machine = try await bench.machine(plan)
    let shadow = try Shadow.make(for: plan, beside: machine, replacing: [id: model])
    #expect(try await Preflight(plan, machine).problems().isEmpty)
    #expect(try await bench.run(plan, on: shadow.world).endings == ["show ran"])
    #expect(String(decoding: try shadow.world.root.read("shown"), as: UTF8.self) == "1\n")
    try shadow.finish()
    let lost = Content(kind: .file, digest: SHA256.digest([7]), sizeBytes: 1)
    let problem = #expect(throws: StepProblem.self) {
      try Shadow.make(for: plan, beside: machine, replacing: [id: lost])
    }
    #expect(problem?.code == "missing-version")
    machine.close()
    #expect(try bench.text("Models/model").hasPrefix("2\n"))
    #expect(try !bench.base.directory.exists("shown"))
  }

  @Test("Outputs that are not stored, frozen or of other steps are copies; a step may change them")
  func copies() async throws {
    let bench = try ShadowBench(
      """
      steps:
        big:
          run: "mkdir -p big && echo 1 > big/x && ln -s x big/y"
          outputs: { big: { path: big, store: false } }
        old: { run: "exit 1", outputs: [old], frozen: true }
        hand: { run: "exit 1", outputs: [hand], manual: true }
        use: { run: "cat big/y old hand > used; echo 2 > hand", inputs: [big.big, old, hand], outputs: [used] }

      """)
    try bench.write("old", "old\n")
    try bench.write("hand", "hand\n")
    let first = try await bench.inShadow()
    #expect(first.endings == ["big ran", "old kept", "use ran"])
    #expect(first.notes.contains { $0.contains("not recorded") }, "it changed its input")
    #expect(try bench.text("hand") == "hand\n")
    #expect(try await bench.run().endings == ["big ran", "old kept", "use ran"])
    try bench.write("hand", "hand\n")
    #expect(try await bench.inShadow().endings == ["big kept", "old kept", "use ran"])
  }
}
