#if os(Linux)
  import Foundation
  import Glibc
  import Seeds
  import Testing

  /// Runs whose machine loses its power, and the first runs after it was started again.
  ///
  /// `PIPEWRIGHT_SEEDS=17` lets it happen at every call; each number loses other things.
  @Suite(
    "Outages",
    .enabled("Needs clang, which lies beside swift") {
      Fixtures.tool.flatMap(FaultyTool.init) != nil && Preloaded.shown != nil
    })
  struct OutageTests {
    typealias Story = FaultPlace.Story

    /// When the power is lost, and what with it.
    private struct Case: Sendable {
      /// The call in whose place the machine stops; nil after the last one.
      let call: FaultyTool.Call?
      let kind: Outage.Kind
      let seed: UInt64
    }

    @Test(
      "When the power is lost, nothing is that was told of, and nothing is trusted that was lost",
      arguments: Story.allCases)
    func outages(_ story: Story) async throws {
      let beginning = try await FaultTests.Beginning(story)
      defer { beginning.place.remove() }
      let calls = beginning.calls.filter { $0.result >= 0 && $0.name != "open" }
      var random = SplitMix64(seed: Seeds.asked(or: 11).upperBound)
      var cases = FaultTests.chosen(calls, most: 9).map { call in
        Case(call: call, kind: Outage.Kind.allCases[random.below(5)], seed: random.next())
      }
      cases += Outage.Kind.allCases.map { Case(call: nil, kind: $0, seed: random.next()) }
      try await FaultTests.each(cases) { c in
        try await OutageTests.play(c, beginning)
      } label: {
        "\(story) \($0.call.map { "\($0.number) \($0.kind)" } ?? "the end"): \($0.kind)"
      }
    }

    private static func play(_ c: Case, _ beginning: FaultTests.Beginning) async throws -> [String]
    {
      let place = try beginning.place.copied()
      defer { place.remove() }
      let durable = place.folder.appending(path: "durable")
      try FileManager.default.createDirectory(at: durable, withIntermediateDirectories: true)
      let (tool, words) = (beginning.tool, beginning.story.words)
      let ended = try await tool.run(
        words, in: place, c.call.map { ($0.number, .kill) }, durable: durable)
      // What lies still is not read again by the next run, unless the machine was started anew.
      if c.call == nil { _ = try await tool.run(words, in: place, durable: durable) }
      try await place.stop()
      let restart = FaultyTool.Restart(
        boot: place.folder.appending(path: "boot"), times: place.folder.appending(path: "times"))
      try Data("\(UUID().uuidString.lowercased())\n".utf8).write(to: restart.boot)
      let losses = try await Outage.strike(
        place.workspace, c.kind, seed: c.seed, shown: try #require(Preloaded.shown),
        durable: durable, in: place.folder, times: restart.times)
      let tell = { (words: [String]) in
        let ended = try await tool.run(words, in: place, after: restart)
        return (code: ended.code, output: ended.output)
      }
      var wrong: [String] = []
      let told = FaultPlace.told(ended.output)
      let runs = try await tell(["runs", "list"])
      for step in told where !runs.output.contains(step) {
        wrong.append("no run of '\(step)' is known any more: \(runs.code) \(runs.output)")
      }
      wrong += try await place.check(
        words, after: ended.output, expected: beginning.expected, tell: tell)
      return wrong.isEmpty ? [] : wrong + ["-- lost:"] + losses
    }
  }
#endif
