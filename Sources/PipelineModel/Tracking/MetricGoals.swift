extension [Model] {
  /// Which way a metric gets better, as far as a model says so: by what it compares, or else by
  /// what it requires.
  ///
  /// - Parameter metric: its full name; that of one combination of a matrix step counts as the
  ///   step's.
  package func goal(ofMetric metric: String) -> Goal? {
    let compared = compactMap(\.better).first { $0.metric.covers(metric) }
    if let compared { return compared.goal }
    switch flatMap(\.require).first(where: { $0.metric.covers(metric) })?.comparison {
    case .atLeast, .above: return .maximize
    case .atMost, .below: return .minimize
    case nil: return nil
    }
  }
}

extension MetricName {
  /// Whether a recorded name is this one, or the same of a combination of the step's matrix.
  func covers(_ recorded: String) -> Bool {
    let own = description
    if recorded.utf8.elementsEqual(own.utf8) { return true }
    let step = Array(step.text.utf8)
    let rest = own.utf8.dropFirst(step.count)
    return recorded.utf8.starts(with: step + [UInt8(ascii: "@")])
      && recorded.utf8.count > step.count + rest.count
      && recorded.utf8.suffix(rest.count).elementsEqual(rest)
  }
}
