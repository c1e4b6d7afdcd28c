import PipelineModel

/// The outside as a run sees it: what deciding asks of it, and what executing does to it.
package protocol World: Facts {
  /// Executes the step's component and records what came of it.
  ///
  /// - Parameter confirm: fingerprints the step anew, for the comparison before and after.
  func execute(
    _ work: Execution, confirm: @escaping @Sendable () async throws -> Fingerprint
  ) async -> Outcome
  /// Makes the result's outputs appear in the workspace.
  ///
  /// - Returns: nil where an object of the store turned out damaged: the step has to execute.
  func restore(_ work: Execution, from result: Result) async -> Outcome?
  /// What may be told of how a step ended, and kept: without secrets.
  func presentable(_ outcome: Outcome) -> Outcome
  /// Remembers how the step ended, for the next run's comparison. The result of one that is kept
  /// does not say what it was made from.
  func remember(_ step: StepName, _ outcome: Outcome)
  /// Takes away what was made and could not be recorded. Called when no step executes any more.
  func abandonUnrecorded()
}

extension World {
  package func abandonUnrecorded() {}
}

extension World {
  /// Where there are no secrets.
  package func presentable(_ outcome: Outcome) -> Outcome { outcome }
}

/// One step that is to be executed or restored, with what was decided of it.
package struct Execution: Sendable {
  package let pipeline: Pipeline
  package let id: ID<Step>
  package let decision: Decision
  /// Whether the step executes even if a result under its key has appeared meanwhile.
  package let mustExecute: Bool

  package var step: Step { pipeline.steps[id] }

  package init(
    pipeline: Pipeline, id: ID<Step>, decision: Decision, mustExecute: Bool
  ) {
    self.pipeline = pipeline
    self.id = id
    self.decision = decision
    self.mustExecute = mustExecute
  }
}

/// How one step ended.
package struct Outcome: Sendable {
  package var ending: Ending
  /// The result that answers now; nil where there is none.
  package var result: Result?
  /// What the outputs hold, in the order of the step's outputs; known even where no result could
  /// be recorded.
  package var contents: [Content] = []
  /// False where an input changed while the step worked.
  package var isRecorded = true
  /// Set as long as what was made may not be safe yet. Dependants may start, since what they read
  /// is known; nobody may be told.
  package var recording: Recording?
  package var usage: Usage?
  /// When its process first started, in nanoseconds since 1970; nil where none did.
  package var started: Int?
  package var failure: Failure?
  /// What the user should know beside the ending: warnings, files set aside.
  package var notes: [String] = []
  /// Where the log lies, from the workspace.
  package var log: Path?
  /// The world's moment at which the inputs were found unchanged and the outputs were known; nil
  /// where the decision's holds.
  package var moment: Int?
  /// What the step logged while it worked.
  package var logged = LoggedMetrics()

  package init(_ ending: Ending) {
    self.ending = ending
  }

  /// The same once it is recorded: as it is, or failed where that could not be done.
  package func settled() async -> Outcome {
    guard let recording else { return self }
    var settled = self
    settled.recording = nil
    guard let fault = await recording.fault() else { return settled }
    settled.ending = .failed
    settled.result = nil
    settled.isRecorded = false
    settled.failure = Failure(undecidable: fault)
    return settled
  }
}

/// Why a step failed.
package struct Failure: Sendable, Equatable {
  package var fact: String
  package var hint: String?
  /// Exit status; 128 + N for death by signal N; nil where the step never started.
  package var status: Int?
  /// The last lines of its log.
  package var excerpt: [String] = []
  /// Whether the machine failed (disk, permission, limits), not the step.
  package var isMachine = false

  package init(_ fact: String, hint: String? = nil, status: Int? = nil) {
    self.fact = fact
    self.hint = hint
    self.status = status
  }
}

/// What a run tells while it goes on.
package enum RunEvent: Sendable {
  case started(ID<Step>, isRestore: Bool)
  /// What a step printed, masked, as it came. Not told by the runner, but by whoever listens: it
  /// stands among the others so that their order stays true.
  case printed(StepName, [UInt8])
  /// The decision is nil where the step could not be decided, or never came to be.
  case ended(ID<Step>, Outcome, Decision?)
  /// Lower bound of the seconds that are left, and how many steps have ended.
  case progress(ended: Int, of: Int, secondsLeft: Double)
}

/// One execution of the pipeline.
package struct RunRecord: Sendable {
  package struct StepRecord: Sendable {
    package let step: ID<Step>
    package let decision: Decision?
    package let outcome: Outcome
  }

  /// In plan order.
  package var steps: [StepRecord]
  package var wasCancelled: Bool

  /// Whether any step failed whose failure counts.
  package func hasFailed(in pipeline: Pipeline) -> Bool {
    steps.contains { record in
      record.outcome.ending == .failed
        && !pipeline.steps[record.step].traits.contains(.allowFailure)
    }
  }

  /// Whether disk, permissions or limits, not a step, made it fail.
  package var hasMachineFailure: Bool { steps.contains { $0.outcome.failure?.isMachine == true } }
}
