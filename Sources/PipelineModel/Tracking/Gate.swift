/// What a version of a registered model has to pass before an alias moves to it.
package struct Gate: Sendable {
  package let better: Better?
  package let require: [Threshold]

  package init(better: Better? = nil, require: [Threshold] = []) {
    self.better = better
    self.require = require
  }

  package init(_ model: Model) {
    self.init(better: model.better, require: model.require)
  }

  /// Decides whether the alias may move.
  ///
  /// A metric of the candidate that is missing or not a number is refused. What the incumbent was
  /// not measured by it cannot be defended with: there the candidate passes.
  ///
  /// - Parameter incumbent: of the version that has the alias, on the same data; nil where none
  ///   has it.
  package func decide(
    candidate: [MetricName: Double], incumbent: [MetricName: Double]?
  ) -> Decision {
    var checks: [Check] = []
    if let better {
      let (value, other) = (candidate[better.metric], incumbent?[better.metric])
      checks.append(
        Check(
          metric: better.metric, candidate: value, incumbent: other, demand: .better(better),
          verdict: Gate.verdict(value, other, better, hasIncumbent: incumbent != nil)))
    }
    for threshold in require {
      let value = candidate[threshold.metric]
      checks.append(
        Check(
          metric: threshold.metric, candidate: value, incumbent: incumbent?[threshold.metric],
          demand: .threshold(threshold), verdict: Gate.verdict(value, threshold)))
    }
    return checks.allSatisfy(\.verdict.passes) ? .passed(checks) : .refused(checks)
  }

  /// The candidate with the best value; of equals the first. Nil where none has a number.
  package static func best<Candidate>(
    of candidates: [(candidate: Candidate, value: Double?)], goal: Goal
  ) -> Candidate? {
    var best: (candidate: Candidate, value: Double)?
    for (candidate, value) in candidates {
      guard let value, !value.isNaN else { continue }
      if let known = best, !goal.prefers(value, to: known.value) { continue }
      best = (candidate, value)
    }
    return best?.candidate
  }

  private static func verdict(
    _ candidate: Double?, _ incumbent: Double?, _ better: Better, hasIncumbent: Bool
  ) -> Verdict {
    guard let candidate else { return .missing }
    if candidate.isNaN { return .notANumber }
    guard hasIncumbent else { return .noIncumbent }
    guard let incumbent, !incumbent.isNaN else { return .incumbentUnmeasured }
    return better.goal.prefers(candidate, to: incumbent, by: better.by) ? .better : .notBetter
  }

  private static func verdict(_ candidate: Double?, _ threshold: Threshold) -> Verdict {
    guard let candidate else { return .missing }
    if candidate.isNaN { return .notANumber }
    return threshold.comparison.holds(candidate, threshold.number) ? .fulfilled : .notFulfilled
  }
}

extension Gate {
  /// Passed or refused, with everything that was looked at: what is better first.
  package enum Decision: Sendable {
    case passed([Check])
    /// At least one check does not pass.
    case refused([Check])

    package var checks: [Check] {
      switch self {
      case .passed(let checks), .refused(let checks): checks
      }
    }

    package var isPassed: Bool {
      switch self {
      case .passed: true
      case .refused: false
      }
    }
  }

  /// One metric, measured and judged.
  package struct Check: Sendable {
    package let metric: MetricName
    /// Nil where it was not measured; may be not a number.
    package let candidate: Double?
    /// Nil where it was not measured, or no version has the alias.
    package let incumbent: Double?
    package let demand: Demand
    package let verdict: Verdict
  }

  /// What is asked of a metric.
  package enum Demand: Sendable, Equatable {
    case better(Better)
    case threshold(Threshold)
  }

  /// What came of one check.
  package enum Verdict: String, Sendable, CaseIterable {
    case better
    case notBetter = "not-better"
    /// No version has the alias.
    case noIncumbent = "no-incumbent"
    /// The incumbent's metric is missing or not a number.
    case incumbentUnmeasured = "incumbent-unmeasured"
    case fulfilled
    case notFulfilled = "not-fulfilled"
    /// The candidate's metric is.
    case missing
    case notANumber = "not-a-number"

    package var passes: Bool {
      switch self {
      case .better, .noIncumbent, .incumbentUnmeasured, .fulfilled: true
      case .notBetter, .notFulfilled, .missing, .notANumber: false
      }
    }
  }
}

extension Goal {
  /// Whether a value is better than another, by more than an amount; never where one of the two is
  /// not a number.
  ///
  /// As people write the numbers, not as they are stored: 0.8 is not better than 0.7 by more than
  /// 0.1, though the difference of the two in floating point is.
  package func prefers(_ value: Double, to other: Double, by amount: Double = 0) -> Bool {
    let isBetter: Bool
    switch self {
    case .maximize: isBetter = value > other
    case .minimize: isBetter = value < other
    }
    guard isBetter, amount > 0, value.isFinite, other.isFinite else { return isBetter }
    let difference = (value - other).magnitude
    let noise = 4 * max(value.magnitude.ulp, other.magnitude.ulp)
    return difference - amount > noise
  }
}
