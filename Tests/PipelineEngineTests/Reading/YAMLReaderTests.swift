import PipelineEngine
import PipelineModel
import Seeds
import Testing

@Suite("YAML reader") struct YAMLReaderTests {
  static func read(_ text: String) -> (syntax: Syntax?, problems: [Diagnostic]) {
    YAMLReader.read(Array(text.utf8))
  }

  struct Case: Sendable {
    var yaml: String
    var json: String
  }

  static let valueCases = [
    Case(yaml: "a: 1.10", json: #"{"a":1.10}"#),
    Case(
      yaml: "[no, yes, true, null, ~, '', 010, 0x1F, 1e5, \"1\"]",
      json: #"["no","yes",true,null,null,"","010","0x1F",1e5,"1"]"#),
    Case(
      yaml: "a: &x [1, 2]\nb: *x\nc: &y k\nd: *y",
      json: #"{"a":[1,2],"b":[1,2],"c":"k","d":"k"}"#),
    Case(
      yaml: "a: |\n  one\n   two\n\nb: >\n  one\n  two\n",
      json: #"{"a":"one\n two\n","b":"one two\n"}"#),
    Case(yaml: "\u{FEFF}a: 'it''s'\r\nb: \"\\u00e9\"\r\n", json: #"{"a":"it's","b":"é"}"#),
    Case(yaml: "2020-01-01: {a: , b: []}", json: #"{"2020-01-01":{"a":null,"b":[]}}"#),
    Case(yaml: "--- text\n...\n", json: #""text""#),
  ]

  @Test("Values are read by one rule", arguments: valueCases)
  func values(_ c: Case) {
    let (syntax, problems) = YAMLReaderTests.read(c.yaml)
    #expect(problems.isEmpty)
    #expect(syntax.map { JSON.text($0.value) } == c.json)
  }

  struct Place: Sendable {
    var yaml: String
    var line: Int
    var column: Int
    var length: Int
    var offset: Int?
  }

  /// The value of the last entry.
  static let placeCases = [
    Place(yaml: "a: fetch.raw # c", line: 1, column: 4, length: 9, offset: 0),
    Place(yaml: "a: 'b c'", line: 1, column: 4, length: 5, offset: 1),
    Place(yaml: "a: 'b''c'", line: 1, column: 4, length: 6, offset: nil),
    Place(yaml: "a: \"b\\tc\"", line: 1, column: 4, length: 6, offset: nil),
    Place(yaml: "größe: 👩‍👩‍👧\ne\u{301}: \"👩‍👩‍👧x\"", line: 2, column: 4, length: 4, offset: 1),
    Place(yaml: "a:\t\tb", line: 1, column: 5, length: 1, offset: 0),
    Place(yaml: "x: 1\r\na: b\r\n", line: 2, column: 4, length: 1, offset: 0),
    Place(yaml: "a: &n bcd", line: 1, column: 7, length: 3, offset: 0),
    Place(yaml: "a: b\n  c", line: 1, column: 4, length: 1, offset: nil),
    Place(yaml: "x: \"\u{2028}\"\na: b", line: 2, column: 4, length: 1, offset: 0),
    Place(yaml: "{x: \u{301}b, a: c}", line: 1, column: 11, length: 1, offset: 0),
    Place(yaml: "{a: {b: c}}", line: 1, column: 5, length: 6, offset: nil),
  ]

  @Test("Places count the characters people see", arguments: placeCases)
  func places(_ c: Place) {
    let value = YAMLReaderTests.read(c.yaml).syntax?.entries?.last?.value
    #expect(value?.span == Span(line: c.line, column: c.column, length: c.length))
    #expect(value?.scalar?.literalOffset == c.offset)
  }

  @Test("References in a block point at their own line")
  func blocks() {
    let yaml = "steps:\n  run: |2-\n\n      größe 👩‍👩‍👧 ${{ inputs.a }}\n    ${{ outputs.b }}\n"
    let entry = YAMLReaderTests.read(yaml).syntax?.entries?.last?.value.entries?.last
    guard let value = entry?.value, let scalar = value.scalar else {
      Issue.record("no block")
      return
    }
    let spans = TemplateReader(scalar, at: value.span).template.references.map(\.span)
    #expect(
      spans == [Span(line: 4, column: 15, length: 15), Span(line: 5, column: 5, length: 16)])
  }

  @Test(
    "A part of a scalar is found wherever it stands",
    arguments: [
      "a: x ${{ step.name }}", "a: 'x ${{ step.name }}'", "a: |\n  x ${{ step.name }}",
      "a:\n- |+\n\n\n  y\n  x ${{ step.name }}\n\n",
    ])
  func parts(_ yaml: String) {
    var value = YAMLReaderTests.read(yaml).syntax?.entries?.last?.value
    value = value?.items?.last ?? value
    guard let value, let scalar = value.scalar else { return }
    let span = TemplateReader(scalar, at: value.span).template.references.first?.span
    var sources = Sources()
    _ = sources.add(name: "x", text: yaml)
    let line = span.flatMap { sources.line(of: $0) }
    let shown = span.flatMap { span in
      line.map { String($0.dropFirst(span.column - 1).prefix(span.length)) }
    }
    #expect(shown == "${{ step.name }}")
  }

  /// Each would cost a careless reader its stack, its memory or minutes.
  static let hostileTexts: [(name: String, text: String, code: String)] = [
    ("deep lists", String(repeating: "[", count: 10_000), "too-deep"),
    ("deep maps", String(repeating: "{a: ", count: 10_000), "too-deep"),
    ("deep block lists", String(repeating: "- ", count: 10_000), "too-deep"),
    ("deep keys", String(repeating: "? ", count: 10_000), "too-deep"),
    (
      "deep indents",
      (0..<2_000).map { String(repeating: " ", count: $0) + "a:\n" }.joined(), "too-deep"
    ),
    ("values bomb", bomb(levels: 9, use: { "[\($0)]" }), "too-large"),
    ("keys bomb", bomb(levels: 9, use: { "{ ? [\($0)] : x }" }), "too-large"),
    ("self", "a: &a [*a]", "bad-alias"),
    ("alias tower", tower(), "too-deep"),
    ("many parts", "[" + String(repeating: "a,", count: 1_100_000) + "]", "too-large"),
    ("long line", "[" + String(repeating: "[é],", count: 100_000) + "*x]", "bad-alias"),
    ("long scalar", "a: \"" + String(repeating: "x", count: 2 << 20) + "\"", "too-large"),
    ("large text", String(repeating: "#\n", count: 9 << 20), "too-large"),
    ("lone tag", "!<", "bad-yaml"),
    ("many tags", String(repeating: "- !x y\n", count: 1_000), "bad-tag"),
    ("anchors", String(repeating: "&a ", count: 10_000), "bad-yaml"),
    ("colons", String(repeating: ":", count: 100_000) + " x", ""),
    ("quotes", String(repeating: "'", count: 100_000), ""),
    ("question marks", String(repeating: "? a\n", count: 50_000), ""),
    ("version", "%YAML 9.9\n--- a", "bad-yaml"),
    ("escape", "\"\\U00110000\"", "bad-yaml"),
    ("nul", "a: \0", "bad-character"),
  ]

  static func bomb(levels: Int, use: (String) -> String) -> String {
    var text = "a0: &a0 x\n"
    for level in 1...levels {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) \(use(aliases))\n"
    }
    return text
  }

  static func tower() -> String {
    (1...90).reduce(into: "a0: &a0 x\n") { $0 += "a\($1): &a\($1) [*a\($1 - 1)]\n" }
  }

  @Test(
    "Hostile text is refused within moments", .timeLimit(.minutes(1)),
    arguments: hostileTexts.map(\.name))
  func hostile(_ name: String) {
    guard let c = YAMLReaderTests.hostileTexts.first(where: { $0.name == name }) else { return }
    var (syntax, problems) = YAMLReaderTests.read(c.text)
    if let syntax { problems += ManifestReader.read(syntax).problems }
    #expect(c.code.isEmpty || problems.contains { $0.code == c.code }, "\(problems.prefix(3))")
  }

  static let brokenTexts: [[UInt8]] = [
    [0xFF, 0xFE, 0x61, 0x00], [0x61, 0x3A, 0x20, 0xC3], [0xED, 0xA0, 0x80], [0xF8, 0x88, 0x80],
    [0xC0, 0x80], [0x61, 0x80],
  ]

  @Test("What is not UTF-8 is refused", arguments: brokenTexts)
  func encoding(_ bytes: [UInt8]) {
    #expect(YAMLReader.read(bytes).problems.map(\.code) == ["bad-encoding"])
  }

  @Test("Any mixture of YAML's characters is read without a trap")
  func mixtures() {
    var random = SplitMix64(seed: 3)
    let parts = [
      "a", ": ", "- ", "\n", "  ", "[", "]", "{", "}", ",", "&x ", "*x", "!t ", "'", "\"", "|\n",
      ">\n",
      "# ", "? ", "\t", "é", "👩‍👩‍👧", "\r", "\u{2028}", "${{ inputs.x }}", "<<", "---\n",
      "steps:\n",
      "\\",
      "%", "@", "\u{FEFF}", "1", "project: p\n",
    ]
    for _ in 0..<20_000 {
      let text = (0..<Int.random(in: 1...14, using: &random)).map { _ in
        parts.randomElement(using: &random) ?? ""
      }.joined()
      _ = ManifestFixtureTests.transcript(Array(text.utf8))
    }
  }
}
