import Testing

@testable import PipelineModel

@Suite("Schedule") struct ScheduleTests {
  struct Case: Sendable {
    var name: String
    var steps: [String]
    var traits: [String: Set<StepTrait>] = [:]
    /// By step, what is decided; stale for all others.
    var kept: Set<String> = []
    var failing: Set<String> = []
    /// Steps that can be neither decided nor executed.
    var refused: Set<String> = []
    var keepsGoing = false
    /// `step ending`, in plan order.
    var endings: String
  }

  static let cases = [
    Case(name: "all run", steps: ["a", "b: a", "c: b"], endings: "a ran, b ran, c ran"),
    Case(name: "all kept", steps: ["a", "b: a"], kept: ["a", "b"], endings: "a kept, b kept"),
    Case(
      name: "a failure skips what reads it", steps: ["a", "b: a", "c: b"], failing: ["a"],
      endings: "a failed, b skipped, c skipped"),
    Case(
      name: "a failure stops what has not started", steps: ["a", "b: a", "x", "y: x"],
      failing: ["a"], endings: "a failed, b skipped, x skipped, y skipped"),
    Case(
      name: "keep going", steps: ["a", "b: a", "x", "y: x"], failing: ["a"], keepsGoing: true,
      endings: "a failed, b skipped, x ran, y ran"),
    Case(
      name: "skipped even when fresh", steps: ["a", "b: | a", "c: b"], kept: ["b", "c"],
      failing: ["a"], keepsGoing: true, endings: "a failed, b skipped, c skipped"),
    Case(
      name: "after a kept one", steps: ["a", "b: | a"], kept: ["a"], endings: "a kept, b ran"),
    Case(
      name: "allowed to fail: who waits starts, who reads is skipped",
      steps: ["a", "b: | a", "c: a", "d: c", "e: b"], traits: ["a": [.allowFailure]],
      failing: ["a"], endings: "a failed, b ran, c skipped, d skipped, e ran"),
    Case(
      name: "allowed to fail, but skipped", steps: ["z", "a: z", "b: | a"],
      traits: ["a": [.allowFailure]], failing: ["z"], keepsGoing: true,
      endings: "z failed, a skipped, b skipped"),
    Case(
      name: "refused", steps: ["a", "b: a", "c"], refused: ["a"], keepsGoing: true,
      endings: "a failed, b skipped, c ran"),
    Case(
      name: "refused, stops", steps: ["a", "b: a", "c"], refused: ["a"],
      endings: "a failed, b skipped, c skipped"),
    Case(
      name: "two ways to one", steps: ["a", "b: a", "c: a", "d: b c"], failing: ["b"],
      keepsGoing: true, endings: "a ran, b failed, c ran, d skipped"),
  ]

  @Test("How every step ends", arguments: cases)
  func endings(_ c: Case) throws {
    let pipeline = Sketch(c.steps, traits: c.traits).pipeline
    let plan = try #require(Plan.make(Selection(), of: pipeline).plan)
    var schedule = ScheduleTests.schedule(plan, cpus: 1, keepsGoing: c.keepsGoing)
    var endings: [ID<Step>: Ending] = [:]
    func name(_ id: ID<Step>) -> String { pipeline.steps[id].name.description }
    func note(_ schedule: inout Schedule) {
      for (id, ending) in schedule.takeEndings() {
        #expect(endings.updateValue(ending, forKey: id) == nil, "\(name(id)) ended twice")
      }
    }
    while true {
      while let id = schedule.nextToDecide() {
        if c.refused.contains(name(id)) {
          schedule.refused(id)
        } else {
          schedule.decided(id, ScheduleTests.verdict(isKept: c.kept.contains(name(id))))
        }
      }
      note(&schedule)
      guard let (id, _) = schedule.startReady().first else { break }
      schedule.ended(id, c.failing.contains(name(id)) ? .failed : .ran)
      note(&schedule)
    }
    #expect(schedule.isDone)
    #expect(schedule.secondsLeft == 0)
    let text = plan.steps.map { "\(name($0)) \(endings[$0].map(\.rawValue) ?? "open")" }
    #expect(text.joined(separator: ", ") == c.endings, "\(c.name)")
  }

  static func verdict(isKept: Bool) -> Verdict {
    isKept ? .kept(VerdictTests.result()) : .stale([.firstRun])
  }

  static func schedule(
    _ plan: Plan, cpus: Int, durations: [Double?]? = nil, keepsGoing: Bool = false
  ) -> Schedule {
    let steps = plan.pipeline.steps.rows
    return Schedule(
      plan, pools: Pools(cpus: cpus, memoryBytes: 100, given: [:], steps: steps),
      durations: durations ?? steps.map { _ in nil }, keepsGoing: keepsGoing)
  }

  @Test(
    "The longest remaining way starts first, ties in manifest order, what fits before what does not"
  )
  func priority() throws {
    var sketch = Sketch(["a", "b", "c", "d: b", "e"])
    sketch.demand(2, cpus: 2)
    let pipeline = sketch.pipeline
    let plan = try #require(Plan.make(Selection(), of: pipeline).plan)
    var schedule = ScheduleTests.schedule(plan, cpus: 2, durations: [5, 2, 10, 4, 5])
    #expect(schedule.secondsLeft == 10)
    while let id = schedule.nextToDecide() { schedule.decided(id, .stale([.firstRun])) }
    func start() -> String {
      schedule.startReady().map { pipeline.steps[$0.step].name.description }.joined(separator: " ")
    }
    #expect(start() == "c", "ten seconds, both processors")
    #expect(start() == "")
    schedule.ended(ID(index: 2), .ran)
    #expect(start() == "b a", "b and what follows take six, a and e five each")
    schedule.ended(ID(index: 1), .ran)
    while let id = schedule.nextToDecide() { schedule.decided(id, .stale([.firstRun])) }
    #expect(schedule.secondsLeft == 5)
    #expect(start() == "e")
    schedule.ended(ID(index: 0), .ran)
    #expect(start() == "d")
  }

  @Test("What is to be decided next is foretold, and not taken")
  func coming() throws {
    let pipeline = Sketch(["a", "b: a", "c", "d", "e"]).pipeline
    let plan = try #require(Plan.make(Selection(), of: pipeline).plan)
    var schedule = ScheduleTests.schedule(plan, cpus: 1)
    #expect(schedule.comingToDecide(0).isEmpty)
    #expect(schedule.comingToDecide(2).map(\.index) == [0, 2])
    #expect(schedule.comingToDecide(9).map(\.index) == [0, 2, 3, 4])
    while let id = schedule.nextToDecide() {
      let coming = schedule.comingToDecide(1)
      // Whoever reads what is kept comes first.
      schedule.decided(id, ScheduleTests.verdict(isKept: true))
      let isFirst = id.index == 0
      #expect(schedule.comingToDecide(1) == (isFirst ? [ID(index: 1)] : coming))
    }
    schedule.cancel()
    #expect(schedule.comingToDecide(9).isEmpty)
  }

  @Test(
    "What waits for a step is decided when that is kept or has ended",
    arguments: [
      ([0, 1], [[0, 1, 2]], [2]), ([1], [[0], [1, 2]], [2]), ([1, 2], [[0], [1, 2]], []),
    ])
  func decisions(kept: [Int], decided: [[Int]], started: [Int]) throws {
    let pipeline = Sketch(["slow", "a: | slow", "b: a"]).pipeline
    let plan = try #require(Plan.make(Selection(), of: pipeline).plan)
    var schedule = ScheduleTests.schedule(plan, cpus: 4)
    func decide() -> [Int] {
      var decided: [Int] = []
      while let id = schedule.nextToDecide() {
        decided.append(id.index)
        schedule.decided(id, ScheduleTests.verdict(isKept: kept.contains(id.index)))
      }
      return decided
    }
    #expect(decide() == decided[0])
    if decided.count > 1 {
      #expect(schedule.startReady().map(\.step.index) == [0])
      #expect(schedule.takeEndings().isEmpty)
      schedule.ended(ID(index: 0), .ran)
      #expect(decide() == decided[1])
    }
    #expect(schedule.startReady().map(\.step.index) == started)
    #expect(schedule.takeEndings().map(\.step.index) == [0, 1, 2].filter { !started.contains($0) })
  }

  @Test("A chain of 100,000 kept steps ends without recursion, in linear time")
  func longChain() throws {
    let count = 100_000
    var lines = ["s0"]
    for index in 1..<count { lines.append("s\(index): s\(index - 1)") }
    let pipeline = Sketch(lines).pipeline
    let plan = try #require(Plan.make(Selection(), of: pipeline).plan)
    #expect(plan.steps.count == count)
    var schedule = ScheduleTests.schedule(plan, cpus: 1, keepsGoing: true)
    // The first is decided last, so that all the others wait for it.
    var isFirst = true
    while let id = schedule.nextToDecide() {
      schedule.decided(id, ScheduleTests.verdict(isKept: !isFirst))
      isFirst = false
    }
    #expect(schedule.startReady().map(\.step.index) == [0])
    schedule.ended(ID(index: 0), .failed)
    #expect(schedule.isDone)
    #expect(schedule.takeEndings().count == count)
  }
}
