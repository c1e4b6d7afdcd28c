import Foundation
import Testing

/// Plays the sessions of `Fixtures/scenarios` against the real tool.
///
/// `RECORD=1` rewrites what they expect; `SCENARIO=retry` plays one alone.
@Suite("Scenarios") struct ScenarioTests {
  static let names = Fixtures.list(Fixtures.folder)
    .filter { FileManager.default.fileExists(atPath: $0.appending(path: "session.txt").path) }
    .map(\.lastPathComponent)
    .filter { name in
      ProcessInfo.processInfo.environment["SCENARIO"].map { $0 == name } ?? true
    }

  @Test("A session goes as it is written", arguments: names)
  func session(_ name: String) async throws {
    let tool = try #require(Fixtures.tool)
    let folder = Fixtures.folder.appending(path: name)
    let file = folder.appending(path: "session.txt")
    let expected = Transcript(try String(contentsOf: file, encoding: .utf8))
    let played = try await Fixtures.turnstile.pass {
      let stage = try Stage(folder, tool: tool)
      var played = expected
      for index in played.entries.indices {
        played.entries[index].output = try await stage.play(played.entries[index].command)
      }
      await stage.clear()
      return played
    }
    if Fixtures.isRecording {
      try Data(played.text.utf8).write(to: file)
      return
    }
    for (now, before) in zip(played.entries, expected.entries) where now != before {
      let texts = [before, now].map { $0.output.joined(separator: "\n") }
      Issue.record("$ \(now.command)\n--- expected\n\(texts[0])\n--- printed\n\(texts[1])")
    }
  }

  @Test("Some sessions are there to be played")
  func count() { #expect(ScenarioTests.names.count > 0) }
}
