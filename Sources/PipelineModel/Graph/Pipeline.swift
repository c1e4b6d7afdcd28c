/// The valid graph of steps and artifacts: everything bound, nothing executed.
package struct Pipeline: Sendable {
  package let project: String
  package let steps: Table<Step>
  package let artifacts: Table<Artifact>
  /// Every step after all that it needs; ties in manifest order.
  package let order: [ID<Step>]
  /// By step index: who reads what the step writes; the inverse of `needs`.
  package let readers: [[ID<Step>]]
  /// By step index: who only waits for the step; the inverse of `after`.
  package let waiters: [[ID<Step>]]
  package let ignore: IgnoreRules
  /// Directories into which an output's parent may link.
  package let outside: [Path]
  /// In manifest order. No part of any key: a registered model is a result like any other.
  package let models: [Model]
  /// The committed file that mirrors what happens to the models.
  package let registry: Path?

  /// Without steps: where there is no manifest that could be used.
  package static var empty: Pipeline {
    Pipeline(
      project: "", steps: Table(), artifacts: Table(), order: [], ignore: IgnoreRules(),
      outside: [], models: [], registry: nil)
  }

  /// - Parameters:
  ///   - order: of all steps.
  package init(
    project: String, steps: Table<Step>, artifacts: Table<Artifact>, order: [ID<Step>],
    ignore: IgnoreRules, outside: [Path], models: [Model], registry: Path?
  ) {
    self.project = project
    self.steps = steps
    self.artifacts = artifacts
    self.order = order
    readers = Pipeline.inverse(steps.count) { steps.rows[$0].needs }
    waiters = Pipeline.inverse(steps.count) { steps.rows[$0].after }
    self.ignore = ignore
    self.outside = outside
    self.models = models
    self.registry = registry
  }

  /// For every step, those in whose list it stands.
  static func inverse(_ count: Int, _ list: (Int) -> [ID<Step>]) -> [[ID<Step>]] {
    var inverse = [[ID<Step>]](repeating: [], count: count)
    for index in 0..<count {
      for other in list(index) { inverse[other.index].append(ID(index: index)) }
    }
    return inverse
  }

  /// Who reads what a step writes, and who waits for it.
  package func dependants(of step: ID<Step>) -> [ID<Step>] {
    readers[step.index] + waiters[step.index]
  }

  package func step(named name: StepName) -> ID<Step>? {
    steps.ids.first { steps[$0].name == name }
  }

  package func model(named name: Name) -> Model? {
    models.first { $0.name == name }
  }
}

/// One use of a component, everything bound.
package struct Step: Sendable {
  package let name: StepName
  /// Where the manifest declares it.
  package let span: Span
  package var work: BoundWork
  package var role: String?
  package var description: String?
  /// Sorted by name, those without one first and by what the manifest writes.
  package var inputs: [Input] = []
  /// Sorted by path.
  package var outputs: [ID<Artifact>] = []
  /// Leaves of what it names and mentions, sorted by name.
  package var parameters: [(name: ParameterName, value: Value)] = []
  /// Leaves of what its inputs' paths, `after` and matrix mention, sorted by name. They stand in no
  /// key: what they lead to does.
  package var wiringParameters: [(name: ParameterName, value: Value)] = []
  /// Dimensions sorted by name.
  package var matrix: [(name: Name, value: Value)] = []
  package var sources: [Path] = []
  /// Words of the command that count as sources where they are files.
  package var sourceCandidates: [Path] = []
  package var variables: [(name: String, value: Template)] = []
  package var pass: [String] = []
  package var secrets: [Located<String>] = []
  package var tools: [Located<String>] = []
  package var resources = ResourceDeclaration()
  package var directory = Path.here
  package var timeout: Duration?
  package var retry = RetryRule()
  package var traits: Set<StepTrait> = []
  package var isPlatformBound = true
  /// Steps whose artifacts it reads; sorted, each once.
  package var needs: [ID<Step>] = []
  /// Steps that it only waits for; sorted, each once, none of `needs`.
  package var after: [ID<Step>] = []

  package init(name: StepName, span: Span, work: BoundWork) {
    self.name = name
    self.span = span
    self.work = work
  }
}

/// What a bound step executes; references stand until the inputs' paths are known.
package indirect enum BoundWork: Sendable {
  case swift(product: Located<String>, arguments: [Template])
  case script(ShellScript, source: Template, shell: Shell)
  case command([Template])
}

/// A named file or directory that a step writes.
package struct Artifact: Sendable {
  package let name: Name?
  package let path: Path
  package let span: Span
  package let writer: ID<Step>
  package let kind: ArtifactKind
  package let x: String?
  package let y: String?
  package let isStored: Bool
  package let isPersistent: Bool

  package init(
    name: Name?, path: Path, span: Span, writer: ID<Step>, kind: ArtifactKind, x: String?,
    y: String?, isStored: Bool, isPersistent: Bool
  ) {
    self.name = name
    self.path = path
    self.span = span
    self.writer = writer
    self.kind = kind
    self.x = x
    self.y = y
    self.isStored = isStored
    self.isPersistent = isPersistent
  }
}

/// What a step reads.
package struct Input: Sendable {
  package enum Source: Sendable, Equatable {
    /// Written by other steps, by their names; several where a matrix writes them.
    case artifacts([ID<Artifact>], isList: Bool)
    /// A file or directory; `overlaps` are artifacts that lie in it or that it lies in.
    case path(Path, overlaps: [ID<Artifact>])
    case glob(Glob, overlaps: [ID<Artifact>])
  }

  package let name: Name?
  package let source: Source
  /// As the manifest writes it, references resolved.
  package let text: String
  package let span: Span

  package init(name: Name?, source: Source, text: String, span: Span) {
    self.name = name
    self.source = source
    self.text = text
    self.span = span
  }

  /// How reports call it: its name, else what the manifest writes.
  package var label: String { name?.text ?? text }

  /// Whether a reference to it may stand for any number of paths.
  package var isList: Bool {
    switch source {
    case .artifacts(_, let isList): isList
    case .path: false
    case .glob: true
    }
  }
}
