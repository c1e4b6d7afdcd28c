import Foundation
import PenguinTable
import Testing

@testable import PenguinClassifier

@Suite("Training") struct TrainingTests {
  @Test("The gradient is that of finite differences", arguments: 1...5)
  func gradient(seed: Int) {
    var random = SplitMix64(seed: seed)
    func number() -> Double { Double(random.next(below: 2001) - 1000) / 500 }
    let examples = (0..<20).map { _ in
      Example(features: [1, number(), number()], label: random.next(below: 3))
    }
    var weights = Weights(species: ["a", "b", "c"], features: ["1", "x", "y"])
    for row in 0..<3 {
      for column in 0..<3 { weights.rows[row][column] = number() }
    }
    let gradient = weights.fit(to: examples).gradient
    let step = 1e-5
    for row in 0..<3 {
      for column in 0..<3 {
        var above = weights
        above.rows[row][column] += step
        var below = weights
        below.rows[row][column] -= step
        let slope =
          (above.fit(to: examples).loss - below.fit(to: examples).loss) / (2 * step)
        #expect(abs(slope - gradient[row][column]) < 1e-8)
      }
    }
  }

  @Test("Exponential and logarithm agree with the C library's to 13 digits", arguments: 1...5)
  func elementary(seed: Int) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<2000 {
      let x = Double(random.next(below: 1_400_001) - 700_000) / 1000
      #expect(abs(Elementary.exponential(x) / exp(x) - 1) < 1e-13)
      let y = exp(x)
      #expect(abs(Elementary.logarithm(y) - log(y)) <= 1e-13 * max(1, abs(log(y))))
    }
  }

  @Test("Elementary functions at their ends")
  func ends() {
    #expect(Elementary.exponential(0) == 1)
    #expect(Elementary.exponential(-1000) == 0)
    #expect(Elementary.exponential(1000) == .infinity)
    #expect(Elementary.exponential(.nan).isNaN)
    #expect(Elementary.logarithm(1) == 0)
    #expect(Elementary.logarithm(0) == -.infinity)
    #expect(Elementary.logarithm(.infinity) == .infinity)
    #expect(Elementary.logarithm(-1).isNaN)
  }

  @Test("Scores too large for any power still give probabilities")
  func stable() {
    var weights = Weights(species: ["a", "b"], features: ["1"])
    weights.rows = [[5000], [-5000]]
    #expect(weights.probabilities([1]) == [1, 0])
  }

  @Test("An island that training has not seen is named")
  func unknownIsland() throws {
    let seen = Penguin(measurement: { _ in 1 }, trait: { $0 == .sex ? "male" : "Dream" })
    let other = Penguin(measurement: { _ in 1 }, trait: { $0 == .sex ? "male" : "Ross" })
    let encoding = Encoding(fitting: [seen])
    #expect(try encoding.features(of: seen) == [1, 0, 0, 0, 0, 1, 1])
    #expect(throws: UnknownValue(trait: .island, value: "Ross", known: ["Dream"])) {
      try encoding.features(of: other)
    }
  }
}
