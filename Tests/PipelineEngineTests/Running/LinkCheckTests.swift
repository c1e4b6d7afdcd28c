import PipelineModel
import Testing

@testable import PipelineEngine

@Suite("Links in the workspace") struct LinkCheckTests {
  struct Case: Sendable {
    /// A step's `a`, a link, and `outside`; `d/` and `d/e/` are there, and `x` in each.
    var a = "{ run: a, outputs: [d/made] }"
    var b = "{ run: b, inputs: [x] }"
    var link: String
    var outside = ""
    var problems: [String]
  }

  static let hidden = "a symbolic link hides it"

  static let cases = [
    Case(b: "{ run: b, inputs: [l/x] }", link: "l -> d", problems: []),
    Case(
      b: "{ run: b, inputs: [l/made] }", link: "l -> d",
      problems: ["hidden-by-link 'l/made' is 'd/made', which step 'a' writes: \(hidden)"]),
    Case(
      b: "{ run: b, inputs: [l] }", link: "l -> d/made",
      problems: ["hidden-by-link 'l' is 'd/made', which step 'a' writes: \(hidden)"]),
    Case(
      b: "{ run: b, inputs: [l] }", link: "l -> d",
      problems: [
        "hidden-by-link 'l' leads to 'd', and overlaps with 'd/made', which step 'a' writes: "
          + hidden
      ]),
    Case(
      b: "{ run: b, inputs: [l/*] }", link: "l -> d",
      problems: [
        "hidden-by-link 'l' leads to 'd', and overlaps with 'd/made', which step 'a' writes: "
          + hidden
      ]),
    Case(
      b: "{ run: b, sources: [l/made] }", link: "l -> d",
      problems: ["hidden-by-link 'l/made' is 'd/made', which step 'a' writes: \(hidden)"]),
    Case(
      b: "{ run: sh l/made }", link: "l -> d",
      problems: ["hidden-by-link 'l/made' is 'd/made', which step 'a' writes: \(hidden)"]),
    Case(
      b: "{ run: b, inputs: [../$HOME/d/made] }", link: "l -> d",
      problems: [
        "hidden-by-link '../$HOME/d/made' is 'd/made', which step 'a' writes: "
          + "what lies in the workspace is written from its top"
      ]),
    Case(
      a: "{ run: a, outputs: [l/made] }", b: "{ run: b, outputs: [d/made] }", link: "l -> d",
      outside: "d",
      problems: ["hidden-by-link 'l/made' is 'd/made', which step 'b' writes: \(hidden)"]),
    Case(
      a: "{ run: a, outputs: [l/made] }", b: "{ run: b, inputs: [./d/made] }", link: "l -> d",
      outside: "d",
      problems: ["hidden-by-link 'd/made' is 'l/made', which step 'a' writes: \(hidden)"]),
    Case(
      a: "{ run: a, outputs: [l/made] }", b: "{ run: b, inputs: [l/made] }", link: "l -> d",
      outside: "d", problems: []),
    Case(
      a: "{ run: a, outputs: [l/made] }", link: "l -> d",
      problems: ["linked-output output 'l/made' lies behind 'l', a symbolic link to 'd'"]),
    Case(
      a: "{ run: a, outputs: [d/l/new/made] }", link: "d/l -> /",
      problems: ["linked-output output 'd/l/new/made' lies behind 'd/l', a symbolic link to '/'"]),
    Case(
      a: "{ run: a, directory: l/e }", link: "l -> d",
      problems: ["linked-directory directory 'l/e' of step 'a' is 'd/e', through a symbolic link"]),
    Case(
      a: "{ run: a, directory: d/l }", link: "d/l -> /usr/../",
      problems: ["linked-directory directory 'd/l' of step 'a' is '/', through a symbolic link"]),
    Case(b: "{ run: b, inputs: [l/x] }", link: "l -> /", problems: ["missing-input"]),
  ]

  @Test("What a link hides is told before anything executes", arguments: cases.indices)
  func links(_ index: Int) async throws {
    let row = LinkCheckTests.cases[index]
    let workspace = try RealRun()
    for path in ["x", "d/x", "d/e/x"] as [Path] { try workspace.scratch.write(path, "x") }
    let ends = row.link.split(separator: " -> ").map(String.init)
    try workspace.scratch.directory.makeLink(Path(ends[0]), to: Array(ends[1].utf8))
    let home = String(decoding: workspace.scratch.directory.path.name, as: UTF8.self)
    let text = """
      project: links
      outside: [\(row.outside)]
      steps:
        a: \(row.a)
        b: \(row.b)

      """
    let found = try await workspace.problems(text.replacing("$HOME", with: home))
    #expect(
      found.map { $0.replacing(home, with: "$HOME") }.map {
        $0.hasPrefix("missing-input") ? "missing-input" : $0
      } == row.problems)
  }
}
