/// A source of random numbers that gives the same ones for the same seed, everywhere and always.
///
/// Swift's own shuffling with a seeded generator may draw differently in another version, so that
/// is here too.
///
/// - SeeAlso: G. L. Steele, D. Lea, C. H. Flood, "Fast Splittable Pseudorandom Number Generators",
///   OOPSLA 2014.
public struct SplitMix64: Sendable {
  private var state: UInt64

  /// A source for a seed.
  public init(seed: Int) { state = UInt64(bitPattern: Int64(seed)) }

  /// 64 random bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  /// A number from 0 to below the bound, each as likely as the others.
  ///
  /// - Precondition: `bound` is positive.
  public mutating func next(below bound: Int) -> Int {
    let bound = UInt64(bound)
    // Numbers of the last, incomplete round would come up more often.
    let limit = UInt64.max - UInt64.max % bound
    while true {
      let bits = next()
      if bits < limit { return Int(bits % bound) }
    }
  }

  /// The elements in random order, each order as likely as the others.
  ///
  /// - SeeAlso: R. Durstenfeld, "Algorithm 235: Random permutation", CACM 7(7), 1964.
  public mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
    var result = elements
    for last in result.indices.reversed() {
      result.swapAt(last, next(below: last + 1))
    }
    return result
  }
}
