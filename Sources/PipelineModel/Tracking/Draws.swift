/// Numbers that follow from a seed, the same on every machine.
///
/// Only sums, products and quotients are used, which IEEE 754 defines to the last bit: a system's
/// own logarithm may differ from another's.
///
/// - SeeAlso: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
struct Draws {
  private var state: UInt64

  init(seed: Int) {
    state = UInt64(bitPattern: Int64(seed))
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A whole number from 0, below `bound`, each as likely; `bound` is at least 1.
  mutating func below(_ bound: Int) -> Int {
    let bound = UInt64(bound)
    // What stands beyond the last whole multiple would favour the small ones.
    let end = UInt64.max - UInt64.max % bound
    var drawn = next()
    while drawn >= end { drawn = next() }
    return Int(drawn % bound)
  }

  /// A number between the two, in steps of at least a hundred-thousandth of their distance.
  mutating func uniform(_ first: Decimal, _ last: Decimal) -> Decimal {
    let (a, b) = (first.double, last.double)
    let drawn = Decimal(a + (b - a) * fraction()) ?? first
    let width = Decimal(b - a) ?? last
    return Draws.within(first, last, drawn.rounded(to: width.magnitude - 5))
  }

  /// A number between the two, of six digits, whose logarithm is drawn uniformly.
  mutating func logUniform(_ first: Decimal, _ last: Decimal) -> Decimal {
    let (a, b) = (Draws.logarithm(first.double), Draws.logarithm(last.double))
    let drawn = Decimal(Draws.exponential(a + (b - a) * fraction())) ?? first
    return Draws.within(first, last, drawn.rounded(digits: 6))
  }

  /// From 0, below 1: the first 53 bits.
  private mutating func fraction() -> Double {
    Double(next() >> 11) / Double(UInt64(1) << 53)
  }

  private static func within(_ first: Decimal, _ last: Decimal, _ number: Decimal) -> Decimal {
    number.double < first.double ? first : number.double > last.double ? last : number
  }

  /// The natural logarithm of a number above zero.
  static func logarithm(_ number: Double) -> Double {
    // By the series of the inverse hyperbolic tangent, which for 1..<2 converges at a ninth a term.
    let ratio = (number.significand - 1) / (number.significand + 1)
    var (sum, power) = (0.0, ratio)
    for index in 0..<24 {
      sum += power / Double(2 * index + 1)
      power *= ratio * ratio
    }
    return 2 * sum + Double(number.exponent) * logarithmOfTwo
  }

  /// `e` to the power of a number.
  static func exponential(_ number: Double) -> Double {
    let whole = (number / logarithmOfTwo).rounded()
    let rest = number - whole * logarithmOfTwo
    var (sum, term) = (1.0, 1.0)
    for index in 1..<24 {
      term *= rest / Double(index)
      sum += term
    }
    return sum * Double(sign: .plus, exponent: Int(whole), significand: 1)
  }

  private static let logarithmOfTwo = 0.693_147_180_559_945_3
}
