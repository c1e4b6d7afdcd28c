/// One entry of `models:`; what could not be read of it is missing.
package struct ModelDeclaration: Sendable {
  package let name: Located<Name>
  package var from: Located<ArtifactPattern>?
  /// What tells a better version; counts only together with `goal`.
  package var metric: Located<MetricName>?
  package var goal: Goal?
  /// By more than this a version has to be better.
  package var by: Double = 0
  /// Each stands at the place of its metric.
  package var require: [Located<Threshold>] = []
  /// Steps that execute on promotion.
  package var deploy: [Located<StepPattern>] = []

  package init(name: Located<Name>) {
    self.name = name
  }
}

/// A named artifact of a step, of all of its matrix or of one combination: `train.model`.
package struct ArtifactPattern: Sendable {
  package let step: StepPattern
  package let artifact: Name

  package init(step: StepPattern, artifact: Name) {
    self.step = step
    self.artifact = artifact
  }
}

/// Which way a metric gets better.
package enum Goal: String, Sendable, CaseIterable {
  case maximize, minimize
}

/// How a metric compares with a number.
package enum Comparison: String, Sendable, CaseIterable {
  case atLeast = ">="
  case above = ">"
  case atMost = "<="
  case below = "<"

  /// Whether it holds; never where one of the two is not a number.
  package func holds(_ value: Double, _ number: Double) -> Bool {
    switch self {
    case .atLeast: value >= number
    case .above: value > number
    case .atMost: value <= number
    case .below: value < number
    }
  }
}

/// What a metric has to fulfil: `evaluate.scores.accuracy >= 0.9`.
package struct Threshold: Sendable, Equatable {
  package let metric: MetricName
  package let comparison: Comparison
  /// Finite.
  package let number: Double

  package init(metric: MetricName, comparison: Comparison, number: Double) {
    self.metric = metric
    self.comparison = comparison
    self.number = number
  }
}
