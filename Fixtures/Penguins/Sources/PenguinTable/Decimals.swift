extension Double {
  /// The nearest number with so many decimal places.
  ///
  /// What is written to files is rounded: digits beyond what the data can tell are noise, and a
  /// difference in them would make everything that reads the file stale.
  public func rounded(decimals: Int) -> Double {
    let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
    return (self * scale).rounded() / scale
  }

  /// The number with exactly so many decimal places, as in `0.50`.
  ///
  /// - Precondition: not so large that its digits exceed an `Int`.
  public func text(decimals: Int) -> String {
    let scale = (0..<decimals).reduce(1) { scale, _ in scale * 10 }
    let units = Int((magnitude * Double(scale)).rounded())
    let sign = self < 0 && units > 0 ? "-" : ""
    guard decimals > 0 else { return "\(sign)\(units)" }
    let digits = String(units % scale)
    let zeros = String(repeating: "0", count: decimals - digits.count)
    return "\(sign)\(units / scale).\(zeros)\(digits)"
  }
}
