import Foundation

/// A workspace in which the tool is started, as users do it.
struct ToolWorkplace: Workplace {
  let directory: URL
  let tool: URL
  let home: URL
  /// Where its store is, if it is not its own.
  let store: URL?

  func at(_ directory: URL, store: URL?) -> ToolWorkplace {
    ToolWorkplace(directory: directory, tool: tool, home: home, store: store)
  }

  func start(_ words: [String]) throws -> Program {
    var environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": home.path]
    if let store { environment["PIPELINE_STORE"] = store.path }
    return try Program(
      [tool.path] + words, in: directory, environment: environment,
      output: home.appending(path: "output-\(UUID().uuidString.prefix(8))"))
  }

  func answer(_ request: Request) async throws -> Answer {
    let ended = try await start(request.words).ended(within: 60)
    let words =
      request.isFull ? ToolWorkplace.rows(ended.output) : ToolWorkplace.lines(ended.output)
    return Answer(code: ended.code, words: words, output: ended.output)
  }

  /// The words with which lines of steps begin.
  private static let words: Set<Substring> = [
    "kept", "restored", "ran", "failed", "skipped", "cancelled",
    "fresh", "stale", "restore", "undecided", "frozen",
  ]

  private static func lines(_ output: String) -> [String: String] {
    let lines = output.split(separator: "\n").map { $0.split(separator: " ", maxSplits: 2) }
    let steps = lines.filter { $0.count > 1 && words.contains($0[0]) }
    return Dictionary(
      steps.map { (String($0[1]), String($0[0])) }, uniquingKeysWith: { $1 })
  }

  /// Verdicts of JSON, in the words that are shown.
  private static func rows(_ output: String) -> [String: String] {
    struct Sheet: Decodable {
      struct Row: Decodable {
        let name: String
        let verdict: String
      }

      let steps: [Row]
    }
    // Warnings stand around it.
    guard let start = output.range(of: "{\n"), let end = output.range(of: "\n}\n"),
      start.lowerBound < end.lowerBound,
      let sheet = try? JSONDecoder().decode(
        Sheet.self, from: Data(output[start.lowerBound..<end.upperBound].utf8))
    else { return [:] }
    let rows = sheet.steps.map { ($0.name, $0.verdict == "restorable" ? "restore" : $0.verdict) }
    return Dictionary(rows, uniquingKeysWith: { $1 })
  }
}
