import PipelineEngine
import PipelineModel

/// What the user sees while steps execute.
///
/// A state machine: it asks for the time and hands bytes to a sink, and nothing else. It belongs to
/// one loop; that loop calls `tick` now and then.
struct Display {
  enum Form: Sendable {
    /// Lines, for files, pipes and CI.
    case plain
    /// Lines, and below them a region that shows what is at work.
    case live
    /// Failures and warnings only.
    case quiet
  }

  /// How many steps end in all.
  var total = 0
  /// Of the longest name, so that details stand under each other.
  var nameWidth = 0
  /// What is left at least; nil where nothing is known.
  var secondsLeft: Double?
  /// Columns and rows; asked for at every drawing, since windows change.
  var size: @Sendable () -> (columns: Int, rows: Int) = { (80, 24) }
  /// Seconds since whenever, never going back.
  var clock: @Sendable () -> Double = { Terminal.seconds }

  /// Hides secrets that only show when control characters have gone from between their letters.
  var mask = SecretMask([])

  private let form: Form
  private let style: Style
  private let sanitiser: Sanitiser
  private let mostRunning: Int
  private let sink: @Sendable ([UInt8]) -> Void

  private var ended = 0
  /// In the order in which they started.
  private var running: [Running] = []
  /// Lines that wait for the next drawing.
  private var pending: [UInt8] = []
  /// How many lines of the region are on the screen.
  private var regionHeight = 0
  private var lastRegion: [String] = []
  private var lastDrawing = -Double.infinity

  private struct Running {
    let name: String
    let since: Double
    /// The newest of its metrics.
    var progress = ""
    /// When a line last told of them.
    var told = -Double.infinity
  }

  /// - Parameters:
  ///   - jobs: how many steps can be at work at once.
  ///   - sink: takes what is to be written, each time with one call.
  init(
    _ form: Form, style: Style, jobs: Int = 8, sink: @escaping @Sendable ([UInt8]) -> Void
  ) {
    self.form = form
    self.style = style
    self.sink = sink
    sanitiser = Sanitiser(keepsColour: style.isColoured)
    mostRunning = min(max(1, jobs), 8)
  }

  /// Shows a line above the region; nothing in the quiet form.
  mutating func print(_ line: StyledLine) {
    switch form {
    case .quiet: break
    case .plain, .live: show(style.text(line))
    }
  }

  /// Shows plain text above the region; nothing in the quiet form.
  mutating func print(_ text: String) {
    print(StyledLine(text))
  }

  /// Shows a line in every form.
  mutating func warn(_ line: StyledLine) {
    show(style.text(line))
  }

  /// Shows the last lines of a log in every form.
  mutating func warn(excerpt: [String]) {
    for line in excerpt {
      // GitHub's runner would obey it, from a step whose command nobody may have read.
      let isCommand = line.drop(while: \.isWhitespace).hasPrefix("::")
      warn(StyledLine("    \(isCommand ? "| " : "")\(line)", .dim))
    }
  }

  /// Told that a step is at work from now on.
  mutating func stepStarted(_ name: String) {
    running.append(Running(name: name, since: clock()))
    draw()
  }

  /// Counts a step that is kept, and says nothing.
  mutating func stepKept() {
    ended += 1
  }

  /// Shows the line of a step that has ended, whether or not it ever started.
  ///
  /// - Parameter detail: why, or what went wrong; may be empty.
  mutating func stepEnded(
    _ name: String, _ ending: Ending, detail: String = "", seconds: Double? = nil
  ) {
    running.removeAll { $0.name == name }
    ended += 1
    let line = RunLine(name: name, ending: ending, detail: detail, seconds: seconds)
      .line(nameWidth: nameWidth)
    if ending == .failed { warn(line) } else { print(line) }
  }

  /// Whether what steps print is not shown at all.
  var hidesOutput: Bool {
    switch form {
    case .quiet: true
    case .plain, .live: false
    }
  }

  /// Shows a line that a step wrote: `train | epoch 3`.
  ///
  /// - Parameter line: as the step wrote it, secrets masked, without its line feed.
  mutating func output(_ name: String, _ line: [UInt8]) {
    output(name, lines: [line])
  }

  /// The same of several lines, written together.
  mutating func output(_ name: String, lines: [[UInt8]]) {
    if hidesOutput || lines.isEmpty { return }
    let name = style.paintedName(name)
    show(lines.map { "\(name) | \(shown($0))" }.joined(separator: "\n"))
  }

  /// What of a line is shown.
  private func shown(_ line: [UInt8]) -> String {
    let text = sanitiser.text(line)
    guard mask.hidesSomething else { return text }
    let plain = Sanitiser(keepsColour: false, limit: sanitiser.limit).text(line)
    let masked = mask.masked(plain)
    return masked == plain ? text : masked
  }

  /// Shows the newest metrics of a step at work: beside its time, or in a line now and then.
  mutating func stepProgressed(_ name: String, _ progress: StepProgress) {
    guard let index = running.firstIndex(where: { $0.name == name }) else { return }
    let metrics = progress.metrics.prefix(Display.mostMetrics).map { metric in
      "\(metric.name) \(metric.number.map { Metric.brief($0) } ?? "")"
    }
    let more = progress.metrics.count > Display.mostMetrics ? ["…"] : []
    let parts = [progress.moment].compactMap { $0 } + metrics + more
    switch form {
    case .quiet: break
    case .plain:
      let now = clock()
      guard now - running[index].told >= Display.metricInterval else { return }
      running[index].told = now
      let text = shown(Array(parts.joined(separator: ", ").utf8))
      show("\(style.paintedName(name)) | metrics: \(text)")
    case .live:
      running[index].progress = shown(Array(parts.joined(separator: " · ").utf8))
      draw()
    }
  }

  /// Shows what has gathered and lets the times go on.
  mutating func tick() {
    draw()
  }

  /// Shows what has gathered and takes the region away: nothing more comes.
  mutating func finish() {
    running = []
    total = 0
    draw(isLast: true)
  }

  private mutating func show(_ text: String) {
    switch form {
    case .plain, .quiet: sink(Array("\(text)\n".utf8))
    case .live:
      pending += "\(text)\n".utf8
      draw()
    }
  }

  /// Draws at most ten times a second, unless so much has gathered that it should not wait.
  private mutating func draw(isLast: Bool = false) {
    guard case .live = form else { return }
    let now = clock()
    let isDue = now - lastDrawing >= Display.interval || pending.count > Display.mostPending
    guard isDue || isLast else { return }
    let region = isLast ? [] : regionLines(now)
    if pending.isEmpty, region == lastRegion { return }
    var bytes: [UInt8] = []
    // The region is erased before the lines are written, not after: a line that wraps would leave
    // remains of it standing.
    if regionHeight > 0 { bytes += "\r\u{1B}[\(regionHeight)A\u{1B}[J".utf8 }
    bytes += pending
    for line in region { bytes += "\(line)\n".utf8 }
    sink(bytes)
    pending = []
    regionHeight = region.count
    lastRegion = region
    lastDrawing = now
  }

  private static let interval = 0.1
  /// Seconds between two lines that tell of one step's metrics.
  private static let metricInterval = 10.0
  private static let mostMetrics = 5
  private static let mostPending = 65_536

  /// One line of totals and one per running step; none while nothing is at work.
  private func regionLines(_ now: Double) -> [String] {
    guard !running.isEmpty else { return [] }
    let (columns, rows) = size()
    // The last column stays free: a cursor that waits at the margin may wrap or not.
    let width = max(1, columns - 1)
    var totals = "[\(ended)/\(max(total, ended + running.count))] \(running.count) running"
    if let secondsLeft, secondsLeft > 0 {
      totals += ", about \(Amount.estimate(seconds: secondsLeft)) left"
    }
    // Of a region as high as the screen the cursor could not go back to the top.
    let room = max(0, min(mostRunning, rows - 2))
    let longest = running.prefix(room).map { Columns.width($0.name) }.max() ?? 0
    var lines = [style.painted(Columns.truncated(totals, to: width), .strong)]
    for step in running.prefix(room) {
      let name = VisibleText.line(step.name)
      let gap = String(repeating: " ", count: longest - Columns.width(step.name))
      let time = Display.elapsed(now - step.since)
      let progress = step.progress.isEmpty ? "" : "  \(step.progress)"
      lines.append(Columns.truncated("  \(name)\(gap)  \(time)\(progress)", to: width))
    }
    return lines
  }

  /// Whole seconds: tenths would only flicker.
  private static func elapsed(_ seconds: Double) -> String {
    let whole = seconds.rounded(.down)
    return whole < 10 ? "\(Int(max(0, whole))) s" : Amount.duration(seconds: whole)
  }
}
