import PipelineEngine
import PipelineModel
import Seeds
import Testing

@Suite("Incremental runs") struct IncrementalTests {
  @Test("After any edits a run leaves what a clean run makes, and one more does nothing")
  func anyEdits() async throws {
    for seed in Seeds.asked(or: 100) {
      var trial = try Trial(seed: seed)
      let problem = try await trial.play()
      #expect(
        problem == nil,
        "seed \(seed)\n\(trial.pipeline.text)\n\(trial.diary.joined(separator: "\n"))")
      if problem != nil { return }
    }
  }
}

/// One random pipeline through several edits and runs.
private struct Trial {
  var pipeline: RandomPipeline
  var diary: [String] = []
  private var random: SplitMix64
  private let world = MemoryWorld()

  struct Wrong: Error {
    let fact: String
  }

  init(seed: UInt64) throws {
    random = SplitMix64(seed: seed)
    pipeline = RandomPipeline(&random)
    for (path, text) in pipeline.sources { world.put(path, text) }
  }

  /// - Returns: what is wrong, nil where nothing is.
  mutating func play() async throws -> String? {
    do {
      for _ in 0..<4 {
        if random.oneIn(3) { try await failingRun() }
        try await goodRun()
        for _ in 0..<(1 + random.below(3)) { try pipeline.edit(world, &random) }
      }
      return nil
    } catch let wrong as Wrong {
      diary.append(wrong.fact)
      return wrong.fact
    }
  }

  private mutating func goodRun() async throws {
    let bound = try pipeline.pipeline()
    try await run(bound, keepsGoing: random.oneIn(2)) {
      $0 == .kept || $0 == .restored || $0 == .ran
    }
    try await compareWithClean(bound, store: MemoryStore(), "a clean workspace")
    if random.oneIn(3) {
      try await compareWithClean(bound, store: world.store, "a clean workspace with this store")
    }
    let record = try await run(bound, keepsGoing: false) { $0 == .kept || $0 == .ran }
    let again = record.steps.filter { $0.outcome.ending == .ran }.map { bound.steps[$0.step] }
    for step in again where !step.traits.contains(.always) {
      throw Wrong(fact: "\(step.name) ran again though nothing had changed")
    }
  }

  private mutating func failingRun() async throws {
    let bound = try pipeline.pipeline()
    guard let unlucky = bound.steps.rows.randomElement(using: &random)?.name else { return }
    world.state.withLock { $0.failing = [unlucky] }
    try await run(bound, keepsGoing: random.oneIn(2)) { $0 != .cancelled }
    world.state.withLock { $0.failing = [] }
  }

  @discardableResult
  private mutating func run(
    _ bound: Pipeline, keepsGoing: Bool, allows: (Ending) -> Bool
  ) async throws -> RunRecord {
    guard let plan = Plan.make(Selection(), of: bound).plan else { throw Wrong(fact: "no plan") }
    let forecast = try await Forecast(Decider(plan, world))
    let cpus = 1 + random.below(4)
    world.state.withLock { $0.mostWorking = 0 }
    let record = try await MemoryRun.play(plan, world, cpus: cpus, keepsGoing: keepsGoing)
    diary.append(
      record.steps.map { "\(bound.steps[$0.step].name) \($0.outcome.ending)" }.joined(
        separator: ", "))
    guard world.state.withLock({ $0.mostWorking }) <= cpus else {
      throw Wrong(fact: "more than \(cpus) steps executed at once")
    }
    for (step, (_, prospect)) in zip(record.steps, forecast.steps) {
      let name = bound.steps[step.step].name
      let ending = step.outcome.ending
      guard allows(ending) else {
        throw Wrong(fact: "\(name) \(ending): \(step.outcome.failure?.fact ?? "")")
      }
      guard Trial.agrees(prospect, ending) else {
        throw Wrong(fact: "\(name) \(ending), but the forecast was \(prospect)")
      }
    }
    return record
  }

  private static func agrees(_ prospect: Forecast.Prospect, _ ending: Ending) -> Bool {
    if ending == .skipped || ending == .cancelled { return true }
    switch prospect {
    case .undecided: return true
    case .impossible: return ending == .failed
    case .decided(let decision):
      switch decision.verdict {
      case .kept: return ending == .kept
      case .restorable: return ending == .restored
      case .stale: return ending == .ran || ending == .failed
      case .undecided: return false
      }
    }
  }

  /// Runs all in another workspace and compares what the steps have written.
  private mutating func compareWithClean(
    _ bound: Pipeline, store: MemoryStore, _ place: String
  ) async throws {
    let clean = MemoryWorld(workspace: "elsewhere", store: store)
    let frozen = pipeline.frozenFiles
    let mine = world.files
    for (path, text) in pipeline.sources { clean.put(path, text) }
    for (path, bytes) in mine where frozen.contains(where: { $0.holds(path) }) {
      clean.put(path, String(decoding: bytes, as: UTF8.self))
    }
    guard let plan = Plan.make(Selection(), of: bound).plan else { throw Wrong(fact: "no plan") }
    _ = try await MemoryRun.play(plan, clean, cpus: 2, keepsGoing: false)
    let theirs = clean.files
    let unpredictable = pipeline.unpredictable(in: bound)
    for artifact in bound.artifacts.rows where !unpredictable.contains(artifact.writer) {
      let here = MemoryWorld.tree(mine, at: artifact.path)?.files
      guard here == MemoryWorld.tree(theirs, at: artifact.path)?.files else {
        throw Wrong(fact: "\(artifact.path) differs from that of \(place)")
      }
    }
  }
}
