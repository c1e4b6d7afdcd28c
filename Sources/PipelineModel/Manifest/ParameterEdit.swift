/// A change of one parameter where it is written.
package struct ParameterEdit: Sendable, Equatable {
  package let name: ParameterName
  package let old: Value
  package let new: Value
  /// What the new text takes the place of.
  package let span: Span
  package let text: String

  /// The edits that give parameters these values, as far as an edit can.
  ///
  /// - Parameters:
  ///   - wanted: names that no longer exist are left out.
  ///   - places: the maps that parameters are written in; later ones win.
  /// - Returns: edits, in the order wanted, and what a user has to change by hand: lists, maps, and
  ///   texts over several lines.
  package static func edits(
    to wanted: [(name: ParameterName, value: Value)], in places: [Syntax]
  ) -> (edits: [ParameterEdit], byHand: [(name: ParameterName, value: Value)]) {
    var edits: [ParameterEdit] = []
    var byHand: [(name: ParameterName, value: Value)] = []
    for (name, value) in wanted {
      guard let place = place(of: name, in: places), place.value != value else { continue }
      if let text = text(of: value), let scalar = place.scalar, scalar.literalOffset != nil {
        edits.append(
          ParameterEdit(name: name, old: place.value, new: value, span: place.span, text: text))
      } else {
        byHand.append((name, value))
      }
    }
    return (edits, byHand)
  }

  /// Where the value stands that counts.
  private static func place(of name: ParameterName, in places: [Syntax]) -> Syntax? {
    for place in places.reversed() {
      let found = name.components.reduce(Optional(place)) { syntax, component in
        syntax?.entries?.first { $0.key.utf8.elementsEqual(component.utf8) }?.value
      }
      if let found { return found }
    }
    return nil
  }

  /// The value as YAML on one line; nil for lists and maps.
  private static func text(of value: Value) -> String? {
    switch value {
    case .null, .boolean, .number: return JSON.text(value)
    case .text(let text):
      let isPlain =
        Value(plain: text) == value && text.utf8.first.map(isWordByte) == true
        && text.utf8.allSatisfy { isWordByte($0) || "./-".utf8.contains($0) }
      return isPlain ? text : JSON.text(value)
    case .list, .map: return nil
    }
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    let lower = byte | 0x20
    return (lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z"))
      || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")) || byte == UInt8(ascii: "_")
  }
}

extension ParameterEdit {
  /// A text with edits made; all else stays as it is.
  ///
  /// - Parameter edits: whose spans lie in this text.
  package static func apply(_ edits: [ParameterEdit], to text: String) -> String {
    var lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
      .map { Array($0) }
    // From the right, so that columns stay true.
    for edit in edits.sorted(by: { ($0.span.line, $0.span.column) > ($1.span.line, $1.span.column) }
    ) {
      let line = edit.span.line - 1
      let start = edit.span.column - 1
      guard lines.indices.contains(line), start + edit.span.length <= lines[line].count else {
        continue
      }
      lines[line].replaceSubrange(start..<start + edit.span.length, with: Array(edit.text))
    }
    let isCarriage = text.contains("\r\n")
    return lines.map { String($0) }.joined(separator: isCarriage ? "\r\n" : "\n")
  }
}
