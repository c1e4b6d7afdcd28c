/// SHA-256 of content, written `sha256:…`.
package struct Digest: Hashable, Sendable {
  /// The 32 bytes, eight to a word, the first byte the most significant.
  package let words: (UInt64, UInt64, UInt64, UInt64)

  /// - Parameter bytes: 32 of them.
  package init(bytes: some Sequence<UInt8>) {
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    var index = 0
    for byte in bytes.prefix(32) {
      switch index / 8 {
      case 0: words.0 = words.0 << 8 | UInt64(byte)
      case 1: words.1 = words.1 << 8 | UInt64(byte)
      case 2: words.2 = words.2 << 8 | UInt64(byte)
      default: words.3 = words.3 << 8 | UInt64(byte)
      }
      index += 1
    }
    self.words = words
  }

  /// Reads 64 lower-case hexadecimal digits, with or without `sha256:` before them.
  package init?(_ text: some StringProtocol) {
    var text = String(text)
    let words = text.withUTF8 { text in
      let start = text.starts(with: Digest.prefix.utf8) ? Digest.prefix.utf8.count : 0
      return Digest.words(UnsafeBufferPointer(rebasing: text[start...]))
    }
    guard let words else { return nil }
    self.words = words
  }

  private static func words(
    _ digits: UnsafeBufferPointer<UInt8>
  ) -> (UInt64, UInt64, UInt64, UInt64)? {
    guard digits.count == 64 else { return nil }
    func word(_ place: Int) -> UInt64? {
      var word: UInt64 = 0
      for digit in digits[place..<(place + 16)] {
        guard let value = value(digit) else { return nil }
        word = word << 4 | UInt64(value)
      }
      return word
    }
    guard let first = word(0), let second = word(16), let third = word(32), let last = word(48)
    else { return nil }
    return (first, second, third, last)
  }

  /// All 32 bytes, in order.
  package var bytes: [UInt8] {
    [words.0, words.1, words.2, words.3].flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
    }
  }

  /// 64 lower-case hexadecimal digits.
  package var hex: String {
    String(unsafeUninitializedCapacity: 64) { buffer in
      writeHex(to: buffer, from: 0)
      return 64
    }
  }

  /// Without arrays: a step is worth dozens of digests.
  private func writeHex(to buffer: UnsafeMutableBufferPointer<UInt8>, from start: Int) {
    var place = start
    for word in [words.0, words.1, words.2, words.3] {
      for shift in stride(from: UInt64(60), through: 0, by: -4) {
        let digit = UInt8(truncatingIfNeeded: word >> shift) & 15
        buffer[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
        place += 1
      }
    }
  }

  /// The first eight digits, for people.
  package var short: String { String(hex.prefix(8)) }

  package static func == (a: Digest, b: Digest) -> Bool { a.words == b.words }

  package func hash(into hasher: inout Hasher) { hasher.combine(words.0) }

  private static let prefix = "sha256:"

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}

extension Digest: Comparable {
  package static func < (a: Digest, b: Digest) -> Bool { a.words < b.words }
}

extension Digest: CustomStringConvertible {
  /// Bytes of every `description`.
  package static let descriptionLength = prefix.utf8.count + 64

  package var description: String {
    let length = Digest.prefix.utf8.count
    return String(unsafeUninitializedCapacity: length + 64) { buffer in
      for (index, byte) in Digest.prefix.utf8.enumerated() { buffer[index] = byte }
      writeHex(to: buffer, from: length)
      return length + 64
    }
  }
}
