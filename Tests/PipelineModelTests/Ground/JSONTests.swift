import Testing

@testable import PipelineModel

@Suite("JSON") struct JSONTests {
  static let good = [
    "null", "true", "0", "-0", "1.10", "-1.5e+10", "1E400", #""""#, #""a\"b\\c\n\t\r""#, "[]",
    "[1,[2]]", "{}",
    #""plain\\""#, #""\\plain\"plain""#, #"{"":"","\"":"a"}"#, map(40),
    #"{"b":1,"a":{"c":[null]}}"#, #""caf\#u{e9} 😀""#,
  ]

  @Test("What is read is written the same", arguments: good)
  func roundTrip(_ text: String) throws {
    #expect(JSON.text(try JSON.read(text)) == text)
    #expect(try JSON.read(JSON.pretty(JSON.read(text))) == JSON.read(text))
  }

  /// A map of many keys, the last of which may stand twice.
  static func map(_ count: Int, isRepeated: Bool = false) -> String {
    let names = (0..<count).map { "k\($0)" } + (isRepeated ? ["k\(count / 2)"] : [])
    return "{" + names.map { "\"\($0)\":0" }.joined(separator: ",") + "}"
  }

  static let bad = [
    map(2, isRepeated: true), map(15, isRepeated: true), map(16, isRepeated: true),
    map(17, isRepeated: true), map(40, isRepeated: true), #""plain"#, #""plain\"#, "\"plain\n\"",
    "", " ", "nul", "True", "01", "1.", ".5", "+1", "1e", "--1", "NaN", "[1,]", "[1 2]", "[", "{",
    "{a:1}",
    #"{"a":1,}"#, #"{"a" 1}"#, #"{"a":1,"a":2}"#, #"{"a":1,"\u0061":2}"#, #"""#, #""\x""#, "\"\n\"",
    #""\u12""#,
    #""\u+123""#, #""\u-000""#, #""\u12g4""#, #""\ud83d""#, #""\ud83d\u0041""#, #""\ude00""#, "1 2",
    "'a'",
    String(repeating: "[", count: 101), String(repeating: "[", count: 100_000),
  ]

  @Test("What is not JSON is refused", arguments: bad)
  func refused(_ text: String) {
    #expect(throws: JSON.Problem.self) { try JSON.read(text) }
  }

  @Test("Escapes are read; keys that only look alike are two; bytes that are no text are refused")
  func texts() throws {
    #expect(try JSON.read(#""\u00e9\ud83d\ude00\/\b\f""#) == .text("\u{e9}😀/\u{8}\u{c}"))
    #expect(try JSON.read(#"{"é":1,"e\u0301":2}"#).map?.count == 2)
    #expect(throws: JSON.Problem.self) { try JSON.read([0x22, 0xFF, 0x22]) }
    #expect(JSON.text(.text("\u{1}\u{7f}\u{1b}")) == #""\u0001\u007f\u001b""#)
  }

  @Test("Equal values have one canonical text")
  func canonical() throws {
    let value = try JSON.read(#"{"b":{"y":1,"x":2},"a":[{"d":1,"c":2}]}"#)
    #expect(JSON.canonical(value) == #"{"a":[{"c":2,"d":1}],"b":{"x":2,"y":1}}"#)
  }

  @Test("A plain scalar is a number only by JSON's grammar, and keeps its text")
  func plain() {
    for text in ["1", "1.10", "-0", "1e5"] { #expect(Value(plain: text) == .number(text)) }
    for text in ["no", "yes", "01", "1_000", "0x1F", "1.", ".5", "+1", "1:30", "TRUE", "inf", " 1"]
    {
      #expect(Value(plain: text) == .text(text), "\(text)")
    }
    #expect(Value(plain: "true") == .boolean(true))
    #expect(Value(plain: "null") == .null)
    #expect(Value.number("1.10") != .number("1.1"))
    #expect(Value.number("1") != .text("1"))
  }
}
