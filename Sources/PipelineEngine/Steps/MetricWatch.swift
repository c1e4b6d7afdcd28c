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
/// The step makes the file; as long as there is none there is nothing to see. A look reads what the
/// file has grown by, and where that is much, only its end: what has been overtaken need not be
/// seen.
final class MetricWatch: Sendable {
  private struct State {
    var file: Descriptor?
    var position: Int64 = 0
    var mask: SecretMask
    var series = MetricSeries()
  }

  private let directory: Directory
  private let path: Path
  private let state: Locked<State>
  private let tell: @Sendable (StepProgress) -> Void

  /// - Parameters:
  ///   - mask: hides secrets.
  ///   - tell: called with what is new.
  init(
    _ path: Path, in directory: Directory, mask: SecretMask,
    tell: @escaping @Sendable (StepProgress) -> Void
  ) {
    self.directory = directory
    self.path = path
    state = Locked(State(mask: mask))
    self.tell = tell
  }

  /// Tells what has come since the last look. What comes last may stay unseen: the step has ended
  /// then.
  func look() {
    let progress = state.withLock { state -> StepProgress? in
      // One that cannot be read is no reason to disturb the step.
      guard let (bytes, isWhole) = try? newest(&state), !bytes.isEmpty else { return nil }
      // The end of a long stretch begins within a line, which is no line then.
      let shown = state.mask.feed(isWhole ? bytes : MetricWatch.lineFeed + bytes)
      guard !state.series.feed(shown).isEmpty else { return nil }
      return StepProgress(
        moment: state.series.moment.map { "\($0.word) \($0.step)" },
        metrics: state.series.latest.filter { $0.number != nil }.map(state.mask.masked))
    }
    if let progress { tell(progress) }
  }

  /// What has been written since the last look, or the end of it.
  private func newest(
    _ state: inout State
  ) throws(SystemError) -> (bytes: [UInt8], isWhole: Bool) {
    if state.file == nil { state.file = try open() }
    guard let file = state.file else { return ([], true) }
    let size = try file.status().sizeBytes
    let from = max(state.position, size - MetricWatch.mostBytes)
    let isWhole = from == state.position
    guard from < size else { return ([], true) }
    let bytes = try file.read(at: from, count: Int(size - from))
    state.position = from + Int64(bytes.count)
    return (bytes, isWhole)
  }

  /// Nil as long as it is no file: from what else the step may have put there one might read for
  /// ever.
  private func open() throws(SystemError) -> Descriptor? {
    guard try directory.status(of: path)?.kind == .file else { return nil }
    let file = try directory.open(path)
    return file.status.kind == .file ? file.descriptor : nil
  }

  private static let mostBytes: Int64 = 131_072
  private static let lineFeed = [UInt8(ascii: "\n")]
}
