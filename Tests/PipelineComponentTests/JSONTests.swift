import Testing

@testable import PipelineComponent

@Suite("JSON") struct JSONTests {
  struct Text: Sendable {
    var text: String
    var fact: String
    var byte: Int
  }

  static let malformed = [
    Text(text: "", fact: "no value", byte: 0),
    Text(text: "{\"a\" 1}", fact: "no colon after a name", byte: 5),
    Text(text: "{\"a\": 1", fact: "no end of an object", byte: 7),
    Text(text: "{a: 1}", fact: "no text", byte: 1),
    Text(text: "[1, 2", fact: "no end of a list", byte: 5),
    Text(text: "[1,]", fact: "no value", byte: 3),
    Text(text: "\"abc", fact: "no end of a text", byte: 4),
    Text(text: "\"\\x\"", fact: "no such escape", byte: 3),
    Text(text: "\"\\u12\"", fact: "no four digits", byte: 3),
    Text(text: "\"\\ud83d\"", fact: "no character", byte: 7),
    Text(text: "1-2", fact: "no number", byte: 0),
    Text(text: "1 2", fact: "more text after the value", byte: 2),
    Text(text: String(repeating: "[", count: 9999), fact: "too deep a nesting", byte: 200),
  ]

  @Test("What is not JSON is refused where it stops being so", arguments: malformed)
  func refused(_ text: Text) {
    #expect(throws: JSON.Malformed(fact: text.fact, byte: text.byte)) {
      try JSON(parsing: Array(text.text.utf8))
    }
  }

  @Test("Every kind of value is read")
  func values() throws {
    let text = #"""
       {"n": null, "l": [true, false, -1.50e+2], "o": {}, "e": [],
        "t": "a\"\\\/\b\f\n\r\t\u00e9\ud83d\udc27é"}
      """#
    let expected: JSON = .object([
      "n": .null,
      "l": .array([.boolean(true), .boolean(false), .number("-1.50e+2")]),
      "o": .object([:]),
      "e": .array([]),
      "t": .string("a\"\\/\u{8}\u{C}\n\r\té🐧é"),
    ])
    #expect(try JSON(parsing: Array(text.utf8)) == expected)
  }

  struct Layer: Decodable, Equatable {
    var width: UInt8
    var rate: Float
    var next: [Layer]
    var names: [String: Int?]
  }

  @Test("Nested types are read, whole numbers in any spelling")
  func nested() throws {
    let text = #"""
      {"width": 2e1, "rate": 0.5, "names": {"a": 1, "b": null},
       "next": [{"width": 10.0, "rate": 1, "next": [], "names": {}}]}
      """#
    let json = try JSON(parsing: Array(text.utf8))
    let layer = try JSONReader(json: json, codingPath: []).read(Layer.self)
    let inner = Layer(width: 10, rate: 1, next: [], names: [:])
    #expect(layer == Layer(width: 20, rate: 0.5, next: [inner], names: ["a": 1, "b": nil]))
  }
}
