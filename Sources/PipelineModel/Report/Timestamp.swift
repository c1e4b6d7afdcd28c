/// A moment as ISO 8601 writes it, in UTC.
package enum Timestamp {
  /// `2025-03-01T12:00:05Z`; what is less than a second is dropped.
  ///
  /// - Parameter nanoseconds: since 1970; may be negative.
  package static func text(nanoseconds: Int) -> String {
    let (date, time, _) = parts(nanoseconds)
    return "\(date)T\(time)Z"
  }

  /// `2025-03-01 12:00`, for people: what is less than a minute is dropped.
  ///
  /// - Parameter nanoseconds: since 1970; may be negative.
  package static func shortText(nanoseconds: Int) -> String {
    let (date, time, _) = parts(nanoseconds)
    return "\(date) \(time.prefix(5))"
  }

  /// `2025-03-01T12:00:05.123Z`.
  ///
  /// - Parameter nanoseconds: since 1970; may be negative.
  package static func preciseText(nanoseconds: Int) -> String {
    let (date, time, rest) = parts(nanoseconds)
    return "\(date)T\(time).\(digits(rest / 1_000_000, 3))Z"
  }

  private static func parts(_ nanoseconds: Int) -> (date: String, time: String, rest: Int) {
    let (seconds, rest) = floorDivided(nanoseconds, by: 1_000_000_000)
    let (days, second) = floorDivided(seconds, by: 86_400)
    let (year, month, day) = civil(days)
    let date = "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))"
    let time = [second / 3_600, second / 60 % 60, second % 60].map { digits($0, 2) }
    return (date, time.joined(separator: ":"), rest)
  }

  /// The Gregorian date of a day since 1970-01-01.
  ///
  /// Years are counted from March, so that a leap day is a year's last.
  ///
  /// - SeeAlso: Neri and Schneider, "Euclidean affine functions and their application to calendar
  ///   algorithms", 2023.
  private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
    // From 0000-03-01; an era of 400 years has 146,097 days.
    let (era, dayOfEra) = floorDivided(days + 719_468, by: 146_097)
    let leapDays = dayOfEra / 1_460 - dayOfEra / 36_524 + dayOfEra / 146_096
    let yearOfEra = (dayOfEra - leapDays) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let fromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * fromMarch + 2) / 5 + 1
    let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
    return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day)
  }

  private static func floorDivided(_ value: Int, by divisor: Int) -> (quotient: Int, rest: Int) {
    let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
    return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
  }

  private static func digits(_ value: Int, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}
