import PipelineEngine
import PipelineModel
import Testing

@Suite("Preflight") struct PreflightTests {
  static let text = """
    project: files
    steps:
      clean:
        run: clean
        inputs: { raw: Data/raw, list: "Data/*.csv" }
        outputs: { o: Out/clean }
      train:
        run: train
        sources: [Code/lib]
        inputs: [clean.o, Out]
        outputs: { o: Models/m }
      show:
        run: show
        inputs: { one: train.o, inner: Models/m/part }

    """

  @Test("All files that nobody has or writes are told at once, with their place")
  func missing() async throws {
    func problems(_ selection: Selection, _ files: [Path]) async throws -> [String] {
      let world = MemoryWorld()
      for file in files { world.put(file, "x") }
      return try await Preflight(MemoryRun.plan(PreflightTests.text, selection), world).problems()
        .map { "\($0.code) \($0.severity) \($0.span?.line ?? 0):\($0.span?.column ?? 0)" }
    }
    let all = try await problems(Selection(), [])
    #expect(
      all == [
        "missing-input error 5:20", "empty-glob warning 5:36", "missing-source error 7:3",
      ])
    #expect(try await problems(Selection(), ["Data/raw", "Data/a.csv", "Code/lib/x"]) == [])
    let alone = try await problems(Selection(names: ["show"], isOnly: true), [])
    #expect(
      alone == [
        "missing-input error 14:20", "missing-input error 14:36",
      ])
    #expect(
      try await problems(Selection(names: ["show"], isOnly: true), ["Models/m/part"]) == [])
  }

  @Test("A step whose input vanishes after that fails and nothing of it executes")
  func vanished() async throws {
    let world = MemoryWorld()
    world.put("Code/lib/x", "x")
    #expect(
      try await MemoryRun.endings(PreflightTests.text, world)
        == "clean failed, train skipped, show skipped")
    #expect(world.takeExecuted() == [])
  }
}
