import PipelineModel

/// What has happened and is neither written down nor passed on yet.
///
/// Of what steps print it holds no more than a limit: a step may print faster than a terminal
/// shows. What is left out is counted, and stands in the step's log.
struct WaitingEvents: Sendable {
  private var events: [RunEvent] = []
  private var printedBytes = 0
  /// In the order in which their output was first left out.
  private var omissions: [Omission] = []
  /// Steps whose last piece, as far as it is passed on, ends within a line.
  private var midLine: Set<StepName> = []
  private let limit: Int

  private struct Omission {
    let step: StepName
    var lineCount: Int
  }

  /// - Parameter limit: bytes of what is printed.
  init(limit: Int = 4 << 20) {
    self.limit = limit
  }

  /// Whether nothing has happened since all were taken.
  var isEmpty: Bool { events.isEmpty && omissions.isEmpty }

  mutating func add(_ event: RunEvent) {
    guard case .printed(let step, let bytes) = event else {
      // What was printed comes before the end of the step that has printed it.
      tellOmissions()
      events.append(event)
      return
    }
    if let index = omissions.firstIndex(where: { $0.step == step }) {
      omissions[index].lineCount += WaitingEvents.lineFeeds(in: bytes)
    } else if printedBytes + bytes.count > limit {
      omissions.append(Omission(step: step, lineCount: WaitingEvents.lineFeeds(in: bytes)))
    } else {
      printedBytes += bytes.count
      if bytes.last == UInt8(ascii: "\n") { midLine.remove(step) } else { midLine.insert(step) }
      events.append(event)
    }
  }

  /// All since the last call.
  mutating func takeAll() -> [RunEvent] {
    tellOmissions()
    defer {
      events = []
      printedBytes = 0
    }
    return events
  }

  private mutating func tellOmissions() {
    for omission in omissions {
      let lines = Amount.count(omission.lineCount, "line")
      let end = midLine.remove(omission.step) == nil ? "" : "\n"
      let text = "\(end)… \(lines) not shown, being too many at once; the log has them\n"
      events.append(.printed(omission.step, Array(text.utf8)))
    }
    omissions = []
  }

  private static func lineFeeds(in bytes: [UInt8]) -> Int {
    bytes.count { $0 == UInt8(ascii: "\n") }
  }
}
