#if os(Linux)
  import Foundation
  import Glibc
  import Seeds
  import Testing

  /// Runs of the tool in which a call to the system goes wrong, and what comes after them.
  ///
  /// `PIPEWRIGHT_SEEDS` lets every call go wrong, and not only each kind of them; as `3-3` each tenth
  /// call beginning with that one.
  @Suite(
    "Faults",
    .enabled("Needs clang, which lies beside swift") {
      Fixtures.tool.flatMap(FaultyTool.init) != nil
    })
  struct FaultTests {
    typealias Story = FaultPlace.Story
    typealias Call = FaultyTool.Call

    /// A story's workspace before the run, what a clean run leaves, and the calls of the run.
    struct Beginning: Sendable {
      let tool: FaultyTool
      let story: Story
      let place: FaultPlace
      let expected: Tree
      let calls: [Call]

      init(_ story: Story) async throws {
        self.story = story
        tool = try #require(Fixtures.tool.flatMap(FaultyTool.init))
        place = try FaultPlace()
        for words in story.before {
          let ended = try await place.tell(tool.tool, words)
          #expect(ended.code == 0, "\(ended.output)")
        }
        let clean = try place.copied()
        defer { clean.remove() }
        let ended = try await tool.run(story.words, in: clean)
        #expect(ended.code == 0, "\(ended.output)")
        calls = ended.calls
        expected = try clean.outputs()
      }
    }

    // MARK: Kills

    @Test(
      "Killed at any call, a run loses nothing that it has told of, and the next one mends all",
      arguments: Story.allCases)
    func kills(_ story: Story) async throws {
      let beginning = try await Beginning(story)
      defer { beginning.place.remove() }
      // What only looks changes nothing: a kill there is one at the next call.
      let changing = beginning.calls.filter { $0.result >= 0 && $0.name != "open" }
      try await FaultTests.each(FaultTests.chosen(changing, most: 40)) { call in
        let place = try beginning.place.copied()
        defer { place.remove() }
        let ended = try await beginning.tool.run(story.words, in: place, (call.number, .kill))
        if ended.code == 0 { return [] }
        return try await place.check(
          beginning.tool.tool, story.words, after: ended.output,
          expected: beginning.expected)
      } label: {
        "\(story) \($0.number) \($0.kind)"
      }
    }

    @Test("Killed while steps are at work, a run leaves no process to the next one")
    func killsAtWork() async throws {
      let beginning = try await Beginning(.first)
      defer { beginning.place.remove() }
      var random = SplitMix64(seed: 5)
      let kills = (0..<(Seeds.areAsked ? 200 : 12)).map { _ in
        (microseconds: random.below(500_000), step: FaultPlace.steps[random.below(4)])
      }
      try await FaultTests.each(kills) { kill in
        let place = try beginning.place.copied()
        defer { place.remove() }
        try place.slow(kill.step)
        let program = try Program(
          [beginning.tool.tool.path, "run"], in: place.workspace, environment: place.environment,
          output: place.folder.appending(path: "output"))
        usleep(UInt32(kill.microseconds))
        Glibc.kill(program.processID, SIGKILL)
        let ended = await program.ended(within: 20)
        try place.slow(nil)
        return try await place.check(
          beginning.tool.tool, ["run"], after: ended.output,
          expected: beginning.expected)
      } label: {
        "after \($0.microseconds) µs, while '\($0.step)' took long"
      }
    }

    // MARK: Errors

    @Test(
      "Where a call fails, the run says where and what to do, and has told of nothing but what is",
      arguments: Story.allCases)
    func errors(_ story: Story) async throws {
      let beginning = try await Beginning(story)
      defer { beginning.place.remove() }
      var random = SplitMix64(seed: 7)
      let done = beginning.calls.filter { $0.result >= 0 }
      let faults = FaultTests.chosen(done, most: 25).map { call in
        (call, FaultTests.fault(of: call, &random))
      }
      try await FaultTests.each(faults) { call, fault in
        let place = try beginning.place.copied()
        defer { place.remove() }
        let ended = try await beginning.tool.run(story.words, in: place, (call.number, fault))
        var wrong = FaultTests.problems(ended)
        // What could not be removed goes with the next run.
        wrong += try place.leftovers().filter { !$0.contains("-aside-") } + place.processes()
        wrong += try await place.check(
          beginning.tool.tool, story.words, after: ended.output,
          expected: beginning.expected)
        let hit = ended.calls.first { $0.number == call.number }
        return wrong.map {
          "\($0)\n\(hit?.kind ?? "no call") failed\n\(ended.code) \(ended.output)"
        }
      } label: {
        "\(story) \($0.0.number) \($0.0.kind): \($0.1)"
      }
    }

    @Test("What cannot be read once, but can the next time, is not taken for damaged")
    func disturbances() async throws {
      let beginning = try await Beginning(.restore)
      defer { beginning.place.remove() }
      let opened = beginning.calls.filter(FaultTests.readsStore)
      try await FaultTests.each(FaultTests.chosen(opened, most: 8)) { call in
        let place = try beginning.place.copied()
        defer { place.remove() }
        _ = place.takeExecuted()
        let fault = FaultyTool.Fault.error(EIO, lasts: false)
        let ended = try await beginning.tool.run(
          beginning.story.words, in: place, (call.number, fault))
        let executed = place.takeExecuted()
        // Threads may come in another order, and then it is another call's turn.
        guard
          ended.calls.first(where: { $0.number == call.number }).map(FaultTests.readsStore) == true
        else { return [] }
        let isWell = ended.code == 0 && executed.isEmpty && !ended.output.contains("warning")
        return isWell ? [] : ["\(ended.code) \(executed) \(ended.output)"]
      } label: {
        "\($0.number) \($0.kind)"
      }
    }

    private static func readsStore(_ call: Call) -> Bool {
      call.name == "open" && call.path.contains(/store\/(objects|results)\/[0-9a-f]{2}\//)
    }

    /// What may go wrong at such a call.
    private static func fault(of call: Call, _ random: inout SplitMix64) -> FaultyTool.Fault {
      let errors: [FaultyTool.Fault] =
        switch call.name {
        case "open", "open-to-write": [.error(EMFILE, lasts: false), .error(EIO, lasts: false)]
        case "create":
          [.error(ENOSPC, lasts: false), .error(EMFILE, lasts: false), .error(EROFS, lasts: false)]
        case "write", "print":
          [.error(ENOSPC, lasts: false), .error(ENOSPC, lasts: true), .short]
        case "make", "rename", "link", "symlink":
          [.error(ENOSPC, lasts: false), .error(EIO, lasts: false)]
        default: [.error(EIO, lasts: false)]
        }
      return errors[random.below(errors.count)]
    }

    /// What is wrong with how a run ended in which a call had failed.
    private static func problems(_ ended: FaultyTool.Ended) -> [String] {
      // It could do without, or it was the machine's fault.
      if ended.code == 0 { return [] }
      guard ended.code == 5 else { return ["exit code \(ended.code)"] }
      let names = ended.output.contains(/'[^' ]+'/)
      return names ? [] : ["no path is named"]
    }

    // MARK: Helpers

    /// So many, of as many kinds as there are; or as many tenths of all as there are seeds.
    static func chosen(_ calls: [Call], most: Int) -> [Call] {
      if Seeds.areAsked {
        let tenths = Set(Seeds.asked(or: 10).prefix(10).map { Int($0 % 10) })
        return calls.enumerated().filter { tenths.contains($0.offset % 10) }.map(\.element)
      }
      var seen: [String: Int] = [:]
      let ranked = calls.map { call -> (Int, Call) in
        seen[call.kind, default: 0] += 1
        return (seen[call.kind, default: 0], call)
      }
      // What comes first of its kind before what comes second, spread over the run.
      let first = ranked.filter { $0.0 == 1 }.map(\.1)
      let rest = ranked.filter { $0.0 > 1 }.map(\.1)
      return spread(first, most) + spread(rest, max(0, most - first.count))
    }

    private static func spread(_ calls: [Call], _ most: Int) -> [Call] {
      if calls.count <= most { return calls }
      return (0..<most).map { calls[$0 * calls.count / most] }
    }

    static func each<Item: Sendable>(
      _ items: [Item], _ body: @escaping @Sendable (Item) async throws -> [String],
      label: @escaping @Sendable (Item) -> String
    ) async throws {
      #expect(!items.isEmpty)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for item in items {
          group.addTask {
            let wrong = try await Fixtures.turnstile.pass { try await body(item) }
            if !wrong.isEmpty { Issue.record("\(label(item))\n\(wrong.joined(separator: "\n"))") }
          }
        }
        try await group.waitForAll()
      }
    }
  }
#endif
