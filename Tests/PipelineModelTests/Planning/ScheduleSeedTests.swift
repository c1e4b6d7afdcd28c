import Seeds
import Testing

@testable import PipelineModel

@Suite("Schedule on seeds") struct ScheduleSeedTests {
  @Test("Any graph, any verdicts, any order of completion, any failures")
  func seeds() throws {
    for seed in 0..<3000 as Range<UInt64> {
      var trial = try Trial(seed: seed)
      if let problem = trial.play() {
        Issue.record("seed \(seed): \(problem)")
        return
      }
    }
  }
}

private struct Trial {
  private var random: SplitMix64
  private let pipeline: Pipeline
  private let plan: Plan
  private let keepsGoing: Bool
  private let sizes: [String: Int]
  private var schedule: Schedule
  private var verdicts: [ID<Step>: Verdict] = [:]
  /// Failed at once, whatever became of what they wait for.
  private var refused: Set<ID<Step>> = []
  private var running: [ID<Step>] = []
  private var endings: [ID<Step>: Ending] = [:]
  private var isCancelled = false

  init(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let count = 1 + random.below(12)
    var traits: [String: Set<StepTrait>] = [:]
    let lines = (0..<count).map { index -> String in
      let before = (0..<index).map { "s\($0)" }
      let reads = before.filter { _ in random.oneIn(3) }
      let waits = before.filter { _ in random.oneIn(5) }
      if random.oneIn(6) { traits["s\(index)"] = [.allowFailure] }
      return "s\(index): \(reads.joined(separator: " ")) | \(waits.joined(separator: " "))"
    }
    var sketch = Sketch(lines, traits: traits)
    sizes = ["cpus": 1 + random.below(4), "memory": 100, "gpus": 1]
    for index in 0..<count {
      sketch.demand(
        index, cpus: 1 + random.below(sizes["cpus", default: 1]),
        memory: random.oneIn(3) ? random.below(100) : nil, random.oneIn(4) ? ["gpus": 1] : [:])
    }
    pipeline = sketch.pipeline
    let names = random.oneIn(3) ? ["s\(random.below(count))"] : []
    plan = try #require(
      Plan.make(Selection(names: names, isOnly: random.oneIn(4)), of: pipeline).plan)
    keepsGoing = random.oneIn(2)
    schedule = Schedule(
      plan,
      pools: Pools(
        cpus: sizes["cpus", default: 1], memoryBytes: 100, given: ["gpus": 1],
        steps: pipeline.steps.rows),
      durations: (0..<count).map { _ in random.oneIn(2) ? Double(random.below(9)) : nil },
      keepsGoing: keepsGoing)
    self.random = random
  }

  /// - Returns: what is wrong, nil where nothing is.
  mutating func play() -> String? {
    for _ in 0..<1000 {
      if let problem = decide() ?? collect() ?? start() ?? collect() { return problem }
      if random.oneIn(40) {
        isCancelled = true
        schedule.cancel()
        if let problem = collect() { return problem }
      }
      guard !running.isEmpty else { return finish() }
      let id = running.remove(at: random.below(running.count))
      let isBad = random.oneIn(7)
      var ending: Ending = isBad ? .failed : .ran
      if !isBad, verdicts[id]?.isFresh == true { ending = .restored }
      if isCancelled, isBad { ending = .cancelled }
      schedule.ended(id, ending)
      if let problem = collect() { return problem }
    }
    return "no end"
  }

  private mutating func decide() -> String? {
    while let id = schedule.nextToDecide() {
      let step = pipeline.steps[id]
      if verdicts[id] != nil || endings[id] != nil { return "\(step.name) is decided twice" }
      for needed in step.needs where plan.contains(needed) {
        let isKept = verdicts[needed].map { if case .kept = $0 { true } else { false } } ?? false
        let isGood = endings[needed].map { [.ran, .restored, .kept].contains($0) } ?? false
        if !isKept, !isGood { return "\(step.name) is decided before what it reads is known" }
      }
      if random.oneIn(15) {
        refused.insert(id)
        schedule.refused(id)
        continue
      }
      let verdict: Verdict =
        switch random.below(3) {
        case 0: .kept(VerdictTests.result())
        case 1: .restorable(VerdictTests.result(), [.outputMissing("x")])
        default: .stale([.firstRun])
        }
      verdicts[id] = verdict
      schedule.decided(id, verdict)
    }
    return nil
  }

  private mutating func start() -> String? {
    for (id, verdict) in schedule.startReady() {
      let step = pipeline.steps[id]
      if verdict != verdicts[id] { return "\(step.name) starts with another verdict" }
      if case .kept = verdict { return "\(step.name) starts though it is kept" }
      if endings[id] != nil || running.contains(id) { return "\(step.name) starts twice" }
      if isCancelled { return "\(step.name) starts after the run was cancelled" }
      if !keepsGoing, hasFailure { return "\(step.name) starts after a failure" }
      for needed in step.needs + step.after where plan.contains(needed) {
        let ending = endings[needed]
        let mayFail =
          pipeline.steps[needed].traits.contains(.allowFailure) && step.after.contains(needed)
        guard [.ran, .restored, .kept].contains(ending) || (mayFail && ending == .failed) else {
          return "\(step.name) starts though \(pipeline.steps[needed].name) has not ended well"
        }
      }
      running.append(id)
    }
    for (pool, size) in sizes {
      let taken = running.reduce(0) { sum, id in
        let resources = pipeline.steps[id].resources
        switch pool {
        case "cpus": return sum + resources.cpus
        case "memory": return sum + (resources.memoryBytes ?? 0)
        default: return sum + resources.pools.reduce(0) { $0 + $1.count }
        }
      }
      if taken > size { return "\(taken) of \(size) \(pool) are taken" }
    }
    return nil
  }

  /// Whether any failure came that stops a run.
  private var hasFailure: Bool {
    endings.contains { id, ending in
      ending == .failed && !pipeline.steps[id].traits.contains(.allowFailure)
    }
  }

  private mutating func collect() -> String? {
    for (id, ending) in schedule.takeEndings() {
      if running.contains(id) { return "\(pipeline.steps[id].name) ended while it was running" }
      if endings.updateValue(ending, forKey: id) != nil {
        return "\(pipeline.steps[id].name) ended twice"
      }
    }
    return nil
  }

  private func finish() -> String? {
    if !schedule.isDone { return "steps are left: \(plan.steps.count - endings.count)" }
    if Set(endings.keys) != Set(plan.steps) { return "not the steps of the plan have ended" }
    for id in plan.steps {
      let step = pipeline.steps[id]
      // What it needs and did not get, and so why it cannot have run.
      let lost = (step.needs + step.after).filter { needed in
        guard plan.contains(needed), let ending = endings[needed] else { return false }
        switch ending {
        case .kept, .restored, .ran: return false
        case .skipped, .cancelled: return true
        case .failed:
          return step.needs.contains(needed)
            || !pipeline.steps[needed].traits.contains(.allowFailure)
        }
      }
      switch endings[id] {
      case .kept, .restored, .ran, .failed:
        if !lost.isEmpty, !refused.contains(id) {
          return "\(step.name) ended well without what it needs"
        }
      case .skipped:
        if lost.isEmpty, keepsGoing || !hasFailure { return "\(step.name) was skipped for nothing" }
      case .cancelled: if !isCancelled { return "\(step.name) was cancelled by nobody" }
      case nil: return "\(step.name) has no ending"
      }
    }
    return nil
  }
}
