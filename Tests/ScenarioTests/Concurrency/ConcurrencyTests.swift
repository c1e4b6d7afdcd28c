import Foundation
import Seeds
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Many at once, in one project and on one store.
///
/// `PIPEWRIGHT_SEEDS` tries more crowds.
@Suite("Concurrency", .timeLimit(.minutes(20))) struct ConcurrencyTests {
  private func play(
    sharesStore: Bool = false, _ body: @Sendable (Neighbours) async throws -> Void
  ) async throws {
    try await Fixtures.turnstile.pass {
      let place = try Neighbours(sharesStore: sharesStore)
      defer { place.remove() }
      try await body(place)
    }
  }

  @Test("Of many runs one executes, the others say for whom they wait", arguments: [2, 8])
  func runs(_ count: Int) async throws {
    try await play { place in
      try place.closeGate()
      let holder = try place.start("run")
      try await place.untilAtWork(holder)
      let others = try (1..<count).map { _ in try place.start("run") }
      for other in others { try await place.untilWaiting(other, for: holder) }
      try place.openGate()
      for (program, word) in [(holder, "3 ran")] + others.map({ ($0, "3 kept") }) {
        let ended = await program.ended(within: 60)
        #expect(ended.code == 0 && ended.output.contains(word), "\(ended.output)")
      }
      #expect(place.executed == Neighbours.once("one"))
      #expect(try await place.unrest() == [])
    }
  }

  @Test("Runs that start at the same moment execute each key once")
  func atOnce() async throws {
    try await play { place in
      let programs = try (0..<8).map { _ in try place.start("run") }
      for program in programs {
        let ended = await program.ended(within: 60)
        #expect(ended.code == 0, "\(ended.output)")
      }
      #expect(place.executed == Neighbours.once("one"))
      #expect(try await place.unrest() == [])
    }
  }

  @Test(
    "Beside a run who only looks need not wait; who collects or repairs does, and says for whom")
  func beside() async throws {
    try await play { place in
      #expect(try await place.tell("run -P word=two").code == 0)
      try place.closeGate()
      let run = try place.start("run")
      try await place.untilAtWork(run)
      for line in [
        "status", "verify", "runs list", "experiments list", "artifacts list", "graph",
      ] {
        let ended = try await place.tell(line)
        #expect(ended.code == 0 && !ended.output.contains("waiting"), "\(line): \(ended.output)")
      }
      let busy = try await place.tell("run --no-wait")
      #expect(busy.code == 6 && busy.output.contains("process \(run.processID) on "))
      let waiting = try ["gc", "repair", "run"].map { try place.start($0) }
      for program in waiting { try await place.untilWaiting(program, for: run) }
      try place.openGate()
      for program in [run] + waiting {
        let ended = await program.ended(within: 60)
        #expect(ended.code == 0, "\(ended.output)")
      }
      #expect(place.executed == Neighbours.once("one", "two"))
      #expect(try await place.unrest() == [])
    }
  }

  @Test(
    "A crowd of all kinds ends well, and each key is executed once", arguments: Seeds.asked(or: 3))
  func crowd(_ seed: UInt64) async throws {
    try await play(sharesStore: seed % 2 == 1) { place in
      var random = SplitMix64(seed: seed)
      let lines = [
        "run", "run", "run -P word=two", "gc", "verify", "repair", "status", "runs list",
        "artifacts list", "experiments list",
      ]
      let crowd = try (0..<12).map { _ in
        let line = lines[random.below(lines.count)]
        let project = random.oneIn(3) ? "two" : "one"
        return (line, project, try place.start(line, in: project))
      }
      for (line, project, program) in crowd {
        let ended = await program.ended(within: 60)
        #expect(
          ended.code == 0, "PIPEWRIGHT_SEEDS=\(seed)-\(seed) \(project), \(line): \(ended.output)")
      }
      for project in ["one", "two"] {
        let ended = try await place.tell("run", in: project)
        #expect(ended.code == 0, "\(ended.output)")
        let unrest = try await place.unrest(in: project)
        #expect(unrest == [], "PIPEWRIGHT_SEEDS=\(seed)-\(seed)")
      }
      // Each project on its own store has to execute all itself.
      let times = seed % 2 == 1 ? 1 : 2
      let counts = Dictionary(place.executed.map { ($0, 1) }, uniquingKeysWith: +)
      #expect(
        counts.values.allSatisfy { $0 <= times }, "PIPEWRIGHT_SEEDS=\(seed)-\(seed) \(counts)")
    }
  }

  @Test("Of two projects on one store one executes a key, the other restores it")
  func sharedStore() async throws {
    try await play(sharesStore: true) { place in
      try place.closeGate()
      let holder = try place.start("run", in: "one")
      try await place.untilAtWork(holder)
      let other = try place.start("run", in: "two")
      try await place.untilWaiting(other, for: holder)
      try place.openGate()
      for program in [holder, other] {
        let ended = await program.ended(within: 60)
        #expect(ended.code == 0, "\(ended.output)")
      }
      #expect(place.executed == Neighbours.once("one"))
      for project in ["one", "two"] { #expect(try await place.unrest(in: project) == []) }
    }
  }

  @Test("A collection in one project waits for the run of another on the same store")
  func sharedCollection() async throws {
    try await play(sharesStore: true) { place in
      try place.closeGate()
      let run = try place.start("run", in: "two")
      try await place.untilAtWork(run)
      let collection = try place.start("gc", in: "one")
      try await place.untilWaiting(collection, for: run)
      try place.openGate()
      for program in [run, collection] {
        let ended = await program.ended(within: 60)
        #expect(ended.code == 0, "\(ended.output)")
      }
      try FileManager.default.removeItem(at: place.at("two/Out"))
      let restored = try await place.tell("run", in: "two")
      #expect(restored.output.contains("3 restored"), "\(restored.output)")
      #expect(place.executed == Neighbours.once("one"))
      #expect(try await place.unrest(in: "two") == [])
    }
  }

  @Test("A run that is killed blocks nobody who waits for it", arguments: ["one", "two"])
  func deadHolder(_ project: String) async throws {
    try await play(sharesStore: project == "two") { place in
      try place.closeGate()
      let holder = try place.start("run", in: "one")
      try await place.untilAtWork(holder)
      let other = try place.start("run", in: project)
      try await place.untilWaiting(other, for: holder)
      kill(holder.processID, SIGKILL)
      #expect(await holder.ended(within: 20).code == 128 + SIGKILL)
      try await place.untilAtWork(other)
      try place.openGate()
      let ended = await other.ended(within: 60)
      #expect(ended.code == 0, "\(ended.output)")
      #expect(try await place.tell("run", in: "one").code == 0)
      // Once more only what had not ended.
      #expect(place.executed == (["first one"] + Neighbours.once("one")).sorted())
      for project in ["one", project] { #expect(try await place.unrest(in: project) == []) }
    }
  }

  @Test("For a run that is stopped others wait, and it goes on", arguments: ["one", "two"])
  func stoppedHolder(_ project: String) async throws {
    try await play(sharesStore: project == "two") { place in
      try place.closeGate()
      let holder = try place.start("run", in: "one")
      try await place.untilAtWork(holder)
      kill(holder.processID, SIGSTOP)
      try place.openGate()
      let other = try place.start("run", in: project)
      try await place.untilWaiting(other, for: holder)
      #expect(kill(other.processID, 0) == 0)
      kill(holder.processID, SIGCONT)
      for program in [holder, other] {
        let ended = await program.ended(within: 60)
        #expect(ended.code == 0, "\(ended.output)")
      }
      #expect(place.executed == Neighbours.once("one"))
      for project in ["one", project] { #expect(try await place.unrest(in: project) == []) }
    }
  }
}
