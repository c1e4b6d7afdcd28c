import PipelineModel
import Testing

@testable import PipelineEngine

@Suite("Confirming a fingerprint") struct ConfirmingTests {
  struct Edit: Sendable {
    let name: String
    let path: Path?
    let text: String?
  }

  static let edits = [
    Edit(name: "none", path: nil, text: nil),
    Edit(name: "another file", path: "In/other", text: "x"),
    Edit(name: "input", path: "In/a", text: "x"),
    Edit(name: "input removed", path: "In/a", text: nil),
    Edit(name: "artifact", path: "Out/make", text: "x"),
    Edit(name: "artifact removed", path: "Out/make", text: nil),
    Edit(name: "source", path: "tool.py", text: "x"),
    Edit(name: "source below a directory", path: "lib/b.py", text: "x"),
    Edit(name: "new source", path: "lib/c.py", text: "x"),
    Edit(name: "input directory", path: "Dir/x", text: "x"),
    Edit(name: "match", path: "Glob/new.txt", text: "x"),
  ]

  @Test("A fingerprint confirmed is the one made anew", arguments: edits, [true, false])
  func confirmed(_ edit: Edit, hasGlob: Bool) async throws {
    let glob = hasGlob ? ", Glob/*.txt" : ""
    let plan = try MemoryRun.plan(
      """
      project: one
      steps:
        make: { run: make, outputs: { o: Out/make } }
        use:
          run: python3 tool.py
          sources: [lib]
          inputs: [In/a, make.o, Dir\(glob)]
          outputs: { o: Out/use }
      """)
    let world = MemoryWorld()
    for path in ["In/a", "tool.py", "lib/b.py", "Dir/x", "Glob/old.txt"] {
      world.put(Path(path), "1")
    }
    _ = try await MemoryRun.play(plan, world)
    let decider = Decider(plan, world)
    let use = ID<Step>(index: 1)
    let before = try await decider.fingerprint(of: use, known: [:])
    if let path = edit.path { world.put(path, edit.text) }
    let anew = try? await decider.fingerprint(of: use, known: [:])
    let confirmed = try? await decider.fingerprint(of: use, known: [:], insteadOf: before)
    #expect(confirmed == anew)
    let isSeen = !["none", "another file"].contains(edit.name) && (hasGlob || edit.name != "match")
    #expect((anew == before) == !isSeen)
  }
}
