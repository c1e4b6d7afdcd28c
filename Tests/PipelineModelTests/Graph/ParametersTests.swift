import Testing

@testable import PipelineModel

@Suite("Parameters") struct ParametersTests {
  static func value(_ json: String) throws -> Value { try JSON.read(json) }

  struct Merge: Sendable {
    var under: String
    var over: String
    var result: String
  }

  static let merges = [
    Merge(under: "{}", over: #"{"a":1}"#, result: #"{"a":1}"#),
    Merge(under: #"{"a":1}"#, over: "{}", result: #"{"a":1}"#),
    Merge(under: #"{"a":1,"b":2}"#, over: #"{"b":3,"c":4}"#, result: #"{"a":1,"b":3,"c":4}"#),
    Merge(
      under: #"{"t":{"a":{"x":1,"y":2},"b":1}}"#, over: #"{"t":{"a":{"y":3}}}"#,
      result: #"{"t":{"a":{"x":1,"y":3},"b":1}}"#),
    Merge(under: #"{"a":[1,2,3]}"#, over: #"{"a":[4]}"#, result: #"{"a":[4]}"#),
    Merge(under: #"{"a":{"x":1}}"#, over: #"{"a":5}"#, result: #"{"a":5}"#),
    Merge(under: #"{"a":5}"#, over: #"{"a":{"x":1}}"#, result: #"{"a":{"x":1}}"#),
    Merge(under: #"{"a":5}"#, over: #"{"a":null}"#, result: #"{"a":null}"#),
    Merge(
      under: #"{"a":{"x":1},"b":2}"#, over: #"{"a":{"x":{"y":1},"z":{}},"c":{"d":[]}}"#,
      result: #"{"a":{"x":{"y":1},"z":{}},"b":2,"c":{"d":[]}}"#),
    Merge(under: #"{"a":{"x":1}}"#, over: #"{"a":{}}"#, result: #"{"a":{"x":1}}"#),
    Merge(under: #"{"é":1}"#, over: #"{"e\u0301":2}"#, result: #"{"é":1,"e\u0301":2}"#),
  ]

  @Test("Maps are merged key by key, all else is replaced", arguments: merges)
  func merging(_ c: Merge) throws {
    var parameters = Parameters(try ParametersTests.value(c.under))
    parameters.merge(try ParametersTests.value(c.over))
    #expect(JSON.text(parameters.values) == JSON.text(try ParametersTests.value(c.result)))
  }

  @Test("-P sets what is known and nothing else")
  func setting() throws {
    var parameters = Parameters(
      try ParametersTests.value(#"{"train":{"rate":0.1,"epochs":5},"seed":1}"#))
    func set(_ name: String, _ text: String) -> Bool {
      ParameterName(name).map { parameters.set($0, to: Value(plain: text)) } ?? false
    }
    #expect(set("train.rate", "1.10"))
    #expect(set("seed", "no"))
    for unknown in ["rate", "train.rat", "train.rate.x", "seeds", "Seed"] {
      #expect(!set(unknown, "1"), "\(unknown)")
    }
    #expect(
      JSON.text(parameters.values) == #"{"train":{"rate":1.10,"epochs":5},"seed":"no"}"#)
  }

  @Test("Names are those of maps and of leaves; leaves are what has no parts")
  func leaves() throws {
    let parameters = Parameters(
      try ParametersTests.value(#"{"a":{"b":{"c":1,"d":[1,{"x":2}]},"e":{}},"f":null}"#))
    #expect(
      parameters.names.map(\.description) == ["a", "a.b", "a.b.c", "a.b.d", "a.e", "f"])
    let leaves = parameters.leaves(of: ParameterName(["a"]))
    #expect(leaves.map(\.name.description) == ["a.b.c", "a.b.d", "a.e"])
    #expect(
      Value(leaves: leaves)
        == (try ParametersTests.value(#"{"a":{"b":{"c":1,"d":[1,{"x":2}]},"e":{}}}"#)))
    #expect(parameters.leaves(of: ParameterName(["a", "z"])).isEmpty)
  }

  @Test("A hundred thousand parameters are laid over as many: no key is searched for")
  func large() throws {
    let names = (0..<100_000).map { "key\($0)" }
    let over = Value.map(names.reversed().map { (key: $0, value: .number("2")) })
    var parameters = Parameters(.map(names.map { (key: $0, value: .number("1")) }))
    parameters.merge(over)
    #expect(parameters.values.map?.map(\.key) == names)
    #expect(parameters.values == over)
    let leaves = parameters.leaves(of: ParameterName([]))
    #expect(Value(leaves: leaves) == over)
  }

  @Test("A map is equal, and one argument, whatever its order")
  func arguments() throws {
    let a = try ParametersTests.value(#"{"x":1,"y":[{"p":1,"q":2}]}"#)
    let b = try ParametersTests.value(#"{"y":[{"q":2,"p":1}],"x":1}"#)
    #expect(a == b)
    #expect(a.argument == b.argument)
    #expect(try a != ParametersTests.value(#"{"x":1.0,"y":[{"p":1,"q":2}]}"#))
  }
}
