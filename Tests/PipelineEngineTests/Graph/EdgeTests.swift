import PipelineEngine
import PipelineModel
import Testing

/// What follows from where files lie: edges, and clashes of outputs.
@Suite("Edges") struct EdgeTests {
  struct Case: Sendable {
    var name: String
    /// Two steps: what `a` writes, and what `b` reads of it.
    var writes: String
    var reads: String
    var isEdge = true
    var isArtifact = false
  }

  static let cases = [
    Case(name: "by name", writes: "{ x: Data/x.csv }", reads: "[a.x]", isArtifact: true),
    Case(name: "by path", writes: "{ x: Data/x.csv }", reads: "[Data/x.csv]", isArtifact: true),
    Case(
      name: "other spelling", writes: "[./Data//x.csv]", reads: "[Data/y/../x.csv]",
      isArtifact: true),
    Case(name: "as file", writes: "[Data/x.csv]", reads: "['file:Data/x.csv']", isArtifact: true),
    Case(name: "file in a written directory", writes: "[Data]", reads: "[Data/deep/x.csv]"),
    Case(name: "directory that holds it", writes: "[Data/deep/x.csv]", reads: "[Data]"),
    Case(name: "the workspace", writes: "[Data/x.csv]", reads: "[.]"),
    Case(name: "what holds the workspace", writes: "[Data/x.csv]", reads: "[..]"),
    Case(name: "neighbour", writes: "[Data/x.csv]", reads: "[Data/y.csv]", isEdge: false),
    Case(name: "name that begins so", writes: "[Data/x]", reads: "[Data/x.csv]", isEdge: false),
    Case(name: "outside", writes: "[Data/x.csv]", reads: "[../Data/x.csv]", isEdge: false),
    Case(name: "glob matches", writes: "[Data/x.csv]", reads: "['Data/*.csv']"),
    Case(name: "glob misses", writes: "[Data/x.txt]", reads: "['Data/*.csv']", isEdge: false),
    Case(name: "glob elsewhere", writes: "[Data/x.csv]", reads: "['Other/*.csv']", isEdge: false),
    Case(name: "glob within a written directory", writes: "[Data]", reads: "['Data/*.csv']"),
    Case(name: "glob deep within", writes: "[Data]", reads: "['Data/a/*/b/*.csv']"),
    Case(
      name: "glob through a written directory", writes: "[Data/a/b]", reads: "['Data/*/b/*.csv']"),
    Case(
      name: "glob past a written directory", writes: "[Data/a/c]", reads: "['Data/*/b/*.csv']",
      isEdge: false),
    Case(name: "glob at any depth", writes: "[Data/a/x.csv]", reads: "['**/*.csv']"),
    Case(
      name: "glob that sees no hidden file", writes: "[Data/.x.csv]", reads: "['Data/*.csv']",
      isEdge: false),
    Case(name: "glob of directories", writes: "[Data/a/x.csv]", reads: "['Data/*']"),
    Case(name: "a.b where no step is a", writes: "[c.x]", reads: "[./c.x]", isArtifact: true),
    Case(name: "./a.b where a step is a", writes: "[a.x]", reads: "[./a.x]", isArtifact: true),
    Case(
      name: "./a.b is no artifact", writes: "{ x: Data/x.csv }", reads: "[./a.x]", isEdge: false),
    Case(
      name: "file:a.b is no artifact", writes: "{ x: Data/x.csv }", reads: "['file:a.x']",
      isEdge: false),
    Case(name: "a/b is a path", writes: "{ x: Data/x.csv }", reads: "[a/x]", isEdge: false),
    Case(
      name: "a.tar.gz is a path", writes: "{ x: Data/x.csv }", reads: "[a.tar.gz]", isEdge: false),
  ]

  static func text(_ writes: String, _ reads: String) -> String {
    """
    project: edges
    steps:
      b:
        run: read
        inputs: \(reads)
      a:
        run: write
        outputs: \(writes)

    """
  }

  @Test("What is read of another step's outputs is an edge, in either direction", arguments: cases)
  func edges(_ c: Case) throws {
    let bound = BoundText(EdgeTests.text(c.writes, c.reads))
    #expect(bound.marks == [], "\(c.name)")
    #expect(bound.edges == (c.isEdge ? ["b<-a"] : []), "\(c.name)")
    let source = try #require(bound.step("b")?.inputs.first?.source)
    if case .artifacts(_, let isList) = source {
      #expect(c.isArtifact && !isList, "\(c.name)")
    } else {
      #expect(!c.isArtifact, "\(c.name)")
    }
  }

  @Test(
    "A source that a step writes is an edge; a program that it makes itself is none of its own"
  )
  func sources() {
    let bound = BoundText(
      """
      project: sources
      steps:
        a:
          run: write
          outputs: [Tools/gen.py, Lib]
        b:
          run: python3 Tools/gen.py
        c:
          run: read
          sources: [Lib/x.py]
        d:
          run: cc -o Bin/d d.c && ./Bin/d
          outputs: [Bin/d]
        e:
          run: ["./gen.py"]
          directory: Tools
          after: [a]
        f:
          run: "true"
          after: [c]

      """)
    #expect(bound.marks == [])
    #expect(bound.edges == ["b<-a", "c<-a", "e<-a", "f<=c"])
    #expect(bound.step("d")?.sourceCandidates == [])
    #expect(bound.step("e")?.sourceCandidates == ["Tools/gen.py"])
  }

  struct Clash: Sendable {
    var first: String
    var second: String
    /// Nil where they do not clash.
    var code: String?
  }

  static let clashes = [
    Clash(first: "Data/x", second: "Data/x", code: "two-writers"),
    Clash(first: "Data/x", second: "./Data/x", code: "two-writers"),
    Clash(first: "Data/x", second: "Data//x/", code: "two-writers"),
    Clash(first: "Data/x", second: "Data/y/../x", code: "two-writers"),
    Clash(first: "Data/x", second: "${{ parameters.data }}/x", code: "two-writers"),
    Clash(first: "Data", second: "Data/x", code: "nested-outputs"),
    Clash(first: "Data/a/b", second: "Data", code: "nested-outputs"),
    Clash(first: "Data/x", second: "Data/X"),
    Clash(first: "Data/x", second: "Data/xy"),
    Clash(first: "Data/x", second: "Data/y"),
  ]

  @Test("No two outputs share a place, in any spelling, in one step or in two", arguments: clashes)
  func clashing(_ c: Clash) {
    let two = BoundText(
      """
      project: clash
      parameters: { data: Data }
      steps:
        a:
          run: a
          outputs: ["\(c.first)"]
        b:
          run: b
          outputs: ["\(c.second)"]

      """)
    #expect(two.marks == (c.code.map { ["\($0) 9:15"] } ?? []))
    let one = BoundText(
      """
      project: clash
      parameters: { data: Data }
      steps:
        a:
          run: a
          outputs: ["\(c.first)", "\(c.second)"]

      """)
    #expect(one.problems.map(\.code) == (c.code.map { [$0] } ?? []))
  }

  @Test("The order in which files are declared changes nothing")
  func declared() throws {
    func keys(_ inputs: String, _ outputs: String) throws -> [String] {
      let bound = BoundText(
        """
        project: order
        steps:
          a:
            run: a
            inputs: \(inputs)
            outputs: \(outputs)

        """)
      let pipeline = try #require(bound.pipeline)
      let step = try #require(bound.step("a"))
      return step.inputs.map(\.label) + step.outputs.map { "\(pipeline.artifacts[$0].path)" }
    }
    #expect(
      try keys("{ x: X, b: B }", "{ z: Z, a: Q }") == keys("{ b: B, x: X }", "{ a: Q, z: Z }"))
    #expect(try keys("[X, B]", "[Z, Q]") == keys("[B, X]", "[Q, Z]"))
  }
}
