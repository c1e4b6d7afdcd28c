import Testing

@Suite("The scanner of these tests") struct SwiftTextTests {
  struct Case: Sendable {
    let source: String
    let code: String
    let literals: [String]
  }

  static let cases = [
    Case(source: "let a = 1 // b", code: "let a = 1     ", literals: []),
    Case(source: "a /* b /* c */ d */ e", code: "a                   e", literals: []),
    Case(source: #"f("a \(b) c", d)"#, code: #"f(     b    , d)"#, literals: ["a  c"]),
    Case(source: #""\(f("x"))" + y"#, code: #"   f(   )   + y"#, literals: ["", "x"]),
    Case(source: ##"#"a\(b)"# + c"##, code: "          + c", literals: [#"a\(b)"#]),
    Case(source: #""a\"b" + c"#, code: "       + c", literals: [#"a "b"#]),
    Case(
      source: "\"\"\"\na // b\n\"\"\" + c", code: "   \n      \n    + c",
      literals: ["\na // b\n"]),
  ]

  @Test("Code, texts and comments are told apart", arguments: cases)
  func scan(_ c: Case) {
    let scanned = SwiftText(c.source)
    #expect(scanned.code == c.code)
    #expect(scanned.literals.map(\.text) == c.literals)
  }
}
