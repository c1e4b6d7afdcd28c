extension Binder {
  /// The command with its shell lexed; mentions the parameters that it uses.
  mutating func work(of declaration: StepDeclaration, _ scope: inout Scope) -> BoundWork {
    switch declaration.work {
    case .swift(let product, let arguments):
      arguments.forEach { scope.mention($0.content) }
      return .swift(product: product, arguments: arguments.map(\.content))
    case .command(let words):
      words.forEach { scope.mention($0.content) }
      return .command(words.map(\.content))
    case .script(let declared):
      let template = declared.template.content
      scope.mention(template)
      return .script(declared.script, source: template, shell: declared.script.shell)
    }
  }

  /// What needs no other step: environment, resources, sources, rules.
  mutating func bindPlainParts(
    of declaration: StepDeclaration, to step: inout Step, _ scope: inout Scope
  ) {
    step.role = declaration.role
    step.description = declaration.description
    step.matrix = scope.combination
    step.resources = declaration.resources
    step.timeout = declaration.timeout
    step.retry = declaration.retry
    step.traits = declaration.traits
    step.isPlatformBound = declaration.isPlatformBound
    if let directory = declaration.directory, let text = scope.text(directory) {
      step.directory = Path(text)
      if step.directory.isAbsolute || step.directory.climbs {
        problems.append(.outsideWorkspace(directory: step.directory, at: directory.span))
        step.directory = .here
      }
    }
    for (name, value) in declaration.environment.variables {
      scope.mention(value.content)
      step.variables.append((name.content, value.content))
    }
    step.variables.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    step.pass = declaration.environment.pass.map(\.content)
    step.secrets = declaration.environment.secrets
    step.tools = declaration.environment.tools
    step.sources = declaration.sources.compactMap { scope.text($0).map { Path($0) } }
    step.sourceCandidates = candidates(of: declaration.work, in: step.directory)
  }

  /// Words of the command that count as sources where they are files of the workspace.
  private func candidates(of work: Work, in directory: Path) -> [Path] {
    ImplicitSources.candidates(work).map { directory.appending($0) }.filter(\.isInside)
  }

  /// Inputs, sources and `after` of one declaration's steps, and the edges that follow from them.
  mutating func addEdges(of declaration: StepDeclaration) {
    for id in variants[declaration.name.content] ?? [] {
      var scope = Scope(
        name: steps[id].name, combination: steps[id].matrix, parameters: parameters)
      var needs: [ID<Step>] = []
      var inputs: [Input] = []
      inputs.reserveCapacity(declaration.inputs.count)
      for declared in declaration.inputs {
        guard let input = input(declared, of: id, &scope) else { continue }
        for artifact in input.source.artifacts { needs.append(artifacts[artifact].writer) }
        inputs.append(input)
      }
      steps[id].inputs = sorted(inputs)
      // A program that the step itself makes is no source of it.
      if !steps[id].sourceCandidates.isEmpty {
        let own = steps[id].outputs.map { artifacts[$0].path }
        steps[id].sourceCandidates.removeAll { source in own.contains { $0.overlaps(source) } }
      }
      needs += sourceWriters(of: id, declaration)
      var after: [ID<Step>] = []
      for pattern in declaration.after { after += matches(pattern, &scope) }
      if after.contains(id) {
        problems.append(.cycle([steps[id].name], at: declaration.name.span))
      }
      reportCrowdedLists(of: id)
      steps[id].needs = needs.sortedEachOnce.filter { $0 != id }
      if !after.isEmpty {
        steps[id].after = Set(after).subtracting(needs).subtracting([id]).sorted()
      }
      steps[id].wiringParameters = scope.used(beside: declaration.matrix?.parameters ?? [])
      problems += scope.problems
    }
  }

  /// In an order of their own: a key knows nothing of the order in which they are declared.
  private func sorted(_ inputs: [Input]) -> [Input] {
    func precedes(_ a: Input, _ b: Input) -> Bool {
      switch (a.name, b.name) {
      case (nil, nil): a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
      case (nil, _): true
      case (_, nil): false
      case (let mine?, let other?): mine < other
      }
    }
    // Whoever lists files lists them in order.
    let isSorted = zip(inputs, inputs.dropFirst()).allSatisfy { !precedes($1, $0) }
    return isSorted ? inputs : inputs.sorted(by: precedes)
  }

  /// A list stands for any number of words, so nothing may touch it.
  private mutating func reportCrowdedLists(of id: ID<Step>) {
    let crowded: [Located<Reference>]
    switch steps[id].work {
    case .script(let script, _, _): crowded = script.listsMustStandAlone
    case .command(let words), .swift(_, let words):
      crowded = words.filter { $0.only == nil }.flatMap(\.references)
    }
    if crowded.isEmpty { return }
    let step = steps[id]
    for reference in crowded {
      guard case .input(let name) = reference.content,
        step.inputs.contains(where: { $0.name == name && $0.isList })
      else { continue }
      problems.append(
        Diagnostic(
          "list-not-alone", "'inputs.\(name)' is a list: it stands alone and becomes several words",
          hint:
            "put blanks around it, outside of quotes, or read 'PIPELINE_INPUT_\(name.variable)', "
            + "which has one path a line", at: reference.span))
    }
  }

  /// Steps that write a source of this one: an overlap is an edge here as with inputs.
  private mutating func sourceWriters(
    of id: ID<Step>, _ declaration: StepDeclaration
  ) -> [ID<Step>] {
    let step = steps[id]
    if step.sources.isEmpty, step.sourceCandidates.isEmpty { return [] }
    var writers: [ID<Step>] = []
    for (index, source) in (step.sources + step.sourceCandidates).enumerated() {
      let isExplicit = index < step.sources.count
      for artifact in outputs.outputs(at: source) {
        writers.append(artifacts[artifact].writer)
        guard artifacts[artifact].writer == id, isExplicit else { continue }
        problems.append(
          .ownOutput(
            artifacts[artifact].path, in: source.description, kind: "source", of: step.name,
            at: declaration.sources[index].span))
      }
    }
    return writers
  }

  /// The steps that a pattern names; reports a step or a combination that does not exist.
  mutating func matches(_ pattern: Located<StepPattern>, _ scope: inout Scope) -> [ID<Step>] {
    let base = pattern.content.base
    guard let all = variants[base] else {
      if manifest.brokenSteps.contains(base) { return [] }
      problems.append(
        .unknownStep(base.text, among: manifest.steps.map(\.name.content), at: pattern.span))
      return []
    }
    var chosen: [ID<Step>]?
    var asked: [String] = []
    for (dimension, template) in pattern.content.bindings {
      guard let text = scope.text(Located(template, at: pattern.span)) else { return [] }
      asked.append("\(dimension)=\(text)")
      // Written as the step's name shows it, or as the value itself.
      let values = variantsByValue[base]?[dimension] ?? [:]
      let agreeing = Set((values[text] ?? []) + (values[StepName.encoded(.text(text))] ?? []))
      chosen = chosen?.filter(agreeing.contains) ?? agreeing.sorted()
    }
    let found = chosen ?? all
    if found.isEmpty, !all.isEmpty {
      problems.append(
        Diagnostic(
          "unknown-variant",
          "step '\(base)' has no combination '\(asked.joined(separator: ","))'",
          hint: all.first.map { "write it as in '\(steps[$0].name)'" }, at: pattern.span))
    }
    return found
  }
}

extension [ID<Step>] {
  /// Sorted, each once.
  fileprivate var sortedEachOnce: [ID<Step>] {
    if count < 2 { return self }
    var kept: [ID<Step>] = []
    for id in sorted() where kept.last != id { kept.append(id) }
    return kept
  }
}
