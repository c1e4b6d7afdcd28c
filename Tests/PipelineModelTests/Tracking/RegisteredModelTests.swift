import PipelineModel
import Testing

@Suite("Registered model") struct RegisteredModelTests {
  struct Case: Sendable {
    /// `3` promotes v3, `<2` rolls back to v2.
    var moves: String
    var present: Int?
    var before: Int?
  }

  static let cases = [
    Case(moves: ""),
    Case(moves: "1", present: 1),
    Case(moves: "1 2", present: 2, before: 1),
    Case(moves: "1 2 3 <2", present: 2, before: 1),
    Case(moves: "1 2 3 <2 <1", present: 1),
    Case(moves: "1 2 <1 3", present: 3, before: 1),
    Case(moves: "1 2 1", present: 1, before: 2),
    Case(moves: "1 2 1 <2", present: 2, before: 1),
    // Two clones that promoted at once, each from v1, and one that rolled back then.
    Case(moves: "1 3 2 <3", present: 3, before: 1),
    Case(moves: "1 2 3 <1", present: 1),
    // A rollback to what no known move led to.
    Case(moves: "<4 2", present: 2, before: 4),
  ]

  @Test("A rollback takes the topmost promotion away", arguments: cases)
  func rollback(_ c: Case) {
    let moves = c.moves.split(separator: " ").enumerated().map { index, word in
      let number = Int(word.drop { $0 == "<" }) ?? 0
      return move(number, word.first == "<" ? .rollback : .promote, at: index)
    }
    let model = model(moves.reversed())
    #expect(model.version(having: "production")?.number == c.present)
    #expect(model.version(before: "production")?.number == c.before)
  }

  @Test("Moves of one moment stand in the same order everywhere")
  func ties() {
    let moves = [move(1, .promote, at: 5, id: "b"), move(2, .promote, at: 5, id: "a")]
    #expect(model(moves).version(having: "production")?.number == 1)
    #expect(model(moves.reversed()).version(having: "production")?.number == 1)
  }

  @Test("Aliases are told by version")
  func aliases() {
    let moves = [move(1, .promote, at: 1), move(2, .promote, at: 2), move(2, "staging", at: 3)]
    #expect(model(moves).aliases == ["production", "staging"])
    #expect(model(moves).aliases(of: 2) == ["production", "staging"])
    #expect(model(moves).aliases(of: 1) == [])
  }

  private func model(_ moves: some Sequence<MoveEntry>) -> RegisteredModel {
    RegisteredModel(
      name: "guesser",
      versions: [4, 1, 3, 2].map { number in
        ModelVersionEntry(
          number: number,
          content: Content(kind: .file, digest: Digest(of: "\(number)"), sizeBytes: number),
          created: number, artifact: "train.model")
      }, moves: Array(moves))
  }

  private func move(
    _ version: Int, _ act: MoveEntry.Act, at time: Int, id: String? = nil
  ) -> MoveEntry {
    MoveEntry(
      globalID: id ?? "\(time)", act: act, alias: "production", version: version, from: nil,
      time: time, who: "Ann", why: "")
  }

  private func move(_ version: Int, _ alias: String, at time: Int) -> MoveEntry {
    MoveEntry(
      globalID: "\(time)", act: .promote, alias: alias, version: version, from: nil, time: time,
      who: "Ann", why: "")
  }
}
