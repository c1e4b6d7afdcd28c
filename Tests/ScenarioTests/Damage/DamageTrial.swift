import Foundation

/// What has to hold of a workspace in which something is damaged.
struct DamageTrial {
  private let place: DamagePlace
  private let tool: URL
  private let expected: Tree
  /// What was said, and what of it is wrong.
  private(set) var diary: [String] = []
  private(set) var wrong: [String] = []

  /// - Parameter expected: what a clean run makes.
  init(_ place: DamagePlace, _ tool: URL, expected: Tree) {
    self.place = place
    self.tool = tool
    self.expected = expected
  }

  mutating func removeOutputs() throws {
    diary.append("the outputs are deleted")
    try place.removeOutputs()
  }

  /// - Parameters:
  ///   - isRepaired: whether that is done before anything else.
  ///   - isTold: whether `verify` has to say that something is damaged; nil where it may.
  mutating func play(isRepaired: Bool, isTold: Bool?) async throws {
    let verified = try await tell(["verify"])
    let told = verified.code == 4
    if !(told || verified.code == 0) || told != isTold ?? told {
      wrong.append("verify: \(verified.code)")
    }
    if isRepaired {
      try await repair()
    } else {
      for words in ["status", "runs list", "artifacts list", "experiments list", "models list"] {
        try await succeed(words.split(separator: " ").map(String.init))
      }
    }
    try await run()
    if !isRepaired {
      try await repair()
      // What was lost for good is made once more.
      try await run()
    }
    try await succeed(["verify"])
    _ = place.takeExecuted()
    let last = try await run()
    let executed = place.takeExecuted()
    if !executed.isEmpty || !last.contains("\(DamagePlace.stepCount) kept")
      || last.contains("warning")
    {
      wrong.append("the last run is not at rest; executed: \(executed)")
    }
  }

  private mutating func repair() async throws {
    let repaired = try await succeed(["repair"])
    try await succeed(["verify"])
    // Who sets something aside says where.
    if repaired.contains("not sound"), !repaired.contains(/set aside|stored again|made anew|stays/)
    {
      wrong.append("repair does not say what it has done")
    }
  }

  @discardableResult
  private mutating func run() async throws -> String {
    let output = try await succeed(["run"])
    wrong += try place.outputs().differences(from: expected) { _ in true }
    return output
  }

  @discardableResult
  private mutating func succeed(_ words: [String]) async throws -> String {
    let ended = try await tell(words)
    if ended.code != 0 { wrong.append("\(words): \(ended.code)") }
    return ended.output
  }

  private mutating func tell(_ words: [String]) async throws -> Program.Ended {
    let ended = try await place.tell(tool, words)
    diary.append("$ \(words.joined(separator: " "))\n\(ended.output)[\(ended.code)]")
    return ended
  }
}
