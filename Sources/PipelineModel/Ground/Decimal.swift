/// A decimal number as people write it, exact: `0.1` is a tenth.
///
/// Its coefficient has no zero at its end, so equal numbers are equal values.
package struct Decimal: Hashable, Sendable {
  /// All digits, with the sign.
  package let coefficient: Int
  /// The power of ten that the coefficient is multiplied by.
  package let exponent: Int

  package init(coefficient: Int, exponent: Int = 0) {
    var coefficient = coefficient
    var exponent = coefficient == 0 ? 0 : exponent
    while coefficient != 0, coefficient % 10 == 0 {
      (coefficient, exponent) = (coefficient / 10, exponent + 1)
    }
    self.coefficient = coefficient
    self.exponent = exponent
  }

  /// Reads a JSON number.
  ///
  /// - Returns: nil for anything else, and for more than 18 digits.
  package init?(_ text: String) {
    guard Value.isNumber(text) else { return nil }
    let parts = text.split(maxSplits: 1) { $0 == "e" || $0 == "E" }
    let mantissa = parts[0]
    let fraction = mantissa.split(separator: ".").dropFirst().first?.count ?? 0
    // Zeros at either end are no digits.
    var digits = mantissa.utf8.filter { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "-") }[...]
    var exponent = -fraction
    while digits.last == UInt8(ascii: "0") { (_, exponent) = (digits.removeLast(), exponent + 1) }
    digits = digits.drop { $0 == UInt8(ascii: "0") }
    guard digits.count <= 18,
      let coefficient = Int(digits.isEmpty ? "0" : String(decoding: digits, as: UTF8.self))
    else { return nil }
    if parts.count == 2 {
      guard let power = Int(parts[1]), abs(power) <= 400 else { return nil }
      exponent += power
    }
    self.init(coefficient: mantissa.hasPrefix("-") ? -coefficient : coefficient, exponent: exponent)
  }

  /// The shortest decimal that reads back as this number.
  ///
  /// - Returns: nil where it is not finite.
  package init?(_ number: Double) {
    guard number.isFinite else { return nil }
    self.init(number.description)
  }
}

extension Decimal {
  package var double: Double { Double("\(coefficient)e\(exponent)") ?? 0 }

  /// The power of ten of its first digit: 2 for `100`, -1 for `0.5`; 0 for zero.
  package var magnitude: Int {
    exponent + String(coefficient.magnitude).utf8.count - 1
  }

  /// The nearest with no digit behind this power of ten; halves away from zero.
  package func rounded(to power: Int) -> Decimal {
    guard power > exponent else { return self }
    // Beyond all digits nothing is left, and the division below would not fit.
    guard power - magnitude <= 1 else { return Decimal(coefficient: 0) }
    let unit = (exponent..<power).reduce(1) { unit, _ in unit * 10 }
    let (whole, rest) = coefficient.quotientAndRemainder(dividingBy: unit)
    let isUp = rest.magnitude >= UInt(unit) - rest.magnitude
    return Decimal(coefficient: whole + (isUp ? coefficient.signum() : 0), exponent: power)
  }

  /// The nearest with at most this many digits.
  package func rounded(digits: Int) -> Decimal {
    rounded(to: magnitude - digits + 1)
  }

  /// A JSON number: plain (`0.0003`, `1200`) where it has at most 20 digits, else `1e-30`.
  package var text: String {
    let sign = coefficient < 0 ? "-" : ""
    var digits = String(coefficient.magnitude)
    if exponent >= 0, digits.utf8.count + exponent <= 20 {
      return sign + digits + String(repeating: "0", count: exponent)
    }
    if exponent < 0, exponent >= -20 {
      let missing = 1 - exponent - digits.utf8.count
      if missing > 0 { digits = String(repeating: "0", count: missing) + digits }
      return "\(sign)\(digits.dropLast(-exponent)).\(digits.suffix(-exponent))"
    }
    let rest = digits.dropFirst()
    return "\(sign)\(digits.prefix(1))\(rest.isEmpty ? "" : ".\(rest)")e\(magnitude)"
  }

  /// All numbers from `first` in equal steps, up to and with `last` where one falls on it.
  ///
  /// - Returns: nil where the numbers differ by too many digits; empty where a step leads away
  ///   from `last`, or nowhere; never more than `limit` + 1.
  package static func range(
    from first: Decimal, to last: Decimal, by step: Decimal, limit: Int
  ) -> [Decimal]? {
    let exponent = min(first.exponent, last.exponent, step.exponent)
    guard let start = first.units(exponent), let end = last.units(exponent),
      let unit = step.units(exponent)
    else { return nil }
    guard unit != 0 else { return [] }
    var numbers: [Decimal] = []
    var next = start
    while unit > 0 ? next <= end : next >= end {
      numbers.append(Decimal(coefficient: next, exponent: exponent))
      let (sum, overflow) = next.addingReportingOverflow(unit)
      if overflow || numbers.count > limit { break }
      next = sum
    }
    return numbers
  }

  /// How many times this power of ten it is.
  ///
  /// - Returns: nil where that does not fit.
  private func units(_ power: Int) -> Int? {
    guard coefficient != 0, exponent > power else { return coefficient }
    guard exponent - power <= 18 else { return nil }
    var units = coefficient
    for _ in power..<exponent {
      let (product, overflow) = units.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      units = product
    }
    return units
  }
}
