/// Elementary functions of basic arithmetic only.
///
/// The C library's differ from system to system in their last digit, and training amplifies that.
/// Addition, multiplication, division and rounding are exact to the bit everywhere (IEEE 754), so
/// with these the same data and seed give the same model on every machine.
///
/// - SeeAlso: J.-M. Muller, "Elementary Functions: Algorithms and Implementation", 3rd edition,
///   2016, chapters 3 and 11, for the reduction of arguments.
enum Elementary {
  private static let ln2 = 0.693_147_180_559_945_3
  // ln 2 in two parts: the first has so few digits that whole multiples of it are exact.
  private static let ln2High = 0x1.62e42feep-1
  private static let ln2Low = 0x1.a39ef35793c76p-33

  /// e to the power of `x`, to within a few units in the last place.
  ///
  /// - Returns: 0 where the power is too small for a number of full precision, infinity where it is
  ///   too large.
  static func exponential(_ x: Double) -> Double {
    if x.isNaN { return x }
    if x < -708 { return 0 }
    if x > 709 { return .infinity }
    // e^x = 2^k e^r, with r so small that few terms of the series are enough.
    let k = (x / ln2).rounded()
    let r = (x - k * ln2High) - k * ln2Low
    var sum = 1.0
    for term in stride(from: 14.0, through: 1, by: -1) { sum = 1 + r / term * sum }
    return Double(sign: .plus, exponent: Int(k), significand: sum)
  }

  /// The natural logarithm of a positive number, to within a few units in the last place.
  static func logarithm(_ x: Double) -> Double {
    guard x > 0, x.isFinite else { return x == 0 ? -.infinity : x > 0 ? x : .nan }
    // x = 2^k m, with m near 1: ln m = 2 artanh s for s = (m - 1) / (m + 1).
    var m = x.significand
    var k = Double(x.exponent)
    if m > 1.414_213_562_373_095_1 {
      m /= 2
      k += 1
    }
    let s = (m - 1) / (m + 1)
    var sum = 0.0
    for power in stride(from: 25.0, through: 1, by: -2) { sum = sum * s * s + 1 / power }
    return k * ln2High + (2 * s * sum + k * ln2Low)
  }
}
