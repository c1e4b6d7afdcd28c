import PipelineEngine
import Testing

@testable import pipewright

@Suite("Text on a terminal") struct TerminalTextTests {
  struct Line: Sendable {
    var written: String
    var plain: String
    /// Nil where colours make no difference.
    var coloured: String?
  }

  static let lines = [
    Line(written: "", plain: ""),
    Line(written: "a\tb\u{7}\u{0}c\u{7F}", plain: "a\tbc"),
    Line(written: "10%\r50%\r100%", plain: "100%"),
    Line(written: "10%\r50%\r", plain: "50%"),
    Line(written: "dos\r", plain: "dos"),
    Line(
      written: "\u{1B}[1;31mred\u{1B}[0m", plain: "red", coloured: "\u{1B}[1;31mred\u{1B}[0m"),
    Line(written: "\u{1B}[38:5:1mred", plain: "red", coloured: "\u{1B}[38:5:1mred\u{1B}[0m"),
    Line(written: "\u{1B}[2J\u{1B}[10;10H\u{1B}[?25lx\u{1B}[>4;2my", plain: "xy"),
    Line(
      written: "\u{1B}]0;title\u{7}a\u{1B}]8;;http://x\u{1B}\\link\u{1B}]8;;\u{1B}\\",
      plain: "alink"),
    Line(written: "\u{1B}P$q\u{1B}\\a\u{1B}(Bb\u{1B}7c\u{1B}=d", plain: "abcd"),
    Line(written: "\u{9B}2Ja\u{85}b", plain: "ab"),
    Line(written: "a\u{1B}", plain: "a"),
    Line(written: "a\u{1B}[12", plain: "a"),
    Line(written: "a\u{1B}]open", plain: "a"),
    Line(written: "a\u{1B}[1\u{1B}[2Kb", plain: "ab"),
    Line(written: "a\u{1B}\u{1B}[2Kb", plain: "ab"),
    Line(written: "grün 漢字 \u{202E}x", plain: "grün 漢字 x"),
  ]

  @Test("What a step writes cannot move the cursor", arguments: lines)
  func sanitised(_ line: Line) {
    let bytes = Array(line.written.utf8)
    #expect(Sanitiser(keepsColour: false).text(bytes) == line.plain)
    #expect(Sanitiser(keepsColour: true).text(bytes) == line.coloured ?? line.plain)
  }

  @Test("What is no UTF-8 is replaced, and long lines are cut")
  func odd() {
    #expect(Sanitiser(keepsColour: false).text([0x61, 0xFF, 0x62]) == "a\u{FFFD}b")
    let long = [UInt8](repeating: UInt8(ascii: "x"), count: 5_000)
    let text = Sanitiser(keepsColour: true).text(Array("\u{1B}[31m".utf8) + long)
    #expect(text == "\u{1B}[31m" + String(repeating: "x", count: 4_000) + "…\u{1B}[0m")
  }

  @Test(
    "Width counts columns",
    arguments: [
      ("abc", 3), ("grün", 4), ("gru\u{308}n", 4), ("漢字", 4), ("🐧", 2), ("❤\u{FE0F}", 2), ("한", 2),
      ("👩‍🔬", 2), ("…→", 2),
    ])
  func width(text: String, columns: Int) {
    #expect(Columns.width(text) == columns)
  }

  @Test("Text is cut to columns, never within a character")
  func truncated() {
    #expect(Columns.truncated("abcdef", to: 6) == "abcdef")
    #expect(Columns.truncated("abcdef", to: 5) == "abcd…")
    #expect(Columns.truncated("漢字漢字", to: 6) == "漢字…")
    #expect(Columns.truncated("abc", to: 1) == "…")
    #expect(Columns.truncated("abc", to: 0) == "")
  }

  struct Wish: Sendable {
    var isTerminal: Bool
    var environment: [String: String]
    var isColoured: Bool
  }

  static let wishes = [
    Wish(isTerminal: true, environment: [:], isColoured: true),
    Wish(isTerminal: false, environment: [:], isColoured: false),
    Wish(isTerminal: true, environment: ["TERM": "dumb"], isColoured: false),
    Wish(isTerminal: true, environment: ["NO_COLOR": "1"], isColoured: false),
    Wish(isTerminal: true, environment: ["NO_COLOR": ""], isColoured: true),
    Wish(isTerminal: false, environment: ["CLICOLOR_FORCE": "1"], isColoured: true),
    Wish(isTerminal: false, environment: ["CLICOLOR_FORCE": "0"], isColoured: false),
    Wish(
      isTerminal: true, environment: ["CLICOLOR_FORCE": "1", "NO_COLOR": "1"], isColoured: false),
  ]

  @Test("Colours follow what the user and the terminal say", arguments: wishes)
  func style(_ wish: Wish) {
    let style = Style(isTerminal: wish.isTerminal, environment: wish.environment)
    #expect(style.isColoured == wish.isColoured)
    #expect(style.painted("a", .bad) == (wish.isColoured ? "\u{1B}[31ma\u{1B}[0m" : "a"))
  }
}
