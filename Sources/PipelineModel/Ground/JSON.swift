/// JSON as text: written the same way every time, read strictly.
package enum JSON {
  /// The value on one line, keys in their order.
  package static func text(_ value: Value) -> String {
    var out: [UInt8] = []
    write(value, to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  /// Adds the value, on one line, to bytes.
  package static func write(_ value: Value, to out: inout [UInt8]) {
    write(value, indent: nil, depth: 0, to: &out)
  }

  /// Adds a text in quotes to bytes.
  package static func write(_ text: String, to out: inout [UInt8]) {
    quote(text, to: &out)
  }

  /// The value over several lines, two blanks a level, with a line break at the end.
  package static func pretty(_ value: Value) -> String {
    var out: [UInt8] = []
    write(value, indent: 2, depth: 0, to: &out)
    return String(decoding: out, as: UTF8.self) + "\n"
  }

  /// The value with keys sorted by bytes at every level: equal values give equal text.
  package static func canonical(_ value: Value) -> String {
    text(sorted(value))
  }

  private static func sorted(_ value: Value) -> Value {
    switch value {
    case .null, .boolean, .number, .text: value
    case .list(let values): .list(values.map(sorted))
    case .map(let entries):
      .map(
        entries.map { (key: $0.key, value: sorted($0.value)) }
          .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) })
    }
  }

  private static func write(_ value: Value, indent: Int?, depth: Int, to out: inout [UInt8]) {
    switch value {
    case .null: out += "null".utf8
    case .boolean(let value): out += (value ? "true" : "false").utf8
    case .number(let text): out += text.utf8
    case .text(let text): quote(text, to: &out)
    case .list(let values):
      wrap("[", "]", count: values.count, indent: indent, depth: depth, to: &out) { index, out in
        write(values[index], indent: indent, depth: depth + 1, to: &out)
      }
    case .map(let entries):
      wrap("{", "}", count: entries.count, indent: indent, depth: depth, to: &out) { index, out in
        quote(entries[index].key, to: &out)
        out += (indent == nil ? ":" : ": ").utf8
        write(entries[index].value, indent: indent, depth: depth + 1, to: &out)
      }
    }
  }

  private static func wrap(
    _ open: String, _ close: String, count: Int, indent: Int?, depth: Int, to out: inout [UInt8],
    _ item: (Int, inout [UInt8]) -> Void
  ) {
    func line(_ depth: Int, _ out: inout [UInt8]) {
      guard let indent, count > 0 else { return }
      out.append(UInt8(ascii: "\n"))
      out += repeatElement(UInt8(ascii: " "), count: indent * depth)
    }
    out += open.utf8
    for index in 0..<count {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      line(depth + 1, &out)
      item(index, &out)
    }
    line(depth, &out)
    out += close.utf8
  }

  private static func quote(_ text: String, to out: inout [UInt8]) {
    var text = text
    text.withUTF8 { quote($0, to: &out) }
  }

  private static func quote(_ text: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    defer { out.append(UInt8(ascii: "\"")) }
    var plain = 0
    while plain < text.count, isPlain(text[plain]) { plain += 1 }
    // Nearly every text is plain to its end.
    out.append(contentsOf: UnsafeBufferPointer(rebasing: text[..<plain]))
    for byte in text[plain...] {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): out += [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "\n"): out += "\\n".utf8
      case UInt8(ascii: "\t"): out += "\\t".utf8
      case UInt8(ascii: "\r"): out += "\\r".utf8
      case 0..<32, 127: out += [UInt8]("\\u00".utf8) + [digit(byte >> 4), digit(byte & 15)]
      default: out.append(byte)
      }
    }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 32 && byte != 127 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
