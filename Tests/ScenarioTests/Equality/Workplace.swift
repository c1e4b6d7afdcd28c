import Foundation

/// A workspace, and someone who runs its pipeline.
protocol Workplace: Sendable {
  var directory: URL { get }

  /// The same at another place.
  func at(_ directory: URL, store: URL?) -> Self
  func answer(_ request: Request) async throws -> Answer
}

/// What the tool is asked for.
struct Request: Sendable {
  enum Verb: String, Sendable {
    case run, status
  }

  var verb: Verb
  var steps: [String] = []
  var isOnly = false
  var isForced = false
  var keepsGoing = false
  /// Of `status`: whether every step is decided, whatever the last run has left standing.
  var isFull = false
  /// `NAME=VALUE`, for parameters.
  var overrides: [String] = []

  var words: [String] {
    var words = [verb.rawValue] + steps
    if isOnly { words.append("--only") }
    if isForced { words.append("--force") }
    if keepsGoing { words.append("--keep-going") }
    if isFull { words.append("--json") }
    return words + overrides.flatMap { ["-P", $0] }
  }
}

/// What the tool says.
struct Answer: Sendable, CustomStringConvertible {
  let code: Int32
  /// By step: `ran`, `kept`; `fresh`, `stale`.
  let words: [String: String]
  var output = ""

  var description: String {
    "\(code) "
      + words.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      .joined(separator: ", ")
  }
}
