import PipelineEngine
import PipelineModel
import Testing

@Suite("Matrix") struct MatrixTests {
  static func bound(
    _ matrix: String, parameters: String = "{ }", more: String = "",
    assignments: [(name: String, value: String)] = []
  ) -> BoundText {
    BoundText(
      """
      project: sweep
      parameters: \(parameters)
      steps:
        t:
          run: train
          matrix: \(matrix)
          outputs: { m: "M/${{ step.name }}" }
      \(more)

      """, assignments: assignments)
  }

  struct Names: Sendable {
    var matrix: String
    var parameters = "{ }"
    var names: [String]
  }

  static let names = [
    Names(matrix: "{ s: [1, 2] }", names: ["s=1", "s=2"]),
    Names(matrix: "{ s: [3, 1, 2] }", names: ["s=3", "s=1", "s=2"]),
    Names(
      matrix: "{ z: [1, 2], a: [x, y] }", names: ["a=x,z=1", "a=x,z=2", "a=y,z=1", "a=y,z=2"]),
    Names(
      matrix: "{ s: [1.10, -2e3, no, true, null] }",
      names: ["s=1.10", "s=-2e3", "s=no", "s=true", "s=null"]),
    Names(
      matrix: "{ s: [a b, 'a/b', 'a,b', 'a=b', 'a@b', 'a%b', '', ü] }",
      names: ["s=a%20b", "s=a%2Fb", "s=a%2Cb", "s=a%3Db", "s=a%40b", "s=a%25b", "s=", "s=%C3%BC"]),
    Names(matrix: "{ s: [A-z_0.9+] }", names: ["s=A-z_0.9+"]),
    Names(
      matrix: "{ s: [\(String(repeating: "x", count: 40)), \(String(repeating: "x", count: 41))] }",
      names: [
        "s=" + String(repeating: "x", count: 40),
        "s=" + Digest(of: String(repeating: "x", count: 41)).short,
      ]),
    Names(
      matrix: "{ s: [{ a: 1, b: 2 }, [1, 2]] }",
      names: ["s=" + Digest(of: #"{"a":1,"b":2}"#).short, "s=" + Digest(of: "[1,2]").short]),
    Names(
      matrix: "{ s: [{ b: 2, a: 1 }] }", names: ["s=" + Digest(of: #"{"a":1,"b":2}"#).short]),
    Names(
      matrix: "{ s: [1, 2, 3], r: [a, b], exclude: [{ s: 2 }, { s: 3, r: a }] }",
      names: ["r=a,s=1", "r=b,s=1", "r=b,s=3"]),
    Names(
      matrix: "{ s: [1], r: [a], include: [{ s: 9, r: z }] }", names: ["r=a,s=1", "r=z,s=9"]),
    Names(matrix: "{ include: [{ s: 1, r: a }, { s: 2, r: b }] }", names: ["r=a,s=1", "r=b,s=2"]),
    Names(
      matrix: "{ s: [1.10, 1.1], exclude: [{ s: 1.1 }] }", names: ["s=1.10"]),
    Names(
      matrix: "{ s: \"${{ parameters.seeds }}\" }", parameters: "{ seeds: [1, 1.50, x] }",
      names: ["s=1", "s=1.50", "s=x"]),
  ]

  @Test("A step is named for its values, never for their place", arguments: names)
  func naming(_ c: Names) {
    let bound = MatrixTests.bound(c.matrix, parameters: c.parameters)
    #expect(bound.marks == [])
    #expect(bound.names == c.names.map { "t@\($0)" })
  }

  struct Reading: Sendable {
    var matrix: String
    var reads: String
    var steps: [String]
    var isList: Bool
  }

  static let readings = [
    Reading(matrix: "{ s: [3, 1, 2] }", reads: "t.m", steps: ["s=3", "s=1", "s=2"], isList: true),
    Reading(matrix: "{ s: [1] }", reads: "t.m", steps: ["s=1"], isList: true),
    Reading(matrix: "{ s: [3, 1] }", reads: "t@s=1.m", steps: ["s=1"], isList: false),
    Reading(matrix: "{ s: [1.10, 1.1] }", reads: "t@s=1.1.m", steps: ["s=1.1"], isList: false),
    Reading(matrix: "{ s: [a b] }", reads: "t@s=a b.m", steps: ["s=a%20b"], isList: false),
    Reading(matrix: "{ s: [a b] }", reads: "t@s=a%20b.m", steps: ["s=a%20b"], isList: false),
    Reading(
      matrix: "{ s: [1, 2], r: [a, b] }", reads: "t@s=2.m", steps: ["r=a,s=2", "r=b,s=2"],
      isList: true),
    Reading(
      matrix: "{ s: [1, 2], r: [a, b] }", reads: "t@s=2,r=b.m", steps: ["r=b,s=2"], isList: false),
    Reading(
      matrix: "{ include: [{ s: 1, r: a }, { s: 2, r: b }] }", reads: "t@r=b,s=2.m",
      steps: ["r=b,s=2"], isList: false),
    Reading(
      matrix: "{ s: ['a,b', 'c.d'] }", reads: "t@s=${{ parameters.odd }}.m", steps: ["s=a%2Cb"],
      isList: false),
    Reading(
      matrix: "{ s: [1, 2] }", reads: "${{ parameters.which }}", steps: ["s=1", "s=2"], isList: true
    ),
  ]

  @Test(
    "A step without values means all, in matrix order; with all of them it means one",
    arguments: readings)
  func reading(_ c: Reading) throws {
    let bound = MatrixTests.bound(
      c.matrix, parameters: "{ odd: 'a,b', which: t.m }",
      more: "  u:\n    run: read\n    inputs: { x: \"\(c.reads)\" }")
    #expect(bound.marks == [])
    let pipeline = try #require(bound.pipeline)
    let input = try #require(bound.step("u")?.inputs.first)
    #expect(
      input.source.artifacts.map { pipeline.steps[pipeline.artifacts[$0].writer].name.variant }
        == c.steps)
    #expect(input.isList == c.isList)
  }

  @Test("Two matrices meet value by value, whatever the values are")
  func meeting() {
    let values = "[1, 2.50, a b, 'x,y', { k: 1 }, [1, 2]]"
    let bound = MatrixTests.bound(
      "{ s: \(values) }",
      more: """
          u:
            run: read
            matrix: { v: \(values) }
            inputs: { x: "t@s=${{ matrix.v }}.m" }
            after: ["t@s=${{ matrix.v }}"]
        """)
    #expect(bound.marks == [])
    #expect(bound.edges.count == 6)
    for edge in bound.edges {
      let sides = edge.split(separator: "<-")
      #expect(sides.first?.dropFirst(4) == sides.last?.dropFirst(4), "\(edge)")
    }
  }

  @Test("-P changes the list of a dimension")
  func assigned() {
    let bound = MatrixTests.bound(
      "{ s: \"${{ parameters.seeds }}\" }", parameters: "{ seeds: [1] }",
      assignments: [("seeds", "7")])
    #expect(bound.marks == ["not-a-list 6:18"])
  }

  @Test("A thousand steps that each read one of a thousand are bound in a moment")
  func large() {
    let values = "[" + (0..<1000).map(String.init).joined(separator: ", ") + "]"
    let bound = MatrixTests.bound(
      "{ s: \(values) }",
      more:
        "  u:\n    run: read\n    matrix: { v: \(values) }\n    inputs: [\"t@s=${{ matrix.v }}.m\"]"
    )
    #expect(bound.marks == [])
    #expect(bound.edges.count == 1000)
  }

  @Test("What only paths and the matrix mention is a parameter of the steps, and in no key")
  func wiring() throws {
    let bound = MatrixTests.bound(
      "{ seed: \"${{ parameters.seeds }}\" }",
      parameters: "{ seeds: [1, 2], data: { path: a.txt, other: 1 } }",
      more: """
          read:
            run: read
            inputs: { data: "file:${{ parameters.data.path }}" }
        """)
    let pipeline = try #require(bound.pipeline)
    let steps = Array(pipeline.steps.ids)
    #expect(pipeline.parameters(of: steps).map { "\($0.name)" } == ["data.path", "seeds"])
    #expect(pipeline.steps.rows.flatMap(\.parameters).isEmpty)
  }
}
