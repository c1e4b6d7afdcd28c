/// Amounts as people read them; the same text for the same value everywhere.
package enum Amount {
  /// `40 ms`, `0.4 s`, `12 s`, `3 min 20 s`, `1 h 02 min`, `2 d 03 h`.
  ///
  /// Rounded to the nearest of what is shown, halves up. What is no number, or is below zero,
  /// counts as zero.
  package static func duration(seconds: Double) -> String {
    let milliseconds = thousandths(max(0, seconds))
    if milliseconds == 0 { return seconds > 0 ? "<1 ms" : "0 s" }
    if milliseconds < 100 { return "\(milliseconds) ms" }
    if milliseconds < 9_950 { return tenths((milliseconds + 50) / 100) + " s" }
    let whole = (milliseconds + 500) / 1_000
    if whole < 60 { return "\(whole) s" }
    if whole < 3_600 { return "\(whole / 60) min \(twoDigits(whole % 60)) s" }
    let minutes = (whole + 30) / 60
    if minutes < 1_440 { return "\(minutes / 60) h \(twoDigits(minutes % 60)) min" }
    let hours = (minutes + 30) / 60
    return "\(hours / 24) d \(twoDigits(hours % 24)) h"
  }

  /// A time that is only estimated: `a few seconds`, `40 s`, `2 min`, `1 h 10 min`.
  package static func estimate(seconds: Double) -> String {
    let whole = (thousandths(max(0, seconds)) + 500) / 1_000
    if whole < 10 { return "a few seconds" }
    if whole < 55 { return "\((whole + 5) / 10 * 10) s" }
    let minutes = max(1, (whole + 30) / 60)
    if minutes < 60 { return "\(minutes) min" }
    let tens = (minutes + 5) / 10 * 10
    return "\(tens / 60) h \(twoDigits(tens % 60)) min"
  }

  /// `812 B`, `1.2 MB`, `123 GB`: powers of ten, as disks are sold.
  package static func size(bytes: Int) -> String {
    guard bytes >= 1_000 else { return "\(max(0, bytes)) B" }
    var unit = 1
    for (index, name) in ["kB", "MB", "GB", "TB", "PB", "EB"].enumerated() {
      unit *= 1_000
      let inTenths = rounded(bytes, by: unit / 10)
      if inTenths < 1_000 { return "\(tenths(inTenths)) \(name)" }
      let whole = rounded(bytes, by: unit)
      if whole < 1_000 || index == 5 { return "\(whole) \(name)" }
    }
    return "\(bytes) B"
  }

  /// `1 step`, `12 steps`.
  ///
  /// - Parameter plural: where it is not the noun with an `s`.
  package static func count(_ count: Int, _ noun: String, plural: String? = nil) -> String {
    count == 1 ? "1 \(noun)" : "\(count) \(plural ?? noun + "s")"
  }

  /// A JSON number with at most three decimal places, none that are zero at its end.
  package static func number(_ value: Double) -> Value {
    let all = thousandths(abs(value))
    let sign = value < 0 && all > 0 ? "-" : ""
    var places = String(String(1_000 + all % 1_000).dropFirst())
    while places.last == "0" { places.removeLast() }
    return .number("\(sign)\(all / 1_000)" + (places.isEmpty ? "" : ".\(places)"))
  }

  /// - Returns: zero for what is no number; the most that is sensible for what is too large.
  private static func thousandths(_ value: Double) -> Int {
    guard value.isFinite, value < 1e15 else { return value > 0 ? Int(1e18) : 0 }
    return Int((value * 1_000).rounded(.toNearestOrAwayFromZero))
  }

  private static func rounded(_ value: Int, by unit: Int) -> Int {
    let (whole, rest) = value.quotientAndRemainder(dividingBy: unit)
    return whole + (rest >= unit - rest ? 1 : 0)
  }

  private static func tenths(_ count: Int) -> String { "\(count / 10).\(count % 10)" }

  private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
