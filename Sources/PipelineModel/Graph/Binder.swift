/// Binds a manifest to parameters: every use of a component becomes a step, every reference an
/// edge. All mistakes are collected.
package struct Binder {
  let manifest: Manifest
  let parameters: Parameters
  /// By name: which of the manifest's declarations it is.
  private let places: [Name: Int]
  var problems: [Diagnostic] = []
  var steps = Table<Step>()
  var artifacts = Table<Artifact>()
  var outputs = OutputMap()
  /// Of the last file that was looked at: a step's inputs mostly lie together.
  var holding = OutputMap.Holding()
  /// The steps of each declaration, in matrix order.
  var variants: [Name: [ID<Step>]] = [:]
  /// The same by dimension and encoded value, so that naming one of many needs no search.
  var variantsByValue: [Name: [Name: [String: [ID<Step>]]]] = [:]

  init(_ manifest: Manifest, _ parameters: Parameters) {
    self.manifest = manifest
    self.parameters = parameters
    places = Dictionary(
      manifest.steps.enumerated().map { ($0.element.name.content, $0.offset) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The first declaration of that name.
  func declaration(of name: Name) -> StepDeclaration? { places[name].map { manifest.steps[$0] } }

  /// - Returns: the pipeline, which is not to be executed if any problem is an error; and
  ///   everything that is to be said, each once, in the order of the manifest.
  package static func bind(
    _ manifest: Manifest, _ parameters: Parameters
  ) -> (pipeline: Pipeline, problems: [Diagnostic]) {
    var binder = Binder(manifest, parameters)
    for declaration in manifest.steps { binder.addSteps(of: declaration) }
    for declaration in manifest.steps { binder.addEdges(of: declaration) }
    let pipeline = binder.finish()
    let problems = binder.problems
      .filter { !manifest.hasBrokenParameters || $0.code != "unknown-parameter" }
      .eachOnce.inOrderOfPlace()
    return (pipeline, problems)
  }

  /// Adds one step for every combination, with all that needs no other step.
  private mutating func addSteps(of declaration: StepDeclaration) {
    let base = declaration.name.content
    guard variants[base] == nil else { return }
    variants[base] = []
    let hasAllDimensions = checkDimensions(of: declaration)
    var names: [String: Span] = [:]
    for (combination, span) in combinations(of: declaration) {
      let name = StepName(base, combination)
      if names.updateValue(span, forKey: name.variant) != nil {
        problems.append(
          Diagnostic(
            "same-variant", "two combinations of step '\(base)' are both named '\(name)'",
            hint: "give each combination values that are written differently", at: span))
        continue
      }
      var scope = Scope(name: name, combination: combination, parameters: parameters)
      var step = Step(
        name: name, span: declaration.name.span, work: work(of: declaration, &scope))
      bindPlainParts(of: declaration, to: &step, &scope)
      let id = steps.add(step)
      variants[base, default: []].append(id)
      for (dimension, value) in combination {
        variantsByValue[base, default: [:]][dimension, default: [:]][
          StepName.encoded(value), default: []
        ].append(id)
      }
      steps[id].outputs = declaration.outputs.compactMap {
        addOutput($0, of: id, &scope, reportsSiblings: hasAllDimensions)
      }
      // In an order of their own: a key knows nothing of the order in which they are declared.
      if steps[id].outputs.count > 1 {
        steps[id].outputs.sort { artifacts[$0].path < artifacts[$1].path }
      }
      steps[id].parameters = scope.used(beside: declaration.parameters)
      problems += scope.problems
    }
  }

  private mutating func combinations(
    of declaration: StepDeclaration
  ) -> [(combination: Combination, span: Span)] {
    guard let matrix = declaration.matrix else { return [([], declaration.name.span)] }
    if parameters[ParameterName(["matrix"])] != nil {
      problems.append(
        Diagnostic(
          "reserved-parameter",
          "parameter 'matrix' would hide the dimensions of step '\(declaration.name.content)'",
          hint: "rename the parameter", at: declaration.name.span))
    }
    let known = problems.count
    let combinations = matrix.combinations(parameters, problems: &problems)
    if combinations.isEmpty, problems.count == known, !matrix.exclude.isEmpty {
      problems.append(
        Diagnostic(
          "empty-matrix", "no combination of step '\(declaration.name.content)' is left",
          hint: "exclude less, or remove the step", at: declaration.name.span))
    }
    return combinations
  }

  /// Whether every output path mentions every dimension; reports those that do not.
  private mutating func checkDimensions(of declaration: StepDeclaration) -> Bool {
    guard let matrix = declaration.matrix else { return true }
    let known = matrix.dimensions.map(\.name.content)
    let names =
      known.isEmpty ? matrix.include.first?.content.entries?.compactMap { Name($0.key) } : known
    var isComplete = true
    for output in declaration.outputs {
      let mentioned = Set(output.path.content.references.map(\.content))
      let missing = (names ?? []).filter { !mentioned.contains(.matrix($0)) }
      guard !mentioned.contains(.stepName), !missing.isEmpty else { continue }
      isComplete = false
      let list = missing.map { "'\($0)'" }.joined(separator: ", ")
      problems.append(
        Diagnostic(
          "dimension-missing",
          "'\(output.path.content.source)' lacks \(list): the path of a matrix step contains every "
            + "dimension",
          hint: "put " + missing.map { "'${{ matrix.\($0) }}'" }.joined(separator: " and ")
            + " into the path", at: output.path.span))
    }
    return isComplete
  }

  private static let uncounted = IgnoreRules()

  private mutating func addOutput(
    _ declaration: OutputDeclaration, of step: ID<Step>, _ scope: inout Scope,
    reportsSiblings: Bool
  ) -> ID<Artifact>? {
    guard let text = scope.text(declaration.path) else { return nil }
    let path = Path(text)
    let span = declaration.path.span
    guard path.isInside, !text.utf8.contains(0) else {
      problems.append(.outsideWorkspace(path, at: span))
      return nil
    }
    if (path.ancestors.dropFirst() + [path]).contains(where: Binder.uncounted.ignores) {
      problems.append(.reservedPath(path, at: span))
    }
    let id = artifacts.add(
      Artifact(
        name: declaration.name?.content, path: path, span: span, writer: step,
        kind: declaration.kind, x: declaration.x, y: declaration.y,
        isStored: declaration.isStored || declaration.kind == .metrics,
        isPersistent: declaration.isPersistent))
    if let other = outputs.claim(path, for: id) {
      reportClash(id, other, reportsSiblings: reportsSiblings)
    }
    return id
  }

  private mutating func reportClash(
    _ id: ID<Artifact>, _ other: ID<Artifact>, reportsSiblings: Bool
  ) {
    let (mine, theirs) = (artifacts[id], artifacts[other])
    let (my, their) = (steps[mine.writer].name, steps[theirs.writer].name)
    if my.base == their.base, my != their, !reportsSiblings { return }
    if mine.path == theirs.path {
      problems.append(.twoWriters(mine.path, their, my, at: mine.span))
    } else if theirs.path.holds(mine.path) {
      problems.append(.nestedOutputs(theirs.path, mine.path, their, my, at: mine.span))
    } else {
      problems.append(.nestedOutputs(mine.path, theirs.path, my, their, at: mine.span))
    }
  }

  private mutating func finish() -> Pipeline {
    let dependants = zip(
      Pipeline.inverse(steps.count) { steps.rows[$0].needs },
      Pipeline.inverse(steps.count) { steps.rows[$0].after })
    let order = Order(
      predecessors: steps.rows.map { $0.after.isEmpty ? $0.needs : $0.needs + $0.after },
      dependants: dependants.map { $1.isEmpty ? $0 : $0 + $1 })
    for cycle in order.cycles {
      problems.append(.cycle(cycle.map { steps[$0].name }, at: steps[cycle[0]].span))
    }
    let models = boundModels()
    return Pipeline(
      project: manifest.project, steps: steps, artifacts: artifacts, order: order.steps,
      ignore: IgnoreRules(manifest.ignore.map(\.content)),
      outside: manifest.outside.map(\.content), models: models,
      registry: manifest.registry?.content)
  }
}

extension [Diagnostic] {
  /// By text, line and column; what has no place comes first.
  package func inOrderOfPlace() -> [Diagnostic] {
    if count < 2 { return self }
    func place(_ diagnostic: Diagnostic) -> (Int, Int, Int) {
      diagnostic.span.map { ($0.text, $0.line, $0.column) } ?? (-1, 0, 0)
    }
    return enumerated().sorted {
      let (a, b) = (place($0.element), place($1.element))
      return a == b ? $0.offset < $1.offset : a < b
    }.map(\.element)
  }
}
