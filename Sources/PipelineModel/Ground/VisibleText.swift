/// Text in which nothing controls what shows it.
///
/// Names, paths and values come from files and from other people: shown as they are, they could
/// move a terminal's cursor, ask it something, or turn the order of what is read.
package enum VisibleText {
  /// Whether a character is no sign to be seen, but acts: on the terminal, on lines, or on the
  /// direction of what follows it.
  ///
  /// - SeeAlso: Unicode Standard Annex 9, 2.1 to 2.4; ECMA-48 for the first two ranges.
  package static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// The text on one line: line breaks and tabs as signs, whatever else controls replaced.
  package static func line(_ text: String) -> String {
    shown(text) { scalar in
      switch scalar.value {
      case 0x0A: "⏎"
      case 0x0D: "␍"
      case 0x09: "⇥"
      default: "\u{FFFD}"
      }
    }
  }

  /// The same with tabs as they are, which stay on their line.
  package static func tabbedLine(_ text: String) -> String {
    shown(text) { scalar in
      switch scalar.value {
      case 0x0A: "⏎"
      case 0x0D: "␍"
      case 0x09: scalar
      default: "\u{FFFD}"
      }
    }
  }

  /// Several lines: line feeds and tabs stay, whatever else controls is replaced.
  package static func lines(_ text: String) -> String {
    shown(text) { $0.value == 0x0A || $0.value == 0x09 ? $0 : "\u{FFFD}" }
  }

  private static func shown(
    _ text: String, _ sign: (Unicode.Scalar) -> Unicode.Scalar
  ) -> String {
    // Nearly every text has none.
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
    var out = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { out.append(isControl(scalar) ? sign(scalar) : scalar) }
    return String(out)
  }
}
