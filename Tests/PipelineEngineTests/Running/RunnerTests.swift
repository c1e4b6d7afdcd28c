import PipelineEngine
import PipelineModel
import Testing

@Suite("Runner") struct RunnerTests {
  /// raw → clean → train, with what a test adds to each.
  static func text(
    clean: String = "", train: String = "", model: String = "", words: String = ""
  ) -> String {
    func lines(_ more: String) -> String { more.isEmpty ? "" : "\n    \(more)" }
    return """
      project: three
      steps:
        clean:
          run: clean \(words)\(lines(clean))
          inputs: [Data/raw]
          outputs: { o: Out/clean }
        train:
          run: train\(lines(train))
          inputs: [clean.o]
          outputs: { o: { path: Out/model\(model) } }
        report:
          run: report
          inputs: [train.o]
          outputs: { o: Out/report }

      """
  }

  static func world(store: MemoryStore = MemoryStore(), _ name: String = "here") -> MemoryWorld {
    let world = MemoryWorld(workspace: name, store: store)
    world.put("Data/raw", "A")
    return world
  }

  @Test("A change goes as far as it changes something, and back is free")
  func cutoff() async throws {
    let world = RunnerTests.world()
    let text = RunnerTests.text(words: "lossy")
    #expect(try await MemoryRun.endings(text, world) == "clean ran, train ran, report ran")
    #expect(try await MemoryRun.endings(text, world) == "clean kept, train kept, report kept")
    // Among seven contents there are two of which a lossy step sees the same.
    var endings: Set<String> = []
    for content in ["B", "C", "D", "E", "F", "G", "H"] {
      world.put("Data/raw", content)
      endings.insert(try await MemoryRun.endings(text, world))
    }
    #expect(endings.contains("clean ran, train kept, report kept"))
    world.put("Data/raw", "A")
    let back = try await MemoryRun.endings(text, world)
    #expect(!back.contains("ran"))
  }

  @Test("What could not be recorded has failed, though its dependants went on, and executes again")
  func unrecorded() async throws {
    let world = RunnerTests.world()
    let text = RunnerTests.text()
    world.losesResults.withLock { $0 = true }
    let record = try await MemoryRun.play(try MemoryRun.plan(text), world)
    #expect(record.steps.map(\.outcome.ending) == [.failed, .failed, .failed])
    #expect(record.steps.allSatisfy { $0.outcome.failure?.isMachine == true })
    #expect(record.steps.allSatisfy { $0.outcome.result == nil })
    world.losesResults.withLock { $0 = false }
    #expect(try await MemoryRun.endings(text, world) == "clean ran, train ran, report ran")
  }

  @Test("A failure skips what depends on it, is remembered, and is tried again")
  func failing() async throws {
    let world = RunnerTests.world()
    let text = RunnerTests.text()
    let train = try #require(StepName("train"))
    world.state.withLock { $0.failing = [train] }
    #expect(try await MemoryRun.endings(text, world) == "clean ran, train failed, report skipped")
    let plan = try MemoryRun.plan(text)
    let decision = try await Decider(plan, world).decide(plan.steps[1], known: [:])
    #expect(decision.verdict == .stale([.neverSucceeded]))
    world.state.withLock { $0.failing = [] }
    #expect(try await MemoryRun.endings(text, world) == "clean kept, train ran, report ran")
  }

  @Test(
    "An input changes while a step works: nothing is recorded, dependants go on, stale next time"
  )
  func interference() async throws {
    let world = RunnerTests.world()
    let text = RunnerTests.text()
    let clean = try #require(StepName("clean"))
    world.state.withLock { $0.interference = [clean: ("Data/raw", [0x42])] }
    let plan = try MemoryRun.plan(text)
    let record = try await MemoryRun.play(plan, world)
    #expect(record.steps.map(\.outcome.ending) == [.ran, .ran, .ran])
    #expect(record.steps.map(\.outcome.isRecorded) == [false, true, true])
    #expect(try await MemoryRun.endings(text, world) == "clean ran, train ran, report ran")
    let fresh = RunnerTests.world()
    fresh.put("Data/raw", "B")
    try await MemoryRun.endings(text, fresh)
    #expect(fresh.files == world.files)
  }

  @Test("A clone with a warm store restores; what is not stored, grows or has effects executes")
  func clone() async throws {
    for (model, train, ending) in [
      ("", "", "restored"), (", store: false", "", "ran"), (", persist: true", "", "ran"),
      ("", "effects: true", "ran"), ("", "always: true", "ran"),
    ] {
      let store = MemoryStore()
      let text = RunnerTests.text(train: train, model: model)
      try await MemoryRun.endings(text, RunnerTests.world(store: store))
      let clone = RunnerTests.world(store: store, "there")
      #expect(
        try await MemoryRun.endings(text, clone)
          == "clean restored, train \(ending), report restored",
        "\(train) \(model)")
      #expect(
        try await MemoryRun.endings(text, clone)
          == "clean kept, train \(train == "always: true" ? "ran" : "kept"), report kept")
    }
  }

  @Test("An object that turns out lost makes the step execute")
  func damaged() async throws {
    let world = RunnerTests.world()
    let text = RunnerTests.text()
    try await MemoryRun.endings(text, world)
    world.put("Out/model", nil)
    let plan = try MemoryRun.plan(text)
    let decider = Decider(plan, world)
    #expect(
      try await decider.decide(plan.steps[1], known: [:]).verdict.reasons == [
        .outputMissing("Out/model")
      ])
    world.store.state.withLock { $0.objects = [:] }
    let verdict = try await decider.decide(plan.steps[1], known: [:]).verdict
    #expect(verdict == .stale([.outputMissing("Out/model"), .outputNotStored("Out/model")]))
    #expect(try await MemoryRun.endings(text, world) == "clean kept, train ran, report kept")
  }

  @Test("A result that names other outputs than the step is none")
  func foreignResult() async throws {
    let world = RunnerTests.world()
    let text = RunnerTests.text()
    try await MemoryRun.endings(text, world)
    world.store.state.withLock { store in
      store.results = store.results.mapValues { result in
        Result(
          key: result.key, step: result.step, fingerprint: result.fingerprint, outputs: [],
          log: nil, metrics: nil, workspace: result.workspace, finished: 0, usage: Usage())
      }
    }
    world.state.withLock { $0.histories = [:] }
    world.put("Out/model", nil)
    #expect(try await MemoryRun.endings(text, world) == "clean ran, train ran, report ran")
  }

  @Test("A cancelled run starts nothing more and every step has an ending")
  func cancelled() async throws {
    let world = RunnerTests.world()
    let plan = try MemoryRun.plan(RunnerTests.text())
    let record = try await MemoryRun.play(plan, world) {
      !world.files.keys.allSatisfy { $0 == "Data/raw" }
    }
    #expect(record.wasCancelled)
    #expect(record.steps.map(\.outcome.ending) == [.ran, .cancelled, .cancelled])
  }

  @Test("Only: what the named step reads counts as it lies there")
  func only() async throws {
    let world = RunnerTests.world()
    let text = RunnerTests.text()
    try await MemoryRun.endings(text, world)
    world.put("Data/raw", "B")
    world.put("Out/clean", "by hand")
    let selection = Selection(names: ["train"], isOnly: true)
    #expect(try await MemoryRun.endings(text, world, selection) == "train ran")
    #expect(world.files["Out/clean"] == Array("by hand".utf8))
  }

  @Test("Forced executes and what depends on it is kept where the bytes are the same")
  func forced() async throws {
    let world = RunnerTests.world()
    let text = RunnerTests.text()
    try await MemoryRun.endings(text, world)
    let selection = Selection(names: ["train"], isDownstream: true, isForced: true)
    #expect(
      try await MemoryRun.endings(text, world, selection) == "clean kept, train ran, report kept")
  }
}
