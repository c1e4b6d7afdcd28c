extension Sheet {
  /// For `--csv`: the keys and the values, as RFC 4180 has it, every line ended by CR LF.
  ///
  /// Every value is kept as it is. Quoted are texts with a comma, a quote or a line break, with a
  /// blank at an end, and those that begin with `=`, `+`, `-` or `@`: a spreadsheet may still take
  /// such a text for a formula, since a sign that would stop it would be part of the value.
  /// Numbers never are. Nothing is an empty field, empty text is `""`; lists and maps are JSON.
  package var csv: String {
    var out: [UInt8] = []
    Sheet.write(columns.map { .text($0.key) }, to: &out)
    for row in rows { Sheet.write(row.map(\.value), to: &out) }
    return String(decoding: out, as: UTF8.self)
  }

  private static func write(_ values: [Value], to out: inout [UInt8]) {
    for (index, value) in values.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      switch value {
      case .null: break
      case .number(let text): out += text.utf8
      case .boolean, .text, .list, .map: write(value.argument, to: &out)
      }
    }
    out += "\r\n".utf8
  }

  private static func write(_ text: String, to out: inout [UInt8]) {
    guard mustQuote(text.utf8) else {
      out += text.utf8
      return
    }
    let quote = UInt8(ascii: "\"")
    out.append(quote)
    for byte in text.utf8 {
      if byte == quote { out.append(quote) }
      out.append(byte)
    }
    out.append(quote)
  }

  private static func mustQuote(_ text: String.UTF8View) -> Bool {
    guard let first = text.first, let last = text.last else { return true }
    return "=+-@\t ".utf8.contains(first) || last == UInt8(ascii: " ")
      || text.contains {
        $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 10 || $0 == 13
      }
  }
}
