import Foundation
import Testing

/// Steps that start the tool.
@Suite("Nesting", .timeLimit(.minutes(10))) struct NestingTests {
  private func play(
    _ command: String, sharesStore: Bool = false,
    _ body: @Sendable (Neighbours, Program.Ended) async throws -> Void
  ) async throws {
    try await Fixtures.turnstile.pass {
      let tool = try #require(Fixtures.tool).path
      let script = command.replacing("TOOL", with: "'\(tool)'")
      let manifest = """
        project: nesting
        steps:
          outer:
            run: |
              \(script)

        """
      let place = try Neighbours(sharesStore: sharesStore, manifest: manifest)
      defer { place.remove() }
      try await body(place, try await place.tell("run"))
    }
  }

  @Test(
    "Who would wait for its own run is refused, whatever became of its environment",
    arguments: ["run", "gc", "repair"], ["TOOL", "env -i PATH=\"$PATH\" TOOL"])
  func refused(_ verb: String, _ start: String) async throws {
    try await play("\(start) \(verb)") { _, ended in
      #expect(ended.code == 1 && ended.output.contains("waits for it"), "\(ended.output)")
    }
  }

  @Test(
    "Who only looks is answered", arguments: ["status", "verify", "runs list", "artifacts list"])
  func looking(_ verb: String) async throws {
    try await play("env -i PATH=\"$PATH\" TOOL \(verb)") { _, ended in
      #expect(ended.code == 0, "\(ended.output)")
    }
  }

  @Test("In another workspace a step may run what it likes, also on the same store")
  func elsewhere() async throws {
    for sharesStore in [false, true] {
      let command = """
        mkdir -p "$HOME/three"
              printf 'project: three\\nsteps: { a: { run: "echo made >made.txt", outputs: [made.txt] } }' \\
                >"$HOME/three/pipeline.yaml"
              cd "$HOME/three"
              TOOL run
        """
      try await play(command, sharesStore: sharesStore) { place, ended in
        #expect(ended.code == 0, "\(ended.output)")
        let made = try String(contentsOf: place.at("three/made.txt"), encoding: .utf8)
        #expect(made == "made\n")
      }
    }
  }

  @Test("On the same store it is refused where it would wait for the step that has started it")
  func sameStore() async throws {
    for (verb, text) in [("run", "waits for the end of this one"), ("gc", "waits for it")] {
      let command = "cd \"$HOME/two\"; PIPELINE_STORE=\"$HOME/store\" TOOL \(verb)"
      try await play(command, sharesStore: true) { _, ended in
        #expect(ended.code == 1 && ended.output.contains(text), "\(ended.output)")
      }
    }
  }
}
