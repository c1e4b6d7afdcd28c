/// A parameter's value, and whatever else JSON can say.
///
/// A number keeps its text, so `1.10` is not `1.1`. Maps keep their order, but two maps are equal
/// whatever their order; texts are compared by bytes.
package enum Value: Sendable {
  case null
  case boolean(Bool)
  /// A JSON number, as written.
  case number(String)
  case text(String)
  case list([Value])
  case map([(key: String, value: Value)])
}

extension Value {
  /// A plain YAML scalar, or the right side of `-P name=value`: a JSON number keeps its text,
  /// `true`, `false` and `null` are such, all else is text.
  package init(plain text: String) {
    switch text {
    case "true": self = .boolean(true)
    case "false": self = .boolean(false)
    case "null", "~", "": self = .null
    default: self = Value.isNumber(text) ? .number(text) : .text(text)
    }
  }

  /// Whether a plain scalar is nothing but text.
  package static func isText(plain text: String) -> Bool {
    switch text.utf8.first {
    case nil: false
    case UInt8(ascii: "-")?, (UInt8(ascii: "0")...UInt8(ascii: "9"))?: !isNumber(text)
    case UInt8(ascii: "t")?, UInt8(ascii: "f")?, UInt8(ascii: "n")?, UInt8(ascii: "~")?:
      !["true", "false", "null", "~"].contains(text)
    default: true
    }
  }

  /// Whether the text is a number by JSON's grammar.
  package static func isNumber(_ text: String) -> Bool {
    var rest = text.utf8[...]
    func digits() -> Int {
      let count = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }.count
      rest = rest.dropFirst(count)
      return count
    }
    if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
    let leadsWithZero = rest.first == UInt8(ascii: "0")
    let whole = digits()
    guard whole == 1 || (whole > 1 && !leadsWithZero) else { return false }
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      guard digits() > 0 else { return false }
    }
    if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
      rest.removeFirst()
      if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest.removeFirst() }
      guard digits() > 0 else { return false }
    }
    return rest.isEmpty
  }

  /// The value under `key`, where this is a map that has it.
  package subscript(key: String) -> Value? {
    guard case .map(let entries) = self else { return nil }
    return entries.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
  }

  package var text: String? {
    guard case .text(let text) = self else { return nil }
    return text
  }

  package var boolean: Bool? {
    guard case .boolean(let value) = self else { return nil }
    return value
  }

  package var integer: Int? {
    guard case .number(let text) = self else { return nil }
    return Int(text)
  }

  package var double: Double? {
    guard case .number(let text) = self else { return nil }
    return Double(text)
  }

  package var list: [Value]? {
    guard case .list(let values) = self else { return nil }
    return values
  }

  package var map: [(key: String, value: Value)]? {
    guard case .map(let entries) = self else { return nil }
    return entries
  }

  /// The word for this kind of value in a diagnostic.
  package var kind: String {
    switch self {
    case .null: "null"
    case .boolean: "a boolean"
    case .number: "a number"
    case .text: "text"
    case .list: "a list"
    case .map: "a map"
    }
  }

  /// What a command receives: a scalar as it is written, anything else as JSON. Equal values give
  /// equal text, since a key does not know the order of a map.
  package var argument: String {
    switch self {
    case .null: ""
    case .boolean(let value): value ? "true" : "false"
    case .number(let text), .text(let text): text
    case .list, .map: JSON.canonical(self)
    }
  }
}

extension Value: Equatable {
  package static func == (a: Value, b: Value) -> Bool {
    switch (a, b) {
    case (.null, .null): true
    case (.boolean(let x), .boolean(let y)): x == y
    case (.number(let x), .number(let y)), (.text(let x), .text(let y)):
      x.utf8.elementsEqual(y.utf8)
    case (.list(let x), .list(let y)): x == y
    case (.map(let x), .map(let y)): x.count == y.count && areEqual(x, y)
    case (.null, _), (.boolean, _), (.number, _), (.text, _), (.list, _), (.map, _): false
    }
  }

  /// Whether two maps of one size say the same, in whatever order.
  private static func areEqual(
    _ x: [(key: String, value: Value)], _ y: [(key: String, value: Value)]
  ) -> Bool {
    if zip(x, y).allSatisfy({ $0.key.utf8.elementsEqual($1.key.utf8) }) {
      return zip(x, y).allSatisfy { $0.value == $1.value }
    }
    let values = Dictionary(y.map { (Array($0.key.utf8), $0.value) }) { first, _ in first }
    return x.allSatisfy { values[Array($0.key.utf8)] == $0.value }
  }
}
