/// What is decided of a step.
package enum Verdict: Sendable, Equatable {
  /// The workspace holds what the result says.
  case kept(Result)
  /// The result answers and the store has every output that differs; never empty.
  case restorable(Result, [Reason])
  /// The step has to execute. Reasons follow the order of the fingerprint's fields; never empty.
  case stale([Reason])
  /// It waits for what these steps make.
  case undecided([StepName])

  package var isFresh: Bool {
    switch self {
    case .kept, .restorable: true
    case .stale, .undecided: false
    }
  }

  /// The same with a result that does not say what it was made from.
  package var brief: Verdict {
    switch self {
    case .kept(let result): .kept(result.brief)
    case .restorable(let result, let reasons): .restorable(result.brief, reasons)
    case .stale, .undecided: self
    }
  }

  package var reasons: [Reason] {
    switch self {
    case .kept, .undecided: []
    case .restorable(_, let reasons), .stale(let reasons): reasons
    }
  }
}

/// Why a step executes or is restored.
package enum Reason: Sendable, Hashable {
  case forced
  case always
  case firstRun
  /// It has executed, and never succeeded.
  case neverSucceeded
  case changed(from: Field, to: Field)
  case added(Field)
  case removed(Field)
  /// Nothing differs from the last success, but its result is gone or was never recorded.
  case resultMissing
  /// The result comes from another workspace, and the step has effects outside.
  case resultElsewhere
  case outputMissing(Path)
  /// Someone else than the step wrote it.
  case outputChanged(Path, from: Content, to: Content)
  /// A link or something else that no step may write lies in its place or in it.
  case outputReplaced(Path)
  /// The workspace's output differs and the store does not have the result's.
  case outputNotStored(Path)
}

/// What is known of a step whose inputs are settled.
package struct Evidence: Sendable {
  package struct Output: Sendable {
    package let path: Path
    /// What the workspace has there; nil also where that is no output.
    package let present: Content?
    /// Whether something lies there that no output may be or hold.
    package let isForeign: Bool
    /// Whether the store has every object of the result's output.
    package let isRestorable: Bool
    /// Whether its old content is an input of the step.
    package let isPersistent: Bool

    package init(
      path: Path, present: Content?, isForeign: Bool = false, isRestorable: Bool,
      isPersistent: Bool
    ) {
      self.path = path
      self.present = present
      self.isForeign = isForeign
      self.isRestorable = isRestorable
      self.isPersistent = isPersistent
    }
  }

  package var fingerprint: Fingerprint
  package var traits: Set<StepTrait>
  package var isForced: Bool
  package var workspace: String
  /// Recorded under the fingerprint's key.
  package var result: Result?
  /// What is at the declared outputs; only asked for where there is a result.
  package var outputs: [Output]
  /// The last success of this step in this workspace.
  package var last: Result?
  /// The key of that success, also where its result is gone.
  package var lastKey: ActionKey?
  package var hasFailed: Bool

  package init(
    fingerprint: Fingerprint, traits: Set<StepTrait> = [], isForced: Bool = false,
    workspace: String, result: Result? = nil, outputs: [Output] = [], last: Result? = nil,
    lastKey: ActionKey? = nil, hasFailed: Bool = false
  ) {
    self.fingerprint = fingerprint
    self.traits = traits
    self.isForced = isForced
    self.workspace = workspace
    self.result = result
    self.outputs = outputs
    self.last = last
    self.lastKey = lastKey ?? last?.key
    self.hasFailed = hasFailed
  }
}

extension Verdict {
  /// One rule for three endings: a result whose outputs are here is kept; one whose outputs the
  /// store has is restored; else the step executes.
  ///
  /// All reasons are collected, never only the first.
  package init(_ evidence: Evidence) {
    var reasons: [Reason] = []
    if evidence.isForced { reasons.append(.forced) }
    if evidence.traits.contains(.always) { reasons.append(.always) }
    guard let result = evidence.result else {
      self = .stale(reasons + Verdict.whyNoResult(evidence))
      return
    }
    // Another workspace may record the same key anew; what this one did stays done.
    let isOwn = result.workspace == evidence.workspace || result.key == evidence.lastKey
    if evidence.traits.contains(.effects), !isOwn {
      reasons.append(.resultElsewhere)
    }
    let differences = Verdict.differences(evidence, from: result)
    let isLost = !differences.allSatisfy(\.isRestorable)
    if reasons.isEmpty, !isLost {
      self =
        differences.isEmpty
        ? .kept(result) : .restorable(result, Verdict.why(evidence, differences))
      return
    }
    if isLost {
      reasons += Verdict.why(evidence, differences)
      reasons += differences.filter { !$0.isStored }.map { .outputNotStored($0.path) }
    }
    self = .stale(reasons)
  }

  private static func whyNoResult(_ evidence: Evidence) -> [Reason] {
    guard let last = evidence.last else {
      if evidence.lastKey != nil { return [.resultMissing] }
      return [evidence.hasFailed ? .neverSucceeded : .firstRun]
    }
    let changes = evidence.fingerprint.changes(since: last.fingerprint)
    return changes.isEmpty ? [.resultMissing] : changes
  }

  /// What lies there from the step's last success is explained by what has changed since; what
  /// does not was written by somebody else.
  private static func why(_ evidence: Evidence, _ differences: [Difference]) -> [Reason] {
    guard let last = evidence.last else { return differences.map(\.reason) }
    let unexplained = differences.filter { difference in
      difference.present == nil
        || !last.outputs.contains {
          $0.path == difference.path && $0.content == difference.present
        }
    }
    let reasons =
      evidence.fingerprint.changes(since: last.fingerprint) + unexplained.map(\.reason)
    // Empty where the key has another result by now, that of a step whose bytes vary.
    return reasons.isEmpty ? differences.map(\.reason) : reasons
  }

  private struct Difference {
    let path: Path
    let present: Content?
    let reason: Reason
    let isStored: Bool
    let isRestorable: Bool
  }

  /// The outputs that are not as the result says.
  private static func differences(_ evidence: Evidence, from result: Result) -> [Difference] {
    let isOwn = evidence.last?.key == result.key && result.workspace == evidence.workspace
    return zip(evidence.outputs, result.outputs).compactMap { output, recorded in
      guard output.present != recorded.content else { return nil }
      let reason: Reason =
        output.present.map {
          .outputChanged(output.path, from: recorded.content, to: $0)
        } ?? (output.isForeign ? .outputReplaced(output.path) : .outputMissing(output.path))
      // What grew from an unknown old content is put back only where this workspace left it so.
      let isRestorable = output.isRestorable && (!output.isPersistent || isOwn)
      return Difference(
        path: output.path, present: output.present, reason: reason, isStored: output.isRestorable,
        isRestorable: isRestorable)
    }
  }
}
