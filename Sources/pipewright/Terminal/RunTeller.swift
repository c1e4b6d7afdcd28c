import PipelineEngine
import PipelineModel

/// Tells the user what a run does: endings, what steps print, notes, and the sum at the end.
///
/// Called from several threads; the display behind it sees one call at a time.
final class RunTeller: Sendable {
  private struct State {
    var display: Display
    var splitters: [StepName: LineSplitter] = [:]
  }

  private let pipeline: Pipeline
  private let state: Locked<State>
  private let ticking: Task<Void, Never>?
  /// Whether steps that are kept are told one by one.
  private let tellsKept: Bool
  private let isVerbose: Bool

  /// - Parameter jobs: how many steps can be at work at once.
  init(_ style: Style, _ plan: Plan, jobs: Int, isQuiet: Bool, isVerbose: Bool) {
    pipeline = plan.pipeline
    let invocation = Invocation.shared
    let form = Display.Form(isQuiet: isQuiet)
    var display = Display(form, style: style, jobs: jobs) { invocation.show($0) }
    display.total = plan.steps.count
    display.nameWidth = plan.steps.map { plan.pipeline.steps[$0].name.description.count }.max() ?? 0
    display.mask = StepEnvironment(invocation.environment).mask(of: plan.pipeline)
    let screen = invocation.display
    display.size = { Terminal.size(screen) ?? (80, 24) }
    self.isVerbose = isVerbose
    tellsKept = isVerbose || plan.steps.count <= RunTeller.mostKept
    let state = Locked(State(display: display))
    self.state = state
    ticking =
      form == .live
      ? Task.detached {
        while !Task.isCancelled {
          try? await Task.sleep(for: .milliseconds(100))
          state.withLock { $0.display.tick() }
        }
      } : nil
  }

  /// In a larger plan what is kept is only counted.
  static let mostKept = 50

  func tell(_ event: RunEvent) {
    state.withLock { state in
      switch event {
      case .started(let id, _): state.display.stepStarted(pipeline.steps[id].name.description)
      case .printed(let name, let bytes): output(name, bytes, &state)
      case .progress(_, _, let secondsLeft): state.display.secondsLeft = secondsLeft
      case .ended(let id, let outcome, let decision):
        ended(pipeline.steps[id].name, outcome, decision?.verdict.reasons ?? [], &state)
      }
    }
  }

  /// What the metrics of a step at work have come to, masked.
  func progress(_ step: StepName, _ progress: StepProgress) {
    state.withLock { $0.display.stepProgressed(step.description, progress) }
  }

  func warn(_ text: String) {
    state.withLock { $0.display.warn(StyledLine("warning: \(text)", .caution)) }
  }

  func note(_ text: String) {
    state.withLock { $0.display.print(text) }
  }

  func tell(survivors: [Ledger.Survivor]) {
    guard !survivors.isEmpty else { return }
    let count = Amount.count(survivors.count, "process", plural: "processes")
    note("ended \(count) that a killed run had left working")
  }

  /// Takes the live region away; called before anything else is written.
  func finish(_ warnings: [StorageWarning]) {
    ticking?.cancel()
    state.withLock { state in
      for warning in warnings { state.display.warn(StyledLine("warning: \(warning)", .caution)) }
      state.display.finish()
    }
  }

  /// The last line of a run.
  func summary(_ report: RunReport) {
    var line = StyledLine(report.summary, report.outcome == .succeeded ? .strong : .bad)
    if let name = report.experiment { line.append(", experiment \(name)", .dim) }
    state.withLock { state in
      state.display.print(line)
      state.display.finish()
    }
  }

  private func output(_ step: StepName, _ bytes: [UInt8], _ state: inout State) {
    if state.display.hidesOutput { return }
    let lines = state.splitters[step, default: LineSplitter()].feed(bytes)
    state.display.output(step.description, lines: lines)
  }

  private func ended(
    _ name: StepName, _ outcome: Outcome, _ reasons: [Reason], _ state: inout State
  ) {
    if !state.splitters.isEmpty, let rest = state.splitters.removeValue(forKey: name)?.flushed {
      state.display.output(name.description, rest)
    }
    if outcome.ending == .kept, !tellsKept { return state.display.stepKept() }
    let detail =
      switch outcome.ending {
      case .ran, .restored: RunLine.detail(of: reasons)
      case .failed: outcome.failure?.fact ?? ""
      // Nothing came of why it would have executed.
      case .kept, .skipped, .cancelled: ""
      }
    state.display.stepEnded(
      name.description, outcome.ending, detail: detail, seconds: outcome.usage?.seconds)
    if isVerbose, !detail.isEmpty {
      for reason in reasons { state.display.print("          \(reason.text)") }
    }
    for note in outcome.notes {
      state.display.warn(StyledLine("warning: step '\(name)': \(note)", .caution))
    }
    guard let failure = outcome.failure else { return }
    state.display.warn(excerpt: failure.excerpt)
    if let log = outcome.log { state.display.warn(StyledLine("    log: \(log)")) }
    if let hint = failure.hint { state.display.warn(StyledLine("    hint: \(hint)")) }
  }
}

extension Display.Form {
  /// As this process was started.
  init(isQuiet: Bool) {
    self = isQuiet ? .quiet : Invocation.shared.isTerminal ? .live : .plain
  }
}

extension LineSplitter {
  /// What stands behind the last line feed.
  fileprivate var flushed: [UInt8]? {
    var copy = self
    return copy.flush()
  }
}
