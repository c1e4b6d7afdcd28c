/// How many columns of a terminal text takes; about right, since terminals differ.
enum Columns {
  /// The columns of a line without control sequences.
  static func width(_ text: String) -> Int {
    text.reduce(0) { $0 + width($1) }
  }

  /// The text as far as it fits; an ellipsis takes the place of what does not.
  ///
  /// - Parameter text: without control sequences.
  static func truncated(_ text: String, to columns: Int) -> String {
    guard columns > 0 else { return "" }
    guard width(text) > columns else { return text }
    var out = ""
    var used = 0
    for character in text {
      used += width(character)
      if used > columns - 1 { break }
      out.append(character)
    }
    return out + "…"
  }

  /// 0, 1 or 2.
  static func width(_ character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    if isWide(first) { return 2 }
    // A sign that asks to be shown as a picture.
    if character.unicodeScalars.contains("\u{FE0F}") { return 2 }
    return isWidthless(first) ? 0 : 1
  }

  private static func isWidthless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: true
    default: false
    }
  }

  /// East Asian wide and full-width letters, and pictures.
  ///
  /// - SeeAlso: Unicode Standard Annex 11, "East Asian Width".
  private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
      0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
      true
    case 0..<0x1100: false
    default: scalar.properties.isEmojiPresentation
    }
  }
}
