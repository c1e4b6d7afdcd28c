import Testing

@testable import PipelineModel

@Suite("Pools") struct PoolsTests {
  static func steps(_ edit: (inout Sketch) -> Void) -> [Step] {
    var sketch = Sketch(["a", "b", "c"])
    edit(&sketch)
    return Array(sketch.pipeline.steps.rows)
  }

  static func pools(
    _ steps: [Step], cpus: Int = 4, memory: Int = 100, given: [String: Int] = [:]
  ) -> Pools {
    Pools(cpus: cpus, memoryBytes: memory, given: given, steps: steps)
  }

  @Test("A demand that can never be met is refused at once, each with what would help")
  func refused() {
    let steps = PoolsTests.steps {
      $0.demand(0, cpus: 5)
      $0.demand(1, memory: 101, ["gpus": 2])
      $0.demand(2, cpus: 4, memory: 100, ["gpus": 1])
    }
    func facts(_ pools: Pools) -> [String] {
      pools.problems(of: steps).map { $0.fact + " – " + ($0.hint ?? "") }
    }
    #expect(
      facts(PoolsTests.pools(steps)) == [
        "step 'a' asks for 5 of 'cpus', there are 4 – run with '--jobs 5'",
        "step 'b' asks for 101 of 'memory', there are 100 – run with '--resources memory=101'",
      ])
    #expect(
      facts(PoolsTests.pools(steps, cpus: 5, memory: 101, given: ["gpus": 1])) == [
        "step 'b' asks for 2 of 'gpus', there are 1 – run with '--resources gpus=2'"
      ])
    #expect(facts(PoolsTests.pools(steps, cpus: 5, memory: 101, given: ["gpus": 0])).count == 2)
    #expect(facts(PoolsTests.pools(steps, cpus: 5, given: ["memory": 101])).isEmpty)
  }

  @Test("What is taken is missing until it is given back")
  func taking() {
    let steps = PoolsTests.steps {
      $0.demand(0, cpus: 3)
      $0.demand(1, cpus: 1, memory: 60, ["gpus": 1])
      $0.demand(2, cpus: 1, memory: 60)
    }
    var pools = PoolsTests.pools(steps)
    #expect(steps.allSatisfy(pools.fits))
    pools.take(for: steps[1])
    #expect(pools.fits(steps[0]))
    #expect(!pools.fits(steps[1]), "one gpu, nobody sized that pool")
    #expect(!pools.fits(steps[2]), "memory")
    pools.take(for: steps[0])
    #expect(!pools.hasRoom)
    pools.giveBack(from: steps[1])
    #expect(pools.hasRoom)
    #expect(!pools.fits(steps[0]))
    #expect(pools.fits(steps[2]))
    pools.giveBack(from: steps[0])
    #expect(steps.allSatisfy(pools.fits))
  }

  @Test("A pool that nobody sized lets its steps follow each other")
  func unsized() {
    let steps = PoolsTests.steps {
      $0.demand(0, ["licence": 2])
      $0.demand(1, ["licence": 1])
      $0.demand(2, ["licence": 1])
    }
    var pools = PoolsTests.pools(steps)
    #expect(pools.problems(of: steps).isEmpty)
    pools.take(for: steps[1])
    #expect(pools.fits(steps[2]))
    #expect(!pools.fits(steps[0]))
  }
}
