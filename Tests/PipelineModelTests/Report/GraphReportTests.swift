import Testing

@testable import PipelineModel

@Suite("The report of a graph") struct GraphReportTests {
  private static let span = Span(line: 1, column: 1)

  private static func located<Content: Sendable>(_ content: Content) -> Located<Content> {
    Located(content, at: span)
  }

  static func step(
    _ name: String, role: String? = nil, reads: [(String?, String)] = [],
    writes: [(String?, String, ArtifactKind)] = [], after: [String] = []
  ) throws -> StepDeclaration {
    let work = Work.command([located(Template(text: "./\(name).sh"))])
    var step = StepDeclaration(name: located(try #require(Name(name))), work: work)
    step.role = role
    step.inputs = reads.map {
      InputDeclaration(
        name: $0.0.flatMap { Name($0) }.map(located), source: located(Template(text: $0.1)))
    }
    step.outputs = writes.map {
      var output = OutputDeclaration(
        name: $0.0.flatMap { Name($0) }.map(located), path: located(Template(text: $0.1)))
      output.kind = $0.2
      return output
    }
    step.after = try after.map { located(StepPattern(base: try #require(Name($0)))) }
    return step
  }

  static func bind(_ project: String, _ steps: [StepDeclaration]) throws -> Pipeline {
    var manifest = Manifest(project: project)
    manifest.steps = steps
    let (pipeline, problems) = Binder.bind(manifest, Parameters())
    try #require(problems.isEmpty)
    return pipeline
  }

  static func report() throws -> GraphReport {
    GraphReport(
      try bind(
        "pen\"guins\\",
        [
          step(
            "fetch", role: "data <loading>", reads: [("source", "Data/\"raw\".csv")],
            writes: [("raw", "raw.csv", .data)]),
          step("clean", reads: [("raw", "fetch.raw")], writes: [("clean", "clean.csv", .data)]),
          step("check", reads: [(nil, "./clean.csv")]),
          step(
            "end", reads: [("clean", "clean.clean"), ("raw", "fetch.raw")],
            writes: [("model", "m.json", .model)], after: ["check"]),
        ]))
  }

  @Test("As text each step has what it reads, writes and waits for")
  func text() throws {
    #expect(
      try GraphReportTests.report().lines.map(\.text) == [
        "fetch  data <loading>",
        "  reads   source  Data/\"raw\".csv",
        "  writes  raw     raw.csv",
        "clean",
        "  reads   raw    raw.csv  from fetch",
        "  writes  clean  clean.csv",
        "check",
        "  reads   clean.csv  from clean",
        "end",
        "  reads   clean  clean.csv  from clean",
        "  reads   raw    raw.csv  from fetch",
        "  writes  model  m.json  model",
        "  after   check",
      ])
  }

  @Test("For Graphviz names are quoted and waiting is dashed")
  func dot() throws {
    #expect(
      try GraphReportTests.report().dot == #"""
        digraph "pen\"guins\\" {
          rankdir=LR;
          node [shape=box, style=rounded, fontname="sans-serif"];
          edge [fontname="sans-serif", fontsize=10];
          "fetch" [label="fetch\ndata <loading>"];
          "clean";
          "check";
          "end";
          "fetch" -> "clean" [label="raw"];
          "clean" -> "check" [label="clean"];
          "fetch" -> "end" [label="raw"];
          "clean" -> "end" [label="clean"];
          "check" -> "end" [style=dashed];
        }

        """#)
  }

  @Test("For Mermaid labels are escaped and no name is a word of the language")
  func mermaid() throws {
    #expect(
      try GraphReportTests.report().mermaid == """
        flowchart LR
          s0["fetch<br/>data #60;loading#62;"]
          s1["clean"]
          s2["check"]
          s3["end"]
          s0 -->|"raw"| s1
          s1 -->|"clean"| s2
          s0 -->|"raw"| s3
          s1 -->|"clean"| s3
          s2 -.-> s3

        """)
  }

  @Test("As JSON the graph is complete")
  func json() throws {
    let json = try GraphReportTests.report().json
    let steps = try #require(json["steps"]?.list)
    #expect(json["project"] == .text("pen\"guins\\"))
    #expect(
      JSON.text(steps[3])
        == #"{"name":"end","role":null,"description":null,"#
        + #""work":{"kind":"command","arguments":["./end.sh"]},"matrix":{},"parameters":{},"#
        + #""traits":[],"inputs":[{"name":"clean","text":"clean.clean","artifacts":["#
        + #"{"step":"clean","name":"clean","path":"clean.csv"}]},"#
        + #"{"name":"raw","text":"fetch.raw","artifacts":["#
        + #"{"step":"fetch","name":"raw","path":"raw.csv"}]}],"outputs":[{"step":"end","#
        + #""name":"model","path":"m.json","kind":"model","x":null,"y":null,"store":true,"#
        + #""persist":false}],"needs":["fetch","clean"],"after":["check"]}"#)
    #expect(
      json["artifacts"]?.list?.compactMap { $0["path"]?.text } == [
        "raw.csv", "clean.csv", "m.json",
      ])
    #expect(steps[0]["inputs"]?.list?.first?["path"] == .text("Data/\"raw\".csv"))
  }

  @Test("The drawing has a box for every step and a curve for every edge")
  func svg() throws {
    let report = try GraphReportTests.report()
    let svg = report.svg
    #expect(svg.split(separator: "<rect x=").count - 1 == report.steps.count)
    #expect(svg.split(separator: "marker-end=").count - 1 == report.edges.count)
    #expect(svg.split(separator: "class=\"edge after\"").count - 1 == 1)
    #expect(svg.contains("data &lt;loading&gt;"))
    #expect(svg.hasSuffix("</svg>\n"))
  }

  @Test("Edges of a drawing lead from layer to layer, never within one")
  func layers() throws {
    let report = try GraphReportTests.report()
    let layers = GraphLayers(report)
    for way in layers.ways {
      for (a, b) in zip(way, way.dropFirst()) {
        #expect(layers.slots[b].layer == layers.slots[a].layer + 1)
      }
    }
    #expect(layers.layers.map(\.count) == [1, 2, 3, 1])
    for layer in layers.layers {
      #expect(layer.map { layers.slots[$0].position } == Array(layer.indices))
    }
  }

  @Test("A large pipeline has a line per step, and draws in a moment")
  func large() throws {
    var steps = [try GraphReportTests.step("s0", writes: [("o", "o0", .data)])]
    for index in 1..<1_000 {
      steps.append(
        try GraphReportTests.step(
          "s\(index)", reads: [(nil, "o\(index / 2)")], writes: [("o", "o\(index)", .data)]))
    }
    steps[1] = try GraphReportTests.step("s1", reads: [(nil, "o0")], writes: [("o", "o1", .data)])
    let report = GraphReport(try GraphReportTests.bind("large", steps))
    #expect(report.lines.count == 1_000)
    #expect(report.lines.last?.text == "s999  reads from s499")
    #expect(report.svg.utf8.count > 100_000)
  }

  @Test("Only what is selected is drawn")
  func selection() throws {
    let all = try GraphReportTests.report()
    let some = GraphReport(all.pipeline, steps: Array(all.steps.prefix(2)))
    #expect(some.edges.count == 1)
    #expect(some.mermaid.split(separator: "\n").count == 4)
    let none = GraphReport(all.pipeline, steps: [])
    #expect(none.lines.map(\.text) == ["no steps"])
    #expect(none.svg.hasSuffix("</svg>\n"))
  }
}
