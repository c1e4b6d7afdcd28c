extension JSON {
  /// Where and why a text is not JSON.
  package struct Problem: Error, Equatable {
    /// Bytes before the fault.
    package let offset: Int
    package let fact: String
  }

  /// Reads one JSON value; nothing but white space may follow.
  ///
  /// - Parameter allowsNonFinite: whether the words `NaN`, `Infinity` and `-Infinity`, which are
  ///   no JSON but which Python writes, are read as the texts of these names.
  /// - Throws: `Problem` at bad syntax, a duplicate key, bytes that are not UTF-8, or more than
  ///   100 levels.
  package static func read(
    _ bytes: [UInt8], allowsNonFinite: Bool = false
  ) throws(Problem) -> Value {
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw Problem(offset: 0, fact: "the text is not UTF-8")
    }
    return try bytes.withUnsafeBufferPointer { bytes throws(Problem) in
      var reader = JSONReader(bytes: bytes, allowsNonFinite: allowsNonFinite)
      let value = try reader.value(depth: 0)
      reader.skipBlanks()
      guard reader.isAtEnd else { throw reader.problem("more text follows the value") }
      return value
    }
  }

  package static func read(_ text: String) throws(Problem) -> Value {
    try read(Array(text.utf8))
  }
}

private struct JSONReader {
  let bytes: UnsafeBufferPointer<UInt8>
  let allowsNonFinite: Bool
  var position = 0

  static let deepest = 100

  var isAtEnd: Bool { position == bytes.count }

  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  func problem(_ fact: String) -> JSON.Problem { JSON.Problem(offset: position, fact: fact) }

  mutating func skipBlanks() {
    while let byte = next, byte == 32 || byte == 9 || byte == 10 || byte == 13 { position += 1 }
  }

  mutating func take(_ byte: UInt8) -> Bool {
    skipBlanks()
    guard next == byte else { return false }
    position += 1
    return true
  }

  mutating func value(depth: Int) throws(JSON.Problem) -> Value {
    guard depth < JSONReader.deepest else { throw problem("more than 100 levels are nested") }
    skipBlanks()
    switch next {
    case UInt8(ascii: "{"): return .map(try entries(depth: depth))
    case UInt8(ascii: "["): return .list(try items(depth: depth))
    case UInt8(ascii: "\""): return .text(try quoted())
    default: return try word()
    }
  }

  private mutating func entries(
    depth: Int
  ) throws(JSON.Problem) -> [(key: String, value: Value)] {
    position += 1
    var entries: [(key: String, value: Value)] = []
    var keys = SeenKeys()
    if take(UInt8(ascii: "}")) { return entries }
    repeat {
      skipBlanks()
      guard next == UInt8(ascii: "\"") else { throw problem("a key in quotes is missing") }
      let key = try quoted()
      guard keys.add(key) else { throw problem("key '\(key)' stands twice") }
      guard take(UInt8(ascii: ":")) else { throw problem("':' is missing after a key") }
      entries.append((key, try value(depth: depth + 1)))
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw problem("'}' is missing") }
    return entries
  }

  private mutating func items(depth: Int) throws(JSON.Problem) -> [Value] {
    position += 1
    var items: [Value] = []
    if take(UInt8(ascii: "]")) { return items }
    repeat { items.append(try value(depth: depth + 1)) } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw problem("']' is missing") }
    return items
  }

  private mutating func word() throws(JSON.Problem) -> Value {
    let start = position
    while let byte = next, !JSONReader.endsWord(byte) { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    switch text {
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    case "null": return .null
    case "NaN" where allowsNonFinite, "Infinity" where allowsNonFinite,
      "-Infinity" where allowsNonFinite:
      return .text(text)
    default:
      if Value.isNumber(text) { return .number(text) }
      position = start
      throw problem(text.isEmpty ? "a value is missing" : "'\(text.prefix(40))' is no value")
    }
  }

  private static func endsWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ":"): true
    case 32, 9, 10, 13: true
    default: false
    }
  }

  private mutating func quoted() throws(JSON.Problem) -> String {
    position += 1
    let start = position
    while let byte = next, byte >= 32, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
      position += 1
    }
    let plain = UnsafeBufferPointer(rebasing: bytes[start..<position])
    if next == UInt8(ascii: "\"") {
      position += 1
      return String(decoding: plain, as: UTF8.self)
    }
    var out = Array(plain)
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: out, as: UTF8.self)
      case UInt8(ascii: "\\"): try escape(to: &out)
      case 0..<32: throw problem("a control character stands in a text")
      default: out.append(byte)
      }
    }
    throw problem("a text has no end")
  }

  private mutating func escape(to out: inout [UInt8]) throws(JSON.Problem) {
    guard let byte = next else { throw problem("a text has no end") }
    position += 1
    switch byte {
    case UInt8(ascii: "n"): out.append(10)
    case UInt8(ascii: "t"): out.append(9)
    case UInt8(ascii: "r"): out.append(13)
    case UInt8(ascii: "b"): out.append(8)
    case UInt8(ascii: "f"): out.append(12)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
    case UInt8(ascii: "u"): out += String(try scalar()).utf8
    default: throw problem("an escape is unknown")
    }
  }

  private mutating func scalar() throws(JSON.Problem) -> Character {
    var code = try hex()
    if code >= 0xD800, code < 0xDC00 {
      guard next == UInt8(ascii: "\\"), position + 1 < bytes.count,
        bytes[position + 1] == UInt8(ascii: "u")
      else { throw problem("half of a surrogate pair is missing") }
      position += 2
      let low = try hex()
      guard low >= 0xDC00, low < 0xE000 else { throw problem("a surrogate pair is broken") }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw problem("a surrogate stands alone") }
    return Character(scalar)
  }

  private mutating func hex() throws(JSON.Problem) -> UInt32 {
    // A sign would pass as the first of the four.
    guard position + 4 <= bytes.count, bytes[position] != UInt8(ascii: "+"),
      bytes[position] != UInt8(ascii: "-"),
      let code = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    else { throw problem("four hexadecimal digits are missing") }
    position += 4
    return code
  }
}

/// The keys of one map. Most have a handful, which are compared faster than hashed.
private struct SeenKeys {
  private var few: [String] = []
  private var many: Set<[UInt8]> = []

  private static let handful = 16

  /// - Returns: false where it was there already. By bytes: other keys may only look alike.
  mutating func add(_ key: String) -> Bool {
    if few.count < SeenKeys.handful {
      if few.contains(where: { $0 == key && $0.utf8.elementsEqual(key.utf8) }) { return false }
      few.append(key)
      return true
    }
    if many.isEmpty { many = Set(few.map { Array($0.utf8) }) }
    return many.insert(Array(key.utf8)).inserted
  }
}
