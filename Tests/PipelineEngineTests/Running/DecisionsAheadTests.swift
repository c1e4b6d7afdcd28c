import PipelineModel
import Testing

@testable import PipelineEngine

@Suite("Decisions made ahead") struct DecisionsAheadTests {
  struct Case: Sendable {
    let steps: Int
    let nanoseconds: Int64
    let count: Int
  }

  static let cases = [
    Case(steps: 1, nanoseconds: 0, count: 64),
    Case(steps: 10, nanoseconds: 1_000_000, count: 40),
    Case(steps: 2, nanoseconds: 1_000_000, count: 8),
    Case(steps: 64, nanoseconds: 64_000_000, count: 4),
    Case(steps: 4, nanoseconds: 4_000_000_000, count: 3),
    Case(steps: 1, nanoseconds: .max, count: 3),
  ]

  @Test(
    "As many are decided at once as take a moment, and no fewer than processors", arguments: cases)
  func pace(_ c: Case) {
    var pace = Pace(processors: 3)
    #expect(pace.count == 3)
    pace.note(c.steps, nanoseconds: c.nanoseconds)
    #expect(pace.count == c.count)
  }

  static let count = 100

  /// Steps of which each reads a file, and every third what the one before it writes.
  static let text =
    "project: many\nsteps:\n"
    + (0..<count).map { number in
      let artifact = number % 3 == 2 ? ", s\(number - 1).o" : ""
      return """
          s\(number):
            run: work
            inputs: [In/\(number)\(artifact)]
            outputs: { o: Out/\(number) }

        """
    }.joined()

  static func world() -> MemoryWorld {
    let world = MemoryWorld()
    for number in 0..<count { world.put(Path("In/\(number)"), "\(number)") }
    return world
  }

  @Test("What is kept is told of in the order in which one after the other would be decided")
  func order() async throws {
    let world = DecisionsAheadTests.world()
    let plan = try MemoryRun.plan(DecisionsAheadTests.text)
    _ = try await MemoryRun.play(plan, world)
    let told = Locked<[Int]>([])
    let pools = Pools(cpus: 2, memoryBytes: 0, given: [:], steps: plan.pipeline.steps.rows)
    let runner = Runner(plan, world, pools: pools, keepsGoing: true) { event in
      guard case .ended(let id, let outcome, _) = event else { return }
      #expect(outcome.ending == .kept)
      told.withLock { $0.append(id.index) }
    }
    _ = try await runner.run { false }
    #expect(told.withLock { $0 } == Array(0..<DecisionsAheadTests.count))
  }

  @Test("What cannot be decided fails by itself")
  func refused() async throws {
    let world = DecisionsAheadTests.world()
    world.put("In/40", nil)
    let plan = try MemoryRun.plan(DecisionsAheadTests.text)
    let record = try await MemoryRun.play(plan, world, keepsGoing: true)
    for step in record.steps {
      let expected: Ending =
        step.step.index == 40 ? .failed : step.step.index == 41 ? .skipped : .ran
      #expect(step.outcome.ending == expected, "\(step.step.index)")
    }
  }
}
