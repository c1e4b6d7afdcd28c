import PipelineModel

/// Moving an alias of a model: what is looked at before, and what has to succeed first.
package struct Promotion: Sendable {
  package let registry: Registry
  package let model: Model
  package let alias: Name
  package let author: Author
  /// What a version is worth on today's data.
  package let measure: @Sendable (ModelVersionEntry) async throws -> [MetricName: Double]
  /// Does what promotion means outside: throws where that fails, and then no alias moves.
  package let deploy: @Sendable (ModelVersionEntry) async throws -> Void

  package init(
    _ model: Model, to alias: Name, in registry: Registry, by author: Author,
    measure: @escaping @Sendable (ModelVersionEntry) async throws -> [MetricName: Double],
    deploy: @escaping @Sendable (ModelVersionEntry) async throws -> Void
  ) {
    self.registry = registry
    self.model = model
    self.alias = alias
    self.author = author
    self.measure = measure
    self.deploy = deploy
  }

  /// Who moves, and on what occasion.
  package struct Author: Sendable {
    package var who: String
    /// What a user says; nil for a sentence that is made.
    package var why: String?
    /// The experiment that promotes; nil for the one that made the version.
    package var experiment: String?
    package var commit: String?

    package init(
      who: String, why: String? = nil, experiment: String? = nil, commit: String? = nil
    ) {
      self.who = who
      self.why = why
      self.experiment = experiment
      self.commit = commit
    }
  }

  /// What came of it.
  package enum Outcome: Sendable {
    /// The report is of a gate that would have refused, where nobody asked it.
    case moved(MoveEntry, GateReport?)
    /// The version has the alias; nothing was moved.
    case already(ModelVersionEntry)
    case refused(GateReport)
  }

  /// Which version is promoted.
  package enum Choice: Sendable {
    /// Of a group the best.
    case latest
    case number(Int)
    /// These contents of the model's artifacts, the best where they are several.
    case among([Content])
  }

  private func registered() throws -> RegisteredModel { try registry.model(named: model.name) }

  // MARK: Promotion

  /// Promotes if the gate passes, or without asking it.
  ///
  /// - Throws: `StepProblem` where there is no such version, or `deploy` failed.
  package func promote(_ choice: Choice, isGated: Bool) async throws -> Outcome {
    let known = try registered()
    let candidate = try await self.candidate(choice, known)
    let incumbent = known.version(having: alias.text)
    if let incumbent, incumbent == candidate { return .already(candidate) }
    let values: [MetricName: Double]
    let report: GateReport
    if isGated {
      values = try await measure(candidate)
      let others = try await incumbent.asyncMap { try await measure($0) }
      report = self.report(candidate, values, incumbent, others, known)
      guard report.decision.isPassed else { return .refused(report) }
    } else {
      values = try registry.metrics(of: candidate, model, known)
      let others = try incumbent.map { try registry.metrics(of: $0, model, known) }
      report = self.report(candidate, values, incumbent, others, known)
    }
    try await deploy(candidate)
    let why = isGated ? reason(report, instead: incumbent) : "promoted by hand"
    let move = try self.move(.promote, to: candidate, from: incumbent, why, values, known)
    return .moved(move, isGated || !report.decision.isPassed ? report : nil)
  }

  /// Brings back the version that had the alias before.
  ///
  /// - Throws: `StepProblem` where there was none.
  package func rollback() async throws -> Outcome {
    let known = try registered()
    guard let present = known.version(having: alias.text) else {
      throw StepProblem(
        "no-rollback", "no version of '\(model.name)' is \(alias)",
        hint: "write 'models promote \(model.name) \(alias)'")
    }
    guard let before = known.version(before: alias.text) else {
      throw StepProblem(
        "no-rollback", "no version of '\(model.name)' was \(alias) before v\(present.number)",
        hint: "promote the one that is wanted")
    }
    let values = try registry.metrics(of: before, model, known)
    try await deploy(before)
    let why = "rolled back from v\(present.number)"
    return .moved(try move(.rollback, to: before, from: present, why, values, known), nil)
  }

  private func move(
    _ act: MoveEntry.Act, to version: ModelVersionEntry, from: ModelVersionEntry?, _ why: String,
    _ metrics: [MetricName: Double], _ known: RegisteredModel
  ) throws -> MoveEntry {
    var request = MoveRequest(
      act, model.name.text, version: version.number, alias: alias.text, from: from?.number,
      who: author.who, why: author.why ?? why)
    request.metrics = metrics.sorted { $0.key < $1.key }
      .map { Metric($0.key.description, $0.value) }
    let origin = try registry.origin(of: version, model, known)
    request.experiment = author.experiment ?? origin?.experiment
    request.commit = author.experiment == nil ? origin?.commit ?? author.commit : author.commit
    return try registry.move(request)
  }

  // MARK: The candidate

  private func candidate(
    _ choice: Choice, _ known: RegisteredModel
  ) async throws -> ModelVersionEntry {
    switch choice {
    case .number(let number):
      if let version = known.version(number) { return version }
      let all = known.versions.last.map { "versions go from v1 to v\($0.number)" }
      throw StepProblem(
        "no-version", "there is no \(known.label(number))",
        hint: all ?? "run what makes it first")
    case .latest:
      let latest = try model.from.compactMap {
        try registry.history.version(of: registry.pipeline.trackedName(of: $0), nil)?.content
      }
      return try await best(of: latest, known)
    case .among(let contents):
      return try await best(of: contents, known)
    }
  }

  private func best(
    of contents: [Content], _ known: RegisteredModel
  ) async throws -> ModelVersionEntry {
    let candidates = known.versions.filter { contents.contains($0.content) }
    if candidates.count > 1, let better = model.better {
      var values: [(candidate: ModelVersionEntry, value: Double?)] = []
      for version in candidates {
        values.append((version, try await measure(version)[better.metric]))
      }
      if let best = Gate.best(of: values, goal: better.goal) { return best }
    }
    let newest = candidates.max { ($0.created, $0.number) < ($1.created, $1.number) }
    // Another clone's registry tells of versions that nothing here has made.
    guard let version = newest ?? known.versions.last else {
      throw StepProblem(
        "no-version", "model '\(model.name)' has no version yet",
        hint: "run what makes it first")
    }
    return version
  }

  // MARK: The gate

  private func report(
    _ candidate: ModelVersionEntry, _ values: [MetricName: Double],
    _ incumbent: ModelVersionEntry?, _ others: [MetricName: Double]?, _ known: RegisteredModel
  ) -> GateReport {
    GateReport(
      candidate: known.label(candidate.number), incumbent: incumbent.map { known.label($0.number) },
      alias: alias.text, decision: Gate(model).decide(candidate: values, incumbent: others))
  }

  /// `better than v2: evaluate.scores.loss 0.08 → 0.07`.
  private func reason(_ report: GateReport, instead incumbent: ModelVersionEntry?) -> String {
    guard let incumbent else { return "the first to be \(alias)" }
    let check = report.decision.checks.first { $0.verdict == .better }
    guard let check, let old = check.incumbent, let new = check.candidate else {
      return "it passed the gate"
    }
    return "better than v\(incumbent.number): \(check.metric) \(Metric.brief(old)) → "
      + Metric.brief(new)
  }
}

extension Optional where Wrapped: Sendable {
  fileprivate func asyncMap<Answer>(
    _ body: (Wrapped) async throws -> Answer
  ) async rethrows -> Answer? {
    guard let self else { return nil }
    return try await body(self)
  }
}
