import PenguinTable
import Testing

@Suite("Split") struct SplitTests {
  static let classes =
    (0..<150).map { _ in "Adelie" } + (0..<70).map { _ in "Chinstrap" }
    + (0..<120).map { _ in "Gentoo" }

  @Test("Each row is in one part, and each class has its share in each", arguments: 1...20)
  func stratified(seed: Int) {
    let split = Split(stratifying: Self.classes, validation: 0.2, test: 0.1, seed: seed)
    #expect((split.train + split.validation + split.test).sorted() == Array(0..<340))
    for (name, count) in [("Adelie", 150), ("Chinstrap", 70), ("Gentoo", 120)] {
      #expect(split.validation.count { Self.classes[$0] == name } == count / 5)
      #expect(split.test.count { Self.classes[$0] == name } == count / 10)
    }
  }

  @Test("A seed gives the same split, another seed another")
  func seeded() {
    let split = Split(stratifying: Self.classes, validation: 0.2, test: 0.2, seed: 7)
    #expect(
      split == Split(stratifying: Self.classes, validation: 0.2, test: 0.2, seed: 7))
    #expect(
      split != Split(stratifying: Self.classes, validation: 0.2, test: 0.2, seed: 8))
  }

  @Test("The random numbers are those of the published algorithm")
  func reference() {
    // From the test vectors of prng.di.unimi.it/splitmix64.c for seed 1234567.
    var random = SplitMix64(seed: 1_234_567)
    #expect(
      (0..<3).map { _ in random.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      ])
  }
}
