import Testing

@testable import PipelineModel

@Suite("Random sweeps") struct RandomSweepTests {
  static func space(_ seed: Int, _ limit: Int, _ choices: SweepSpace.Choices...) -> SweepSpace {
    var space = SweepSpace()
    space.method = .drawn
    space.seed = seed
    space.limit = limit
    let names = ["a", "b", "c", "d"]
    space.axes = zip(names, choices).map { name, choices in
      SweepSpace.Axis(ParameterName([name]), choices, at: Span(line: 1, column: 1))
    }
    return space
  }

  static func decimal(_ text: String) throws -> Decimal { try #require(Decimal(text)) }

  static func mixed(seed: Int, limit: Int) throws -> SweepSpace {
    space(
      seed, limit, .uniform(try decimal("0.5"), try decimal("0.9")),
      .logUniform(try decimal("1e-5"), try decimal("1e-1")), .integers(-3...3),
      .values([.text("x"), .text("y")]))
  }

  @Test("The generator is the published one")
  func reference() {
    var draws = Draws(seed: 1_234_567)
    #expect(
      (0..<3).map { _ in draws.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      ])
  }

  @Test("A seed's trials are the same on every machine")
  func recorded() throws {
    let labels = try RandomSweepTests.mixed(seed: 1, limit: 4).trials.map(\.label)
    #expect(
      labels == [
        "a=0.726625,b=0.00961894,c=-2,d=y", "a=0.677706,b=0.011261,c=-3,d=y",
        "a=0.614203,b=0.0149964,c=-2,d=x", "a=0.681975,b=0.00131922,c=0,d=y",
      ])
  }

  @Test("More trials begin with the same, another seed with others")
  func prefix() throws {
    let few = try RandomSweepTests.mixed(seed: 7, limit: 10).trials
    let many = try RandomSweepTests.mixed(seed: 7, limit: 50).trials
    #expect(Array(many.prefix(10)) == few)
    #expect(try RandomSweepTests.mixed(seed: 8, limit: 10).trials != few)
  }

  @Test("Trials stay within their bounds, and none comes twice", arguments: 0..<20)
  func bounds(seed: Int) throws {
    let trials = try RandomSweepTests.mixed(seed: seed, limit: 200).trials
    #expect(trials.count == 200)
    #expect(Set(trials.map(\.label)).count == 200)
    for trial in trials {
      let values = trial.parameters.map(\.value)
      #expect((0.5...0.9).contains(try #require(values[0].double)))
      #expect((1e-5...1e-1).contains(try #require(values[1].double)))
      #expect((-3...3).contains(try #require(values[2].integer)))
    }
    // Each of four orders of magnitude gets its share of two hundred.
    let small = trials.filter { ($0.parameters[1].value.double ?? 1) < 1e-4 }
    #expect((25...80).contains(small.count))
  }

  @Test("Where there are few combinations, all are tried, once each")
  func exhausted() {
    let all = RandomSweepTests.space(1, 100, .integers(1...3), .values([.text("x"), .text("y")]))
    #expect(
      all.trials.map(\.label) == ["a=1,b=x", "a=1,b=y", "a=2,b=x", "a=2,b=y", "a=3,b=x", "a=3,b=y"])
    let most = RandomSweepTests.space(1, 999, .integers(1...1_000))
    #expect(Set(most.trials.map(\.label)).count == 999)
  }

  @Test("Bounds that nearly touch, and those far apart, give numbers between them")
  func narrow() throws {
    let (a, b) = (try RandomSweepTests.decimal("1000000"), try RandomSweepTests.decimal("1000001"))
    let close = RandomSweepTests.space(1, 50, .uniform(a, b)).trials
    #expect(Set(close.map(\.label)).count == 50)
    let (c, d) = (try RandomSweepTests.decimal("1e-300"), try RandomSweepTests.decimal("1e300"))
    for trial in RandomSweepTests.space(1, 50, .logUniform(c, d)).trials {
      #expect((1e-300...1e300).contains(trial.parameters[0].value.double ?? 0))
    }
  }

  @Test(
    "Logarithm and exponential",
    arguments: [1e-300, 1e-5, 0.1, 0.5, 1, 2, 2.718281828459045, 10, 1e300])
  func logarithm(_ number: Double) {
    let back = Draws.exponential(Draws.logarithm(number))
    #expect(abs(back - number) <= number * 1e-12)
  }
}
