/// A registered model: which artifact its versions are of, and what a version has to fulfil.
package struct Model: Sendable {
  package let name: Name
  /// Where the manifest declares it.
  package let span: Span
  /// All of a matrix group, in matrix order; else one.
  package let from: [ID<Artifact>]
  package let better: Better?
  /// In manifest order.
  package let require: [Threshold]
  /// Steps that execute on promotion, in manifest order, each once.
  package let deploy: [ID<Step>]

  package init(
    name: Name, span: Span, from: [ID<Artifact>], better: Better?, require: [Threshold],
    deploy: [ID<Step>]
  ) {
    self.name = name
    self.span = span
    self.from = from
    self.better = better
    self.require = require
    self.deploy = deploy
  }

  /// Every metric that decides, each once: that of `better` first.
  package var metrics: [MetricName] {
    var seen: Set<MetricName> = []
    return ((better.map { [$0.metric] } ?? []) + require.map(\.metric))
      .filter { seen.insert($0).inserted }
  }
}

/// When one version is better than another.
package struct Better: Sendable, Equatable {
  package let metric: MetricName
  package let goal: Goal
  /// By more than this it has to be better; not below 0.
  package let by: Double

  package init(metric: MetricName, goal: Goal, by: Double = 0) {
    self.metric = metric
    self.goal = goal
    self.by = by
  }
}
