import Testing

/// What the code must not use, and where.
@Suite("Purity") struct PurityTests {
  struct Ban: Sendable, CustomStringConvertible {
    let targets: [String]
    /// Whole words of the code.
    let words: [String]
    let reason: String
    /// Files that may, and why.
    var exceptions: [String: String] = [:]

    var description: String { reason }
  }

  static let bans = [
    Ban(
      targets: ["PipelineModel"],
      words: [
        "Foundation", "Glibc", "Darwin", "Musl", "Dispatch", "Synchronization", "print",
        "debugPrint", "ContinuousClock", "SuspendingClock", "Date", "random", "shuffled",
        "randomElement", "SystemRandomNumberGenerator", "Task", "getenv", "CommandLine",
        "ProcessInfo", "FileManager",
      ],
      reason: "The model has no files, clock, random numbers, tasks or printing"),
    Ban(
      targets: ["PipelineEngine", "PipelineComponent", "pipewright"],
      words: ["Foundation", "FoundationEssentials"],
      reason: "Foundation costs more at every start than a run in which nothing is stale"),
    Ban(
      targets: ["PipelineEngine", "PipelineModel"], words: ["print", "debugPrint", "readLine"],
      reason: "Only the command line talks to the user"),
    Ban(
      targets: [
        "PipelineModel", "PipelineEngine", "PipelineComponent", "pipewright", "RunPipeline",
      ],
      words: ["fatalError", "assertionFailure", "unsafeBitCast"],
      reason: "A mistake of ours is a 'precondition'; nothing a user types reaches one",
      exceptions: [
        "Sources/PipelineEngine/Storage/Bytes.swift": "a hundred thousand digests at every start"
      ]),
  ]

  @Test("A target stays without what it must not use", arguments: bans)
  func absent(_ ban: Ban) {
    for file in Repository.sources where ban.targets.contains(file.target) {
      guard ban.exceptions[file.path] == nil else { continue }
      for (index, line) in file.codeLines.enumerated() {
        let words = Set(line.matches(of: /\w+/).map { String($0.0) })
        let found = words.intersection(ban.words)
        #expect(found.isEmpty, "\(file):\(index + 1) uses \(found.sorted())")
      }
    }
  }

  @Test("Casts and calls that can end the process", arguments: Repository.sources)
  func forced(_ file: SourceFile) {
    for (index, line) in file.codeLines.enumerated() {
      let place = "\(file):\(index + 1)"
      #expect(!line.contains("try!"), "\(place) has 'try!'")
      #expect(!line.contains(/\bas!/), "\(place) has 'as!'")
      #expect(!line.contains(/[\w)\]]!(?:$|[^=\w])/), "\(place) unwraps by force")
    }
  }
}
