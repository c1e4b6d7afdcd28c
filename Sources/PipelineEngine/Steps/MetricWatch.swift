import PipelineModel

/// What a step at work says of its progress: the newest value of each of its metrics.
package struct StepProgress: Sendable, Equatable {
  /// What its last line belongs to: `epoch 30`; nil where the line does not say.
  package let moment: String?
  /// Names with numbers, in the order in which they first came.
  package let metrics: [Metric]

  package init(moment: String?, metrics: [Metric]) {
    self.moment = moment
    self.metrics = metrics
  }
}

/// Looks at a step's metrics file while the step works.
///
/// It sleeps as a task and holds no thread. A look reads what the file has grown by, and where that
/// is much, understands only its end: what has been overtaken need not be seen.
struct MetricWatch: Sendable {
  private let file: Descriptor
  private let mask: SecretMask
  private let tell: @Sendable (StepProgress) -> Void

  /// - Parameters:
  ///   - file: opened for reading, at its beginning.
  ///   - mask: hides secrets.
  ///   - tell: called with what is new, at most twice a second.
  init(
    _ file: Descriptor, mask: SecretMask, tell: @escaping @Sendable (StepProgress) -> Void
  ) {
    self.file = file
    self.mask = mask
    self.tell = tell
  }

  /// Watches until its task is cancelled. What comes last may stay unseen: the step has ended then.
  func follow() async {
    var mask = mask
    var series = MetricSeries()
    while true {
      do {
        try await Task.sleep(for: MetricWatch.interval)
        let (bytes, isWhole) = try newest()
        if bytes.isEmpty { continue }
        // The end of a long stretch begins within a line, which is no line then.
        let shown = mask.feed(isWhole ? bytes : MetricWatch.lineFeed + bytes)
        guard !series.feed(shown).isEmpty else { continue }
        tell(
          StepProgress(
            moment: series.moment.map { "\($0.word) \($0.step)" },
            metrics: series.latest.filter { $0.number != nil }))
      } catch {
        // Cancelled, or the file cannot be read: the step goes on all the same.
        return
      }
    }
  }

  /// What has been written since the last look, or the last pieces of it.
  private func newest() throws(SystemError) -> (bytes: [UInt8], isWhole: Bool) {
    var (last, before, count): ([UInt8], [UInt8], Int) = ([], [], 0)
    while true {
      var piece = [UInt8](repeating: 0, count: MetricWatch.pieceBytes)
      var filled = 0
      var fault: SystemError?
      piece.withUnsafeMutableBytes { buffer in
        do throws(SystemError) { filled = try file.read(into: buffer) } catch { fault = error }
      }
      if let fault { throw fault }
      if filled == 0 { return (before + last, count <= 2) }
      piece.removeLast(piece.count - filled)
      (before, last, count) = (last, piece, count + 1)
    }
  }

  private static let interval = Duration.milliseconds(500)
  private static let pieceBytes = 65_536
  private static let lineFeed = [UInt8(ascii: "\n")]
}
