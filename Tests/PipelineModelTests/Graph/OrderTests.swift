import Seeds
import Testing

@testable import PipelineModel

@Suite("Order") struct OrderTests {
  static func order(_ predecessors: [[Int]]) -> Order {
    var dependants = [[ID<Step>]](repeating: [], count: predecessors.count)
    for (index, list) in predecessors.enumerated() {
      for other in list { dependants[other].append(ID(index: index)) }
    }
    return Order(
      predecessors: predecessors.map { $0.map { ID(index: $0) } }, dependants: dependants)
  }

  struct Case: Sendable {
    var predecessors: [[Int]]
    var steps: [Int]
    var cycles: [[Int]] = []
  }

  static let cases = [
    Case(predecessors: [], steps: []),
    Case(predecessors: [[], [], []], steps: [0, 1, 2]),
    Case(predecessors: [[2], [], [1]], steps: [1, 2, 0]),
    Case(predecessors: [[1], [0]], steps: [], cycles: [[0, 1]]),
    Case(predecessors: [[], [3], [1], [2], [1]], steps: [0], cycles: [[1, 3, 2]]),
    Case(predecessors: [[1], [0], [3], [2], [0, 2]], steps: [], cycles: [[0, 1], [2, 3]]),
    // Step 0 only hangs on a cycle.
    Case(predecessors: [[1], [2], [1]], steps: [], cycles: [[1, 2]]),
  ]

  @Test("Every step after what it needs, or a way back to itself", arguments: cases)
  func order(_ c: Case) {
    let order = OrderTests.order(c.predecessors)
    #expect(order.steps.map(\.index) == c.steps)
    #expect(order.cycles.map { $0.map(\.index) } == c.cycles)
  }

  @Test("100,000 steps in a chain or a circle take no recursion and linear time")
  func long() {
    let count = 100_000
    let chain = (0..<count).map { $0 + 1 < count ? [$0 + 1] : [] }
    #expect(OrderTests.order(chain).steps.map(\.index) == (0..<count).reversed())
    let circle = OrderTests.order((0..<count).map { [($0 + 1) % count] })
    #expect(circle.steps.isEmpty)
    #expect(circle.cycles.map(\.count) == [count])
    // The circle is told in a few words.
    let names = (0..<count).map { StepName(VerdictTests.name("s\($0)")) }
    let fact = Diagnostic.cycle(names, at: Span(line: 1, column: 1)).fact
    #expect(fact.hasPrefix("'s0' needs 's1' needs "))
    #expect(fact.hasSuffix(" needs 's99999' needs 's0': a step cannot need itself"))
    #expect(fact.utf8.count < 300)
  }

  @Test("On any graph the order is whole and right, or every cycle is one")
  func seeds() {
    for seed in 0..<2000 as Range<UInt64> {
      var random = SplitMix64(seed: seed)
      let count = 1 + random.below(9)
      let predecessors = (0..<count).map { _ in (0..<count).filter { _ in random.oneIn(6) } }
      let order = OrderTests.order(predecessors)
      var place: [Int: Int] = [:]
      for (index, step) in order.steps.enumerated() { place[step.index] = index }
      for (step, index) in place {
        for other in predecessors[step] {
          #expect(place[other].map { $0 < index } == true, "seed \(seed)")
        }
      }
      #expect((order.steps.count == count) == order.cycles.isEmpty, "seed \(seed)")
      for cycle in order.cycles {
        for (step, next) in zip(cycle, cycle.dropFirst() + cycle.prefix(1)) {
          #expect(predecessors[step.index].contains(next.index), "seed \(seed)")
        }
      }
    }
  }
}
