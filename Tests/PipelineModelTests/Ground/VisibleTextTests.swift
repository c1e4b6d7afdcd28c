import Testing

@testable import PipelineModel

@Suite("Visible text") struct VisibleTextTests {
  struct Case: Sendable {
    var text: String
    var line: String
    /// Nil where it is the line.
    var lines: String?
  }

  static let cases = [
    Case(text: "", line: ""),
    Case(text: "grün 漢字 👩‍🔬 שלום", line: "grün 漢字 👩‍🔬 שלום"),
    Case(text: "a\nb\tc", line: "a⏎b⇥c", lines: "a\nb\tc"),
    Case(text: "a\r\nb", line: "a␍⏎b", lines: "a\u{FFFD}\nb"),
    Case(text: "f\u{1B}]0;t\u{7}", line: "f\u{FFFD}]0;t\u{FFFD}"),
    Case(text: "\u{0}\u{7F}\u{85}\u{9B}2J", line: "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}2J"),
    Case(text: "a\u{2028}b\u{2029}c", line: "a\u{FFFD}b\u{FFFD}c"),
    Case(text: "\u{202A}\u{202E}x\u{2066}\u{2069}", line: "\u{FFFD}\u{FFFD}x\u{FFFD}\u{FFFD}"),
  ]

  @Test("Nothing that is shown controls what shows it", arguments: cases)
  func shown(_ c: Case) {
    #expect(VisibleText.line(c.text) == c.line)
    #expect(VisibleText.lines(c.text) == c.lines ?? c.line)
    #expect(!VisibleText.line(c.text).unicodeScalars.contains(where: VisibleText.isControl))
  }

  @Test("A diagnostic is safe to show, and its carets stand where they should")
  func diagnostic() {
    var sources = Sources()
    let text = sources.add(name: "p\u{1B}.yaml", text: "\ta\u{2028}\u{202E}: f\u{1B}[2J")
    let diagnostic = Diagnostic(
      "code", "'f\u{1B}[2J' is no file\nat all", hint: "remove '\u{9B}2J'",
      at: Span(text: text, line: 1, column: 3, length: 2))
    let shown = diagnostic.text(in: sources)
    #expect(
      shown.split(separator: "\n") == [
        "p\u{FFFD}.yaml:1:3: error: 'f\u{FFFD}[2J' is no file⏎at all [code]",
        "    1 | \ta\u{FFFD}\u{FFFD}: f\u{FFFD}[2J",
        "      | \t ^^",
        " hint: remove '\u{FFFD}2J'",
      ])
  }
}
