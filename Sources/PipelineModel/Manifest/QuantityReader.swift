/// Durations and sizes: numbers that have a unit.
package enum Quantity {
  /// Reads `10m`, `1h30m`, `500ms`.
  ///
  /// - Returns: nil for anything else, for nothing at all, and beyond ten years.
  package static func duration(_ written: String) -> Duration? {
    var rest = Array(written.utf8)[...]
    var total: Int64 = 0
    var last = Int64.max
    while !rest.isEmpty {
      let digits = rest.prefix(while: isDigit)
      rest = rest.dropFirst(digits.count)
      let unit = rest.prefix { !isDigit($0) }
      rest = rest.dropFirst(unit.count)
      // Units get smaller, so that none stands twice.
      guard (1...12).contains(digits.count), let count = Int64(text(digits)),
        let size = durations[text(unit)], size < last
      else { return nil }
      last = size
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, product <= longest else { return nil }
      total += product
      guard total <= longest else { return nil }
    }
    return total > 0 ? .milliseconds(total) : nil
  }

  /// Reads `2GB`, `1.5GiB`, `100 B`.
  ///
  /// - Returns: bytes; nil for anything else, and for less than one or more than `Int` holds.
  package static func bytes(_ text: String) -> Int? {
    let all = Array(text.utf8)
    let whole = all.prefix(while: isDigit)
    var rest = all.dropFirst(whole.count)
    var fraction: ArraySlice<UInt8> = []
    if rest.first == UInt8(ascii: ".") {
      fraction = rest.dropFirst().prefix(while: isDigit)
      guard !fraction.isEmpty else { return nil }
      rest = rest.dropFirst(1 + fraction.count)
    }
    let unit = rest.drop { $0 == UInt8(ascii: " ") }
    guard (1...18).contains(whole.count), fraction.count <= 6, let size = sizes[self.text(unit)],
      let count = Int(self.text(whole + fraction))
    else { return nil }
    let (product, overflow) = count.multipliedReportingOverflow(by: size)
    guard !overflow else { return nil }
    let total = fraction.reduce(product) { total, _ in total / 10 }
    return total > 0 ? total : nil
  }

  private static let longest: Int64 = 10 * 366 * 24 * 3600 * 1000
  private static let durations: [String: Int64] = [
    "ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000,
  ]
  private static let sizes: [String: Int] = [
    "B": 1, "KB": 1000, "MB": 1_000_000, "GB": 1_000_000_000, "TB": 1_000_000_000_000,
    "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40,
  ]

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes, as: UTF8.self)
  }
}

extension FormReader {
  mutating func duration(_ syntax: Syntax, of key: String) -> Duration? {
    guard let scalar = syntax.scalar else {
      wrongType(syntax, of: key, takes: "a duration")
      return nil
    }
    if let duration = Quantity.duration(scalar.text) { return duration }
    let isBare = !scalar.text.isEmpty && Quantity.duration(scalar.text + "s") != nil
    report(
      "bad-duration", "'\(scalar.text.clipped)' is no duration: '\(key)' takes numbers with units",
      hint: isBare ? "write \(scalar.text)s" : "write it like 90s, 10m or 1h30m", at: syntax.span)
    return nil
  }

  mutating func size(_ syntax: Syntax, of key: String) -> Int? {
    guard let scalar = syntax.scalar else {
      wrongType(syntax, of: key, takes: "a size")
      return nil
    }
    if let bytes = Quantity.bytes(scalar.text) { return bytes }
    let isBare = Quantity.bytes(scalar.text + "B") != nil
    report(
      "bad-size", "'\(scalar.text.clipped)' is no size: '\(key)' takes a number with a unit",
      hint: isBare ? "write \(scalar.text)B" : "write it like 512MB, 2GB or 1.5GiB",
      at: syntax.span)
    return nil
  }
}
