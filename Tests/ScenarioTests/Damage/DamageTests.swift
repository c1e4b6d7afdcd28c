import Foundation
import PipelineModel
import Seeds
import Testing

@testable import PipelineEngine

/// Damage to all that the tool keeps, and what comes after it.
///
/// `PIPEWRIGHT_SEEDS` tries more of it.
@Suite("Damage") struct DamageTests {
  /// What is damaged, made once.
  private struct Beginning: Sendable {
    let tool: URL
    /// All is well; and a run was killed.
    let places: [DamagePlace]
    let expected: Tree

    init() async throws {
      tool = try #require(Fixtures.tool)
      let (sound, killed) = (try DamagePlace(), try DamagePlace())
      for place in [sound, killed] { try await place.fill(tool) }
      expected = try sound.outputs()
      try await killed.beginAndKill(tool)
      places = [sound, killed]
    }
  }

  /// Files that the same holds for.
  private static func group(_ path: String) -> String {
    let folders = ["store/objects", "store/results", "store/locks", "logs"]
    return folders.first { path.hasPrefix(".pipeline/\($0)/") && !path.contains("/tmp/") } ?? path
  }

  @Test("Whatever is damaged, it is told, never acted upon, and healed")
  func everything() async throws {
    let beginning = try await Beginning()
    defer { for place in beginning.places { place.remove() } }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for seed in Seeds.asked(or: 40) {
        group.addTask {
          try await Fixtures.turnstile.pass { try await DamageTests.play(seed, beginning) }
        }
      }
      try await group.waitForAll()
    }
  }

  private static func play(_ seed: UInt64, _ beginning: Beginning) async throws {
    var random = SplitMix64(seed: seed)
    let place = try DamagePlace(
      copying: beginning.places[random.below(beginning.places.count)])
    defer { place.remove() }
    let files = Dictionary(grouping: place.ownFiles(), by: group)
    // Where most lies the most is damaged.
    let kinds = files.keys.sorted() + files.filter { $0.value.count > 4 }.keys.sorted()
    let kind = kinds[random.below(kinds.count)]
    guard let all = files[kind], let path = all.randomElement(using: &random),
      let damage = Damage.allCases.randomElement(using: &random),
      let done = try damage.strike(
        place.workspace.appending(path: path),
        others: all.map { place.workspace.appending(path: $0) }, &random)
    else { return }
    var trial = DamageTrial(place, beginning.tool, expected: beginning.expected)
    if random.oneIn(2) { try trial.removeOutputs() }
    try await trial.play(
      isRepaired: random.oneIn(2), isTold: DamageTests.isTold(damage, of: kind))
    let diary = trial.diary.joined(separator: "\n")
    #expect(
      trial.wrong.isEmpty,
      "PIPEWRIGHT_SEEDS=\(seed)-\(seed)\n\(path) \(done)\n\(trial.wrong)\n\(diary)")
  }

  /// Whether `verify` has to find it: nil where it may.
  private static func isTold(_ damage: Damage, of kind: String) -> Bool? {
    switch kind {
    case "store/objects": true
    // As if nothing had been recorded.
    case "store/results", ".pipeline/index": damage != .missing
    default: nil
    }
  }

  @Test("A log that the store has lost is stored again, or its step's result stays without it")
  func logs() async throws {
    let tool = try #require(Fixtures.tool)
    let place = try DamagePlace()
    defer { place.remove() }
    try await place.fill(tool)
    _ = place.takeExecuted()
    let folder = place.workspace.appending(path: ".pipeline/logs")
    for isLeft in [true, false] {
      if !isLeft { try FileManager.default.removeItem(at: folder) }
      for word in ["one", "two"] {
        let log = SHA256.digest(Array("begins with \(word)\n".utf8))
        let object = Store.place(of: log).description
        try FileManager.default.removeItem(
          at: place.workspace.appending(path: ".pipeline/store/objects/\(object)"))
      }
      let repaired = try await place.tell(tool, ["repair"])
      #expect(repaired.code == 0)
      #expect(repaired.output.contains("stored again: .pipeline/logs/") == isLeft)
      #expect(repaired.output.contains("its result stays without it") != isLeft)
      for words in [["verify"], ["run", "-P", "word=two"], ["run"]] {
        let ended = try await place.tell(tool, words)
        #expect(ended.code == 0, "\(ended.output)")
      }
      #expect(place.takeExecuted() == [])
    }
  }

  @Test("A registry's file that has lost its lines gets them again")
  func registry() async throws {
    let tool = try #require(Fixtures.tool)
    let place = try DamagePlace()
    defer { place.remove() }
    try await place.fill(tool)
    let file = place.workspace.appending(path: "Models/registry.jsonl")
    let line = try String(contentsOf: file, encoding: .utf8)
    for left in [nil, "", "{\"schema\":1", "<<<<<<< HEAD\n"] {
      try FileManager.default.removeItem(at: file)
      if let left { try Data(left.utf8).write(to: file) }
      let repaired = try await place.tell(tool, ["repair"])
      #expect(repaired.code == 0 && repaired.output.contains("to the registry again: 1 move"))
      let text = try String(contentsOf: file, encoding: .utf8)
      #expect(text.hasSuffix(line) && text.hasPrefix(left ?? ""), "\(text)")
      #expect(!(try await place.tell(tool, ["repair"])).output.contains("registry again"))
    }
    for strange in [Damage.filledDirectory, .pipe] {
      var random = SplitMix64(seed: 1)
      _ = try strange.strike(file, others: [], &random)
      for words in [["repair"], ["models", "list"]] {
        let ended = try await place.tell(tool, words)
        #expect(ended.code == 0, "\(ended.output)")
      }
      try FileManager.default.removeItem(at: file)
      #expect(try await place.tell(tool, ["repair"]).code == 0)
    }
  }

  @Test("An object that is cut, or has a flipped bit, is not given out, whichever byte it is")
  func everyByte() async throws {
    let tool = try #require(Fixtures.tool)
    let place = try DamagePlace()
    defer { place.remove() }
    try await place.fill(tool)
    let expected = try place.outputs()
    let engine = EngineWorkplace(directory: place.workspace, home: place.folder, store: nil)
    for path in place.ownFiles() where DamageTests.group(path) == "store/objects" {
      let file = place.workspace.appending(path: path)
      let bytes = try Data(contentsOf: file)
      // Behind the first of its bytes a larger one has no other cases.
      let step = Seeds.areAsked ? 1 : max(1, bytes.count / 12)
      for length in stride(from: 0, to: bytes.count, by: step) {
        var flipped = bytes
        flipped[length] ^= 1 << (length % 8)
        for damaged in [flipped, bytes.prefix(length)] {
          try Damage.write(damaged, to: file)
          try place.removeOutputs()
          let answer = try await engine.answer(Request(verb: .run))
          let differences = try place.outputs().differences(from: expected) { _ in true }
          #expect(
            answer.code == 0 && differences.isEmpty,
            "\(path), \(length): \(answer) \(differences)")
        }
      }
      try Damage.write(bytes, to: file)
    }
  }
}
