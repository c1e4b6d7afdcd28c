import PipelineEngine
import PipelineModel
import Testing

@Suite("Frozen steps") struct FrozenTests {
  static func text(frozen: Bool) -> String {
    """
    project: frozen
    steps:
      old:
        run: make
        inputs: [Data/raw]
        outputs: { a: Out/a, b: Out/b }
        frozen: \(frozen)
      new:
        run: use
        inputs: [old.a, old.b]
        outputs: { o: Out/o }

    """
  }

  /// A world in which the step has run before it was frozen.
  static func world() async throws -> MemoryWorld {
    let world = MemoryWorld()
    world.put("Data/raw", "A")
    try await MemoryRun.endings(text(frozen: false), world)
    return world
  }

  static func problems(_ world: MemoryWorld) async throws -> [String] {
    try await Preflight(MemoryRun.plan(text(frozen: true)), world).problems().map(\.code)
  }

  @Test("What is there counts, whatever its inputs are, and even without them")
  func kept() async throws {
    let world = try await FrozenTests.world()
    let frozen = FrozenTests.text(frozen: true)
    world.put("Data/raw", "B")
    #expect(try await MemoryRun.endings(frozen, world) == "old kept, new kept")
    world.put("Out/a", "by hand")
    #expect(try await MemoryRun.endings(frozen, world) == "old kept, new ran")
    #expect(world.files["Out/a"] == Array("by hand".utf8))
    world.put("Data/raw", nil)
    #expect(try await FrozenTests.problems(world) == [])
    #expect(try await MemoryRun.endings(frozen, world) == "old kept, new kept")
    #expect(
      !world.takeExecuted().contains { $0.description == "old" && world.files["Data/raw"] != nil })
  }

  @Test("What is missing is restored: from its key, else from its last success")
  func restored() async throws {
    for raw in ["A", "B", nil] {
      let world = try await FrozenTests.world()
      let before = world.files["Out/b"]
      let frozen = FrozenTests.text(frozen: true)
      world.put("Data/raw", raw)
      // Once kept, it must be remembered as it was.
      #expect(try await MemoryRun.endings(frozen, world) == "old kept, new kept")
      world.put("Out/a", "by hand")
      world.put("Out/b", nil)
      #expect(try await FrozenTests.problems(world) == [])
      #expect(try await MemoryRun.endings(frozen, world) == "old restored, new ran")
      #expect(world.files["Out/a"] == Array("by hand".utf8))
      #expect(world.files["Out/b"] == before)
    }
  }

  @Test("Neither there nor in the store: refused before anything executes, and never executed")
  func missing() async throws {
    let world = try await FrozenTests.world()
    _ = world.takeExecuted()
    world.put("Out/b", nil)
    world.store.state.withLock { $0.objects = [:] }
    #expect(try await FrozenTests.problems(world) == ["frozen-missing"])
    #expect(
      try await MemoryRun.endings(FrozenTests.text(frozen: true), world)
        == "old failed, new skipped")
    #expect(world.takeExecuted() == [])
  }

  @Test("Restoring that fails does not execute it")
  func damaged() async throws {
    let world = try await FrozenTests.world()
    _ = world.takeExecuted()
    world.put("Out/b", nil)
    world.losesObjects.withLock { $0 = true }
    #expect(
      try await MemoryRun.endings(FrozenTests.text(frozen: true), world)
        == "old failed, new skipped")
    #expect(world.takeExecuted() == [])
  }
}
