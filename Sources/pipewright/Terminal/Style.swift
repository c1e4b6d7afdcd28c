import PipelineModel

/// How tones look: in colour, or not at all.
struct Style: Sendable, Equatable {
  /// Whether there are control sequences at all; bold and dim go with colours.
  let isColoured: Bool

  static let plain = Style(isColoured: false)

  init(isColoured: Bool) {
    self.isColoured = isColoured
  }

  /// What the user asked for comes before what the place can show.
  ///
  /// - SeeAlso: no-color.org; bixense.com/clicolors
  init(isTerminal: Bool, environment: [String: String]) {
    let isForced = environment["CLICOLOR_FORCE"].map { !$0.isEmpty && $0 != "0" } ?? false
    if environment["NO_COLOR"].map({ !$0.isEmpty }) ?? false {
      isColoured = false
    } else {
      isColoured = isForced || (isTerminal && environment["TERM"] != "dumb")
    }
  }

  /// The line as it is written to the terminal.
  func text(_ line: StyledLine) -> String {
    line.parts.map { painted($0.text, $0.tone) }.joined()
  }

  /// The text in the look of its tone, which ends with it; nothing else in it controls the
  /// terminal.
  func painted(_ text: String, _ tone: Tone) -> String {
    let text = VisibleText.tabbedLine(text)
    return switch tone {
    case .plain: text
    case .strong: coded(text, 1)
    case .dim: coded(text, 2)
    case .bad: coded(text, 31)
    case .good: coded(text, 32)
    case .caution: coded(text, 33)
    }
  }

  /// A step's name in the colour that it always has; neither red nor green, which mean something.
  func paintedName(_ name: String) -> String {
    let colours = [36, 35, 34, 33, 96, 95, 94]
    let sum = name.utf8.reduce(UInt32(0)) { $0 &* 31 &+ UInt32($1) }
    return coded(VisibleText.line(name), colours[Int(sum % UInt32(colours.count))])
  }

  private func coded(_ text: String, _ code: Int) -> String {
    isColoured && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
