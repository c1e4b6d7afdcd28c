import PipelineModel
import Testing

/// Lineages over a history that stands here as a table.
@Suite("Lineage") struct LineageTests {
  /// One run of a small history: `b` reads 1 and 2 and has written 3.
  struct Edge: Sendable {
    let step: String
    let reads: [Int64]
    let writes: [Int64]
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let edges: [Edge]
    let start: Int64
    var direction = Lineage.Direction.up
    var depth: Int?
    /// Runs and versions, a blank before them per level; `*` behind what was shown above.
    let tree: [String]

    var testDescription: String { name }
  }

  static let diamond = [
    Edge(step: "raw", reads: [], writes: [1]), Edge(step: "left", reads: [1], writes: [2]),
    Edge(step: "right", reads: [1], writes: [3]), Edge(step: "join", reads: [2, 3], writes: [4]),
  ]

  static let cases = [
    Case(
      name: "What two have read is told once", edges: diamond, start: 4,
      tree: ["join", " 2", "  left", "   1", "    raw", " 3", "  right", "   1*"]),
    Case(
      name: "Downward", edges: diamond, start: 1, direction: .down,
      tree: ["left", " 2", "  join", "   4", "right", " 3", "  join*"]),
    Case(
      name: "A depth counts runs", edges: diamond, start: 4, depth: 1, tree: ["join", " 2", " 3"]),
    Case(name: "A depth of nothing", edges: diamond, start: 4, depth: 0, tree: []),
    Case(
      name: "The nearest way decides what a depth leaves out",
      edges: [
        Edge(step: "far", reads: [], writes: [1]), Edge(step: "mid", reads: [1], writes: [2]),
        Edge(step: "end", reads: [2, 1], writes: [3]),
      ], start: 3, depth: 2, tree: ["end", " 2", "  mid", "   1", "    far", " 1*"]),
    Case(
      name: "The first maker leads on, not the others",
      edges: [
        Edge(step: "first", reads: [1], writes: [3]), Edge(step: "later", reads: [2], writes: [3]),
      ], start: 3, tree: ["first", " 1"]),
    Case(
      name: "A run that reads what it writes", edges: [Edge(step: "grow", reads: [1], writes: [1])],
      start: 1, tree: ["grow", " 1*"]),
    Case(
      name: "Two that read each other's, as a changed manifest lets them",
      edges: [Edge(step: "a", reads: [2], writes: [1]), Edge(step: "b", reads: [1], writes: [2])],
      start: 1, tree: ["a", " 2", "  b", "   1*"]),
    Case(
      name: "A run that has read one version by two names",
      edges: [Edge(step: "pair", reads: [1, 1], writes: [2])], start: 2, tree: ["pair", " 1"]),
    Case(name: "Nobody is known to have made it", edges: [], start: 1, tree: []),
  ]

  @Test("What leads to a version, and what it led to", arguments: cases)
  func tree(_ c: Case) {
    let lineage = LineageTests.lineage(c.edges, c.start, [c.direction], depth: c.depth)
    let lines = lineage.tree(c.direction).map { place in
      let name: String
      switch place.subject {
      case .version(let id, _): name = "\(id)"
      case .run(let id, _): name = c.edges[Int(id)].step
      }
      return String(repeating: " ", count: place.level) + name + (place.isRepeated ? "*" : "")
    }
    #expect(lines == c.tree)
  }

  @Test("A chain of many thousand runs is no matter")
  func long() {
    let edges = (0..<20_000).map { Edge(step: "s", reads: [Int64($0)], writes: [Int64($0) + 1]) }
    let lineage = LineageTests.lineage(edges, 20_000, [.up], depth: nil)
    #expect(lineage.tree(.up).count == 40_000)
  }

  @Test("Who wrote the same later is named, and data stands beside artifacts")
  func report() {
    var edges = LineageTests.diamond
    edges.append(Edge(step: "again", reads: [2, 3], writes: [4]))
    let lineage = LineageTests.lineage(edges, 4, [.up], depth: 1)
    let lines = LineageReport(lineage, [.up]).lines.map(\.text)
    #expect(
      lines == [
        "a.v4:v4  data, 4 B, 00000004", "  made by e/join  1970-01-01T00:00:00Z",
        "    also written by e/again", "    parameter rate = 0.1", "    source run.py  00000009",
        "    data raw.csv  00000008", "    read a.v2:v2 as x  data, 4 B, 00000002",
        "    read a.v3:v3 as x  data, 4 B, 00000003",
      ])
  }

  private static func content(_ id: Int64) -> Content {
    let digest = Digest(
      bytes: [0, 0, 0, UInt8(truncatingIfNeeded: id)] + Array(repeating: 0, count: 28))
    return Content(kind: .file, digest: digest, sizeBytes: 4)
  }

  private static func entry(_ index: Int, _ edge: Edge) -> RunEntry {
    RunEntry(
      id: Int64(index), globalID: "", experiment: "e", step: edge.step, ending: .ran,
      isRecorded: true, ended: index, usage: Usage())
  }

  private static func lineage(
    _ edges: [Edge], _ start: Int64, _ directions: [Lineage.Direction], depth: Int?
  ) -> Lineage {
    var makers: [Int64: [RunEntry]] = [:]
    var readers: [Int64: [Int64]] = [:]
    for (index, edge) in edges.enumerated() {
      for id in edge.writes { makers[id, default: []].append(entry(index, edge)) }
      for id in Set(edge.reads) { readers[id, default: []].append(Int64(index)) }
    }
    return Lineage(
      of: start, directions, depth: depth,
      version: { id in
        var version = Lineage.Version(
          VersionEntry(
            id: id, artifact: "a.v\(id)", number: Int(id), kind: .data, content: content(id),
            created: 0, run: nil, isLatest: false))
        version.makers = makers[id] ?? []
        version.readers = readers[id] ?? []
        return version
      },
      run: { id in
        let edge = edges[Int(id)]
        var run = Lineage.Run(entry(Int(id), edge))
        run.reads = edge.reads.map { ("x", $0) }
        run.writes = edge.writes
        run.parameters = [("rate", .number("0.1"))]
        run.fields =
          [
            Field(.source, "run.py", value: "\(content(9))"),
            Field(.parameter, "rate", value: "0.1"),
            Field(.input, "all", path: "*.csv", value: "glob"),
            Field(.input, "raw", path: "raw.csv", value: "\(content(8))"),
          ] + edge.reads.map { Field(.input, "x", path: "x", value: "\(content($0))") }
        return run
      })
  }
}
