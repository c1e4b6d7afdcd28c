import PipelineModel
import Testing

@testable import PipelineEngine

/// A parameter is changed where it is written, and nothing else is.
@Suite("Parameter edits") struct ParameterEditTests {
  struct Case: Sendable, CustomStringConvertible {
    let before: String
    let name: String
    let value: Value
    /// Nil where the user has to do it.
    let after: String?

    var description: String { "\(name) in \(before)" }
  }

  static let cases = [
    Case(
      before: "rate: 0.1 # keep", name: "rate", value: .number("0.25"), after: "rate: 0.25 # keep"),
    Case(
      before: "train: { rate: 0.1, epochs: 3 }", name: "train.epochs", value: .number("1000"),
      after: "train: { rate: 0.1, epochs: 1000 }"),
    Case(before: "a: \"x\"\nb: 1", name: "a", value: .text("no"), after: "a: no\nb: 1"),
    Case(before: "a: 'x y'", name: "a", value: .text("1.0"), after: "a: \"1.0\""),
    Case(before: "a: x", name: "a", value: .text("b: c # d"), after: "a: \"b: c # d\""),
    Case(before: "a: x", name: "a", value: .text("-"), after: "a: \"-\""),
    Case(
      before: "a: äöü\r\nb: 1\r\n", name: "b", value: .boolean(true), after: "a: äöü\r\nb: true\r\n"
    ),
    Case(before: "ä: { ö: 1, b: 2 }", name: "ä.b", value: .null, after: "ä: { ö: 1, b: null }"),
    Case(before: "a: [1, 2]", name: "a", value: .list([.number("1")]), after: nil),
    Case(before: "a: |\n  long\n  text", name: "a", value: .text("short"), after: nil),
    Case(before: "a: 1", name: "a", value: .list([.number("1")]), after: nil),
  ]

  @Test("One value changes, all else stays byte by byte", arguments: cases)
  func edits(_ c: Case) throws {
    let syntax = try #require(YAMLReader.read(Array(c.before.utf8), text: 0).syntax)
    let name = try #require(ParameterName(c.name))
    let (edits, byHand) = ParameterEdit.edits(to: [(name, c.value)], in: [syntax])
    guard let after = c.after else {
      #expect(edits.isEmpty && byHand.map(\.name) == [name])
      return
    }
    #expect(byHand.isEmpty)
    #expect(ParameterEdit.apply(edits, to: c.before) == after)
    let read = try #require(YAMLReader.read(Array(after.utf8), text: 0).syntax)
    #expect(Parameters(read.value)[name] == c.value)
  }

  @Test("Of several places the last counts; what is as wanted, or gone, is left alone")
  func places() throws {
    let texts = ["a: 1\nb: 2", "b: 3"]
    let places = try texts.enumerated().map { index, text in
      try #require(YAMLReader.read(Array(text.utf8), text: index).syntax)
    }
    let wanted = ["a", "b", "c"].compactMap { ParameterName($0) }
    let (edits, byHand) = ParameterEdit.edits(
      to: wanted.map { ($0, .number("1")) }, in: places)
    #expect(edits.map { "\($0.name) \($0.span.text)" } == ["b 1"])
    #expect(byHand.isEmpty)
  }
}
