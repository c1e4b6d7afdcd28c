import PipelineModel

/// Swift components as verbs need them.
extension MachineWorld {
  private func products(of plan: Plan) -> [(name: Located<String>, step: Step)] {
    plan.steps.compactMap { id in
      guard case .swift(let product, _) = plan.pipeline.steps[id].work else { return nil }
      return (product, plan.pipeline.steps[id])
    }
  }

  /// Secrets that a step of the plan asks for and the environment does not have.
  package func missingSecrets(of plan: Plan) -> [Diagnostic] {
    environment.missingSecrets(of: plan)
  }

  /// Compiles, by one request, the components of a plan whose sources nobody knows.
  ///
  /// - Parameter note: told, in words, what is compiled.
  /// - Throws: `StepProblem` with the compiler's log as its hint.
  package func prepareComponents(of plan: Plan, note: @Sendable (String) -> Void) async throws {
    let names = Set(products(of: plan).map(\.name.content)).sorted()
    if !names.isEmpty { _ = try await components.components(names, home, note: note) }
  }

  /// Steps whose component is no product of the package.
  package func componentProblems(of plan: Plan) async throws -> [Diagnostic] {
    let wanted = products(of: plan)
    guard let first = wanted.first else { return [] }
    do {
      let known = try await components.executableNames(home)
      return wanted.filter { !known.contains($0.name.content) }.map { product, step in
        let problem = StepProblem(unknownProduct: product.content, among: known)
        return Diagnostic(problem.code, problem.fact, hint: problem.hint, at: product.span)
      }
    } catch let problem as StepProblem {
      return [Diagnostic(problem.code, problem.fact, hint: problem.hint, at: first.name.span)]
    }
  }

  /// The files that count as the code of each step.
  package func sources(of plan: Plan) async throws -> SourcesReport {
    var rows: [SourcesReport.Row] = []
    for id in plan.steps {
      let step = plan.pipeline.steps[id]
      var sources = try fileSources(step.sources, .explicit) { try content(ofInput: $0) }
      sources += try fileSources(step.sourceCandidates, .implicit) { try content(ofWord: $0) }
      if case .swift(let product, _) = step.work {
        let component = try await components.component(product.content, home)
        sources += component.sources.fields.filter { $0.kind == .source }.map {
          SourcesReport.Source(name: $0.name, origin: .component)
        }
      }
      rows.append(SourcesReport.Row(step: step.name, sources: sources))
    }
    return SourcesReport(project: plan.pipeline.project, rows: rows)
  }

  private func fileSources(
    _ paths: [Path], _ origin: SourcesReport.Origin, content: (Path) throws -> Content?
  ) throws -> [SourcesReport.Source] {
    try paths.flatMap { path -> [SourcesReport.Source] in
      guard let content = try content(path) else { return [] }
      guard content.kind == .directory else {
        return [.init(name: path.exact, origin: origin, digest: content.digest)]
      }
      if origin == .implicit { return [] }
      return try listing(of: path).entries.map {
        .init(name: path.appending($0.path).exact, origin: origin, digest: $0.digest)
      }
    }
  }
}
