/// What a run did, step by step, for files that outlive the terminal.
package struct RunReport: Sendable {
  /// How a run as a whole ended; steps that may fail do not count.
  package enum Outcome: String, Sendable {
    case succeeded, failed, cancelled
  }

  package var project: String
  /// The name of the experiment; nil where none was made.
  package var experiment: String?
  package var outcome: Outcome
  /// When it began, in nanoseconds since 1970.
  package var started: Int
  /// From begin to end.
  package var seconds: Double
  /// The selected steps, in the order of the pipeline.
  package var steps: [Step]
  /// Those that were asked for, in that order.
  package var promotions: [PromotionEnding] = []

  package init(
    project: String, experiment: String? = nil, outcome: Outcome, started: Int = 0,
    seconds: Double = 0, steps: [Step]
  ) {
    self.project = project
    self.experiment = experiment
    self.outcome = outcome
    self.started = started
    self.seconds = seconds
    self.steps = steps
  }

  /// How one step ended.
  package struct Step: Sendable {
    package var name: StepName
    package var ending: Ending
    /// Whether a result of it is recorded now.
    package var isRecorded: Bool
    package var reasons: [Reason] = []
    /// Nil where its inputs never settled.
    package var key: ActionKey?
    /// What this run's execution took; nil where nothing executed.
    package var usage: Usage?
    package var outputs: [Output] = []
    package var metrics: [(name: String, value: Value)] = []
    /// What went wrong; also where the failure is allowed.
    package var failure: Failure?
    /// Whether the run succeeds though this step failed.
    package var mayFail = false

    package init(name: StepName, ending: Ending, isRecorded: Bool) {
      self.name = name
      self.ending = ending
      self.isRecorded = isRecorded
    }
  }

  /// What a step wrote.
  package struct Output: Sendable {
    package let name: Name?
    package let path: Path
    package let digest: Digest
    /// The artifact's version; nil where none is counted.
    package let version: Int?

    package init(name: Name?, path: Path, digest: Digest, version: Int? = nil) {
      self.name = name
      self.path = path
      self.digest = digest
      self.version = version
    }
  }

  /// What is told of a step that failed.
  package struct Failure: Sendable {
    /// Without the step's name: `exit code 1`.
    package var message: String
    /// The log's last lines.
    package var excerpt: [String]
    /// Where the whole log lies.
    package var log: String?
    /// The manifest as the reader knows it, and the line that declares the step.
    package var file: String?
    package var line: Int?

    package init(
      message: String, excerpt: [String] = [], log: String? = nil, file: String? = nil,
      line: Int? = nil
    ) {
      self.message = message
      self.excerpt = excerpt
      self.log = log
      self.file = file
      self.line = line
    }
  }
}

extension RunReport {
  /// `1 failed, 3 kept in 12 s`.
  package var summary: String { RunReport.summary(of: steps.map(\.ending), seconds: seconds) }

  /// The same of steps that ended so.
  package static func summary(of endings: [Ending], seconds: Double) -> String {
    "\(Ending.totals(endings)) in \(Amount.duration(seconds: seconds))"
  }

  /// What `run --report` writes, schema 1.
  package var json: Value {
    var entries: [(key: String, value: Value)] = [
      ("schema", .number("1")),
      ("project", .text(project)),
      ("experiment", experiment.map(Value.text) ?? .null),
      ("outcome", .text(outcome.rawValue)),
      ("steps", .list(steps.map(\.json))),
    ]
    if !promotions.isEmpty { entries.append(("promotions", .list(promotions.map(\.json)))) }
    return .map(entries)
  }
}

extension RunReport.Step {
  /// How the terminal tells of it.
  package var line: RunLine {
    guard let failure else {
      let isExplained = ending == .ran || ending == .restored
      return RunLine(
        name: "\(name)", ending: ending, reasons: isExplained ? reasons : [],
        seconds: usage?.seconds)
    }
    return RunLine(
      name: "\(name)", ending: ending, detail: failure.message, seconds: usage?.seconds)
  }

  fileprivate var json: Value {
    .map([
      ("name", .text("\(name)")),
      ("ending", .text(ending.rawValue)),
      ("recorded", .boolean(isRecorded)),
      ("reasons", .list(reasons.map(\.json))),
      ("key", key.map { .text($0.digest.description) } ?? .null),
      ("seconds", usage.map { Amount.number($0.seconds) } ?? .null),
      ("cpuSeconds", usage.map { Amount.number($0.cpuSeconds) } ?? .null),
      ("peakMemoryBytes", usage.map { .number("\($0.peakMemoryBytes)") } ?? .null),
      ("outputs", .list(outputs.map(\.json))),
      ("metrics", .map(metrics.map { (key: $0.name, value: $0.value) })),
    ])
  }
}

extension RunReport.Output {
  fileprivate var json: Value {
    .map([
      ("name", name.map { .text($0.text) } ?? .null),
      ("path", .text(path.description)),
      ("digest", .text(digest.description)),
      ("version", version.map { .number("\($0)") } ?? .null),
    ])
  }
}
