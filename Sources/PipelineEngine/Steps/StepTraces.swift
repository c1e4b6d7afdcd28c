import PipelineModel

/// What all attempts at a step have printed and measured.
struct StepTraces {
  private let files: StepFiles
  /// Nil where it is more than is held in memory.
  private var printed: [UInt8]? = []
  /// Lines of metrics of the last attempt, masked.
  private(set) var metrics: [UInt8] = []

  init(_ files: StepFiles) {
    self.files = files
  }

  mutating func add(_ attempt: StepAttempt.Ended) {
    if let whole = attempt.log.whole { printed? += whole } else { printed = nil }
    metrics = attempt.metricLines
  }

  /// Puts what was printed into a store; from the file only what is long.
  func log(into deposit: Deposit, _ contents: Contents) throws -> Digest {
    if let printed { return try deposit.add(printed) }
    return try deposit.add([files.path(.log)], from: contents)[0].digest
  }
}
