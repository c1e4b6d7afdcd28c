import PipelineModel
import Testing

@testable import PipelineEngine

@Suite("Gate to resources") struct ResourceGateTests {
  /// Steps `name`, `name:CPUS` or `name:CPUS:GPUS`.
  private func steps(_ texts: [String]) throws -> [Step] {
    let lines = texts.map { text in
      let words = text.split(separator: ":")
      let cpus = words.count > 1 ? words[1] : "1"
      let gpus = words.count > 2 ? ", gpus: \(words[2])" : ""
      return "  \(words[0]): { run: 'true', resources: { cpus: \(cpus)\(gpus) } }\n"
    }
    let bound = BoundText("project: p\nsteps:\n" + lines.joined())
    #expect(bound.transcript == "")
    return Array(try #require(bound.pipeline).steps.rows)
  }

  private func gate(cpus: Int, _ steps: [Step]) -> ResourceGate {
    ResourceGate(Pools(cpus: cpus, memoryBytes: 1 << 30, given: [:], steps: steps))
  }

  /// Waits until the gate holds that many back.
  private func waitFor(_ count: Int, at gate: ResourceGate) async throws {
    for _ in 0..<3000 where gate.waitingCount != count {
      try await Task.sleep(for: .milliseconds(2))
    }
    #expect(gate.waitingCount == count)
  }

  @Test("No more come in than there is room for, and everybody does in the end")
  func bounded() async throws {
    let steps = try steps((0..<40).map { "s\($0):\($0 % 3 + 1)" })
    let gate = gate(cpus: 4, steps)
    let inside = Locked((now: 0, most: 0, entered: 0))
    await withTaskGroup(of: Void.self) { group in
      for step in steps {
        group.addTask {
          #expect(await gate.enter(for: step))
          inside.withLock { inside in
            inside.now += step.resources.cpus
            inside.most = max(inside.most, inside.now)
            inside.entered += 1
          }
          try? await Task.sleep(for: .milliseconds(2))
          inside.withLock { $0.now -= step.resources.cpus }
          gate.leave(from: step)
        }
      }
    }
    #expect(inside.withLock { $0.most } <= 4)
    #expect(inside.withLock { $0.entered } == 40)
  }

  @Test("Who waits for the GPU keeps no processor idle")
  func overtaking() async throws {
    let steps = try steps(["a:1:1", "b:1:1", "c"])
    let gate = gate(cpus: 2, steps)
    #expect(await gate.enter(for: steps[0]))
    async let second = gate.enter(for: steps[1])
    try await waitFor(1, at: gate)
    #expect(await gate.enter(for: steps[2]))
    gate.leave(from: steps[0])
    #expect(await second)
  }

  @Test("Nobody is overtaken for ever")
  func starvation() async throws {
    let steps = try steps(["large:2", "small"])
    let gate = gate(cpus: 2, steps)
    #expect(await gate.enter(for: steps[1]))
    let order = Locked<[String]>([])
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        _ = await gate.enter(for: steps[0])
        order.withLock { $0.append("large") }
        gate.leave(from: steps[0])
      }
      try await waitFor(1, at: gate)
      // One small step is always in, so there is never room for two.
      for number in 0..<100 {
        group.addTask {
          _ = await gate.enter(for: steps[1])
          order.withLock { $0.append("small") }
          if number < 99 { try await Task.sleep(for: .milliseconds(1)) }
          gate.leave(from: steps[1])
        }
      }
      try await Task.sleep(for: .milliseconds(20))
      gate.leave(from: steps[1])
      try await group.waitForAll()
    }
    let place = order.withLock { $0.firstIndex(of: "large") }
    #expect(try #require(place) < 40)
  }

  @Test("Who does not wait any more takes nothing, and lets the next one in")
  func cancellation() async throws {
    let steps = try steps(["a:2", "b:2", "c"])
    let gate = gate(cpus: 2, steps)
    #expect(await gate.enter(for: steps[0]))
    try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask { await gate.enter(for: steps[1]) }
      try await waitFor(1, at: gate)
      group.cancelAll()
      #expect(try await group.next() == false)
      #expect(gate.waitingCount == 0)
      // In a group that is cancelled already.
      group.addTask { await gate.enter(for: steps[1]) }
      #expect(try await group.next() == false)
    }
    gate.leave(from: steps[0])
    #expect(await gate.enter(for: steps[1]))
  }

  @Test("A step that asks for more than there is has everything to itself")
  func tooLarge() async throws {
    let steps = try steps(["a:9", "b"])
    let gate = gate(cpus: 2, steps)
    #expect(await gate.enter(for: steps[0]))
    async let second = gate.enter(for: steps[1])
    try await waitFor(1, at: gate)
    gate.leave(from: steps[0])
    #expect(await second)
  }
}
