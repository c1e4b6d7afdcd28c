/// The line that tells how a step of a run ended: `ran       clean   input raw.csv changed`.
package struct RunLine: Sendable, Equatable {
  package var name: String
  package var ending: Ending
  /// Why, or what went wrong; may be empty.
  package var detail: String
  /// Nil where nothing executed.
  package var seconds: Double?

  package init(name: String, ending: Ending, detail: String = "", seconds: Double? = nil) {
    self.name = name
    self.ending = ending
    self.detail = detail
    self.seconds = seconds
  }

  /// The line of a step that was decided for these reasons.
  package init(name: String, ending: Ending, reasons: [Reason], seconds: Double? = nil) {
    self.init(
      name: name, ending: ending, detail: RunLine.detail(of: reasons), seconds: seconds)
  }

  /// The first three reasons in brief, and how many more there are.
  package static func detail(of reasons: [Reason]) -> String {
    let shown = reasons.prefix(3).map(\.brief).joined(separator: ", ")
    return reasons.count > 3 ? "\(shown) and \(reasons.count - 3) more" : shown
  }

  /// The line as it is shown: ending, name, detail, time.
  ///
  /// - Parameter nameWidth: of the longest name, so that details stand under each other; names
  ///   beyond 32 characters push theirs aside.
  package func line(nameWidth: Int = 0) -> StyledLine {
    var line = StyledLine(ending.rawValue.padded(to: 8), ending.tone)
    line.append(ending == .cancelled ? " " : "  ")
    line.append(detail.isEmpty && seconds == nil ? name : name.padded(to: min(nameWidth, 32)))
    if !detail.isEmpty { line.append("  \(detail)") }
    if let seconds { line.append("  \(Amount.duration(seconds: seconds))", .dim) }
    return line
  }
}

extension Ending {
  /// How its word looks.
  package var tone: Tone {
    switch self {
    case .kept, .skipped: .dim
    case .restored, .ran: .good
    case .failed: .bad
    case .cancelled: .caution
    }
  }

  /// How many steps ended how, in the order of the six endings: `3 ran, 1 failed`.
  package static func totals(_ endings: some Sequence<Ending>) -> String {
    var counts: [Ending: Int] = [:]
    for ending in endings { counts[ending, default: 0] += 1 }
    return totals(counts)
  }

  /// The same where they are counted.
  package static func totals(_ counts: [Ending: Int]) -> String {
    let parts = Ending.allCases.compactMap { ending in
      counts[ending].map { "\($0) \(ending.rawValue)" }
    }
    return parts.isEmpty ? "nothing to do" : parts.joined(separator: ", ")
  }
}
