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

  /// `2025-03-01T12:00:05.123456789Z`: nothing is dropped.
  ///
  /// - Parameter nanoseconds: since 1970; may be negative.
  package static func exactText(nanoseconds: Int) -> String {
    let (date, time, rest) = parts(nanoseconds)
    return "\(date)T\(time).\(digits(rest, 9))Z"
  }

  /// Reads what the others write, with any number of decimal places; nine of them count.
  ///
  /// - Returns: nanoseconds since 1970; nil where the text is no such moment.
  package static func nanoseconds(_ text: String) -> Int? {
    let bytes = Array(text.utf8)
    let digits = bytes.map { (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= $0 ? Int($0) - 48 : -1 }
    guard bytes.count > 19, bytes.last == UInt8(ascii: "Z") else { return nil }
    for (place, sign) in zip([4, 7, 10, 13, 16], "--T::".utf8) where bytes[place] != sign {
      return nil
    }
    func number(_ places: Range<Int>) -> Int? {
      places.reduce(0) { sum, place in
        sum.flatMap { digits[place] < 0 ? nil : $0 * 10 + digits[place] }
      }
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
      let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
      (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
    else { return nil }
    let places = digits[19...].dropFirst().dropLast()
    guard places.isEmpty ? bytes.count == 20 : bytes[19] == UInt8(ascii: "."),
      !places.contains(-1)
    else { return nil }
    let rest = (0..<9).reduce(0) { $0 * 10 + ($1 < places.count ? places[20 + $1] : 0) }
    let seconds = (days(year, month, day) * 24 + hour) * 3_600 + minute * 60 + second
    let (whole, isTooLarge) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return isTooLarge ? nil : whole + rest
  }

  /// Days since 1970-01-01; the inverse of `civil`.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let (shifted, fromMarch) = month > 2 ? (year, month - 3) : (year - 1, month + 9)
    let (era, yearOfEra) = floorDivided(shifted, by: 400)
    let dayOfYear = (153 * fromMarch + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
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
