/// Text as markup languages need it.
enum Markup {
  /// For XML, text and attributes alike: what XML 1.0 has no way to say is
  /// replaced, and what controls who shows it.
  static func xml(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "\n", "\t": out.unicodeScalars.append(scalar)
      // A reader would make a line feed of it.
      case "\r": out += "&#13;"
      default: out.unicodeScalars.append(isXML(scalar) ? scalar : "\u{FFFD}")
      }
    }
    return out
  }

  /// For a double-quoted XML attribute, whose reader would make blanks of line breaks.
  static func xmlAttribute(_ text: String) -> String {
    var out = ""
    for scalar in xml(text).unicodeScalars {
      switch scalar {
      case "\n": out += "&#10;"
      case "\t": out += "&#9;"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// For running text and cells of tables in Markdown: nothing in it is markup.
  static func markdown(_ text: String) -> String {
    var out = ""
    for scalar in Excerpt.shown(text).unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\\", "`", "*", "_", "[", "]", "|", "~", "#", "@": out += "\\\(scalar)"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// For a quoted label in Mermaid.
  static func mermaid(_ text: String) -> String {
    var out = ""
    for scalar in Excerpt.shown(text).unicodeScalars {
      switch scalar {
      case "#", "\"", "<", ">", "&", "`", "\\", "|", "[", "]", "{", "}", "(", ")", ";":
        out += "#\(scalar.value);"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// Lines as they are, in Markdown.
  static func fenced(_ lines: [String]) -> [String] {
    let longest =
      lines.map { line in
        line.split { $0 != "`" }.map(\.count).max() ?? 0
      }.max() ?? 0
    let fence = String(repeating: "`", count: max(3, longest + 1))
    return [fence + "text"] + lines.map(visible) + [fence]
  }

  private static func visible(_ line: String) -> String {
    var out = String.UnicodeScalarView()
    for scalar in line.unicodeScalars {
      let isBreak = scalar == "\n" || scalar == "\r"
      out.append(isXML(scalar) && !isBreak ? scalar : "\u{FFFD}")
    }
    return String(out)
  }

  private static func isXML(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D: true
    case 0xFFFE, 0xFFFF: false
    default: !VisibleText.isControl(scalar)
    }
  }
}
