/// A JSON value as it was written (RFC 8259).
///
/// Foundation's decoder would do, but its errors do not name the parameter where a number does not
/// fit, and loading Foundation is most of what starting a small component takes.
package enum JSON: Equatable {
  case null
  case boolean(Bool)
  /// A number keeps its text, so that no digit is lost before the type is known.
  case number(String)
  case string(String)
  case array([JSON])
  case object([String: JSON])

  /// Where and why a text is not JSON.
  package struct Malformed: Error, Equatable, CustomStringConvertible {
    /// What stands there in place of JSON, or is missing.
    let fact: String
    /// Counted from 0.
    let byte: Int

    /// As in `no value at byte 7`.
    package var description: String { "\(fact) at byte \(byte)" }
  }

  /// Reads a whole text.
  package init(parsing bytes: [UInt8]) throws(Malformed) {
    var parser = JSONParser(bytes)
    self = try parser.document()
  }

  /// What a person calls a value like this.
  var kind: String {
    switch self {
    case .null: "null"
    case .boolean(let value): "\(value)"
    case .number(let text): "the number \(text)"
    case .string(let text): "the text \"\(text)\""
    case .array: "a list"
    case .object: "a group"
    }
  }
}

/// Reads JSON from left to right.
private struct JSONParser {
  /// Deeper than any manifest; less than would exhaust the stack.
  private static let depthLimit = 200

  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws(JSON.Malformed) -> JSON {
    let result = try value()
    skipSpace()
    if position < bytes.count { throw malformed("more text after the value") }
    return result
  }

  private mutating func value() throws(JSON.Malformed) -> JSON {
    skipSpace()
    depth += 1
    defer { depth -= 1 }
    if depth > Self.depthLimit { throw malformed("too deep a nesting") }
    guard let byte = peek else { throw malformed("no value") }
    switch byte {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default:
      if skip("null") { return .null }
      if skip("true") { return .boolean(true) }
      if skip("false") { return .boolean(false) }
      throw malformed("no value")
    }
  }

  private mutating func object() throws(JSON.Malformed) -> JSON {
    var fields: [String: JSON] = [:]
    _ = skip("{")
    skipSpace()
    if skip("}") { return .object([:]) }
    repeat {
      skipSpace()
      let name = try string()
      skipSpace()
      guard skip(":") else { throw malformed("no colon after a name") }
      fields[name] = try value()
      skipSpace()
    } while skip(",")
    guard skip("}") else { throw malformed("no end of an object") }
    return .object(fields)
  }

  private mutating func array() throws(JSON.Malformed) -> JSON {
    var values: [JSON] = []
    _ = skip("[")
    skipSpace()
    if skip("]") { return .array([]) }
    repeat {
      values.append(try value())
      skipSpace()
    } while skip(",")
    guard skip("]") else { throw malformed("no end of a list") }
    return .array(values)
  }

  private mutating func number() throws(JSON.Malformed) -> JSON {
    let start = position
    while let byte = peek, "+-.0123456789Ee".utf8.contains(byte) { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard Double(text) != nil else {
      position = start
      throw malformed("no number")
    }
    return .number(text)
  }

  private mutating func string() throws(JSON.Malformed) -> String {
    guard skip("\"") else { throw malformed("no text") }
    var content: [UInt8] = []
    while let byte = peek, byte != UInt8(ascii: "\"") {
      position += 1
      if byte == UInt8(ascii: "\\") {
        content += Array(String(try escaped()).utf8)
      } else {
        content.append(byte)
      }
    }
    guard skip("\"") else { throw malformed("no end of a text") }
    return String(decoding: content, as: UTF8.self)
  }

  /// What stands after a backslash.
  private mutating func escaped() throws(JSON.Malformed) -> Unicode.Scalar {
    let byte = peek
    position += 1
    switch byte {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try codePoint()
    default: throw malformed("no such escape")
    }
  }

  /// Four hexadecimal digits or, beyond the first plane of Unicode, twice four as UTF-16 has it.
  private mutating func codePoint() throws(JSON.Malformed) -> Unicode.Scalar {
    let high = try codeUnit()
    if let scalar = Unicode.Scalar(high) { return scalar }
    guard UTF16.isLeadSurrogate(UInt16(high)), skip("\\u") else { throw malformed("no character") }
    let low = try codeUnit()
    guard UTF16.isTrailSurrogate(UInt16(low)),
      let scalar = Unicode.Scalar(0x1_0000 + (high & 0x3FF) << 10 + (low & 0x3FF))
    else { throw malformed("no character") }
    return scalar
  }

  private mutating func codeUnit() throws(JSON.Malformed) -> UInt32 {
    let digits = bytes[position...].prefix(4)
    guard digits.count == 4, digits.first != UInt8(ascii: "+"),
      let unit = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw malformed("no four digits") }
    position += 4
    return unit
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skip(_ text: StaticString) -> Bool {
    let matches = text.withUTF8Buffer { bytes[position...].starts(with: $0) }
    if matches { position += text.utf8CodeUnitCount }
    return matches
  }

  private mutating func skipSpace() {
    while let byte = peek, " \t\n\r".utf8.contains(byte) { position += 1 }
  }

  private func malformed(_ fact: String) -> JSON.Malformed {
    JSON.Malformed(fact: fact, byte: position)
  }
}
