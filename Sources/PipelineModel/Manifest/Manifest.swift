/// What `pipeline.yaml` says, read and checked for form; nothing is bound yet.
package struct Manifest: Sendable {
  package var project: String
  package var parameters: [ParameterDeclaration]
  package var parameterFiles: [Located<Path>]
  /// In the order written.
  package var steps: [StepDeclaration]
  /// Patterns that, beside the fixed ones, are never counted in directories and globs.
  package var ignore: [Located<String>]
  /// Directories into which an output's parent may link (large disks).
  package var outside: [Located<Path>]
  /// In the order written.
  package var models: [ModelDeclaration] = []
  /// A file that mirrors what happens to the models; inside the workspace.
  package var registry: Located<Path>?
  /// Steps in whose declaration something is wrong, so that what refers to them cannot be judged.
  package var brokenSteps: Set<Name> = []
  /// Whether some parameter could not be read.
  package var hasBrokenParameters = false

  package init(project: String = "") {
    self.project = project
    parameters = []
    parameterFiles = []
    steps = []
    ignore = []
    outside = []
  }
}

/// A value with the place it was read from.
package struct Located<Content: Sendable>: Sendable {
  package let content: Content
  package let span: Span

  package init(_ content: Content, at span: Span) {
    self.content = content
    self.span = span
  }
}

extension Located: Equatable where Content: Equatable {}
extension Located: Hashable where Content: Hashable {}

/// One top-level parameter, with its default.
package struct ParameterDeclaration: Sendable {
  package let name: Located<String>
  package let syntax: Syntax

  package init(name: Located<String>, syntax: Syntax) {
    self.name = name
    self.syntax = syntax
  }
}

/// One entry of `steps:`.
package struct StepDeclaration: Sendable {
  package let name: Located<Name>
  package var work: Work
  package var role: String?
  package var description: String?
  package var inputs: [InputDeclaration] = []
  package var outputs: [OutputDeclaration] = []
  /// Parameters named beside those that references mention.
  package var parameters: [Located<ParameterName>] = []
  package var sources: [Located<Template>] = []
  package var after: [Located<StepPattern>] = []
  package var matrix: MatrixDeclaration?
  package var environment = EnvironmentDeclaration()
  package var resources = ResourceDeclaration()
  package var directory: Located<Template>?
  package var timeout: Duration?
  package var retry = RetryRule()
  package var traits: Set<StepTrait> = []
  package var isPlatformBound = true

  package init(name: Located<Name>, work: Work) {
    self.name = name
    self.work = work
  }
}

/// What a step executes.
package enum Work: Sendable {
  /// An executable product of the package or of one it depends on.
  case swift(product: Located<String>, arguments: [Located<Template>])
  /// A shell script: values reach it as environment variables only.
  case script(ScriptDeclaration)
  /// One argument vector, no shell.
  case command([Located<Template>])
}

package enum Shell: String, Sendable, CaseIterable {
  /// `sh -eu`
  case sh
  /// `bash -euo pipefail`
  case bash
}

/// The yes-or-no keys of a step.
package enum StepTrait: String, Sendable, CaseIterable {
  /// What is there counts; it is never executed.
  case frozen
  /// Executed at every run, never kept nor restored.
  case always
  /// Only when named.
  case manual
  /// Changes something outside: a result from another workspace never satisfies it.
  case effects
  /// Its failure does not fail the run.
  case allowFailure = "allow-failure"
}

package struct InputDeclaration: Sendable {
  /// Nil in the list form.
  package let name: Located<Name>?
  /// `step.artifact`, `file:PATH`, a path or a glob, not yet told apart.
  package let source: Located<Template>

  package init(name: Located<Name>?, source: Located<Template>) {
    self.name = name
    self.source = source
  }
}

package struct OutputDeclaration: Sendable {
  /// Nil in the list form.
  package let name: Located<Name>?
  package let path: Located<Template>
  package var kind: ArtifactKind = .data
  /// Columns of a plot.
  package var x: String?
  package var y: String?
  /// False: known by digest only, never copied to the store.
  package var isStored = true
  /// The old content stays for the step to go on from.
  package var isPersistent = false

  package init(name: Located<Name>?, path: Located<Template>) {
    self.name = name
    self.path = path
  }
}

package enum ArtifactKind: String, Sendable, CaseIterable {
  case data, model, metrics, plot, image, document
}

package struct MatrixDeclaration: Sendable {
  /// Sorted by name. A dimension's values, or a reference to a parameter that is a list.
  package var dimensions: [(name: Located<Name>, values: Located<MatrixValues>)]
  package var include: [Located<Syntax>]
  package var exclude: [Located<Syntax>]

  package init(
    dimensions: [(name: Located<Name>, values: Located<MatrixValues>)] = [],
    include: [Located<Syntax>] = [], exclude: [Located<Syntax>] = []
  ) {
    self.dimensions = dimensions
    self.include = include
    self.exclude = exclude
  }
}

package enum MatrixValues: Sendable {
  case values([Located<Syntax>])
  case parameter(ParameterName)
}

package struct EnvironmentDeclaration: Sendable {
  /// Set and keyed.
  package var variables: [(name: Located<String>, value: Located<Template>)] = []
  /// Handed through, not keyed.
  package var pass: [Located<String>] = []
  /// Handed through, not keyed, masked wherever output goes.
  package var secrets: [Located<String>] = []
  /// Programs whose resolved executables are keyed.
  package var tools: [Located<String>] = []

  package init() {}
}

package struct ResourceDeclaration: Sendable {
  package var cpus: Int = 1
  package var memoryBytes: Int?
  /// Any further pool by name: `gpus: 1`.
  package var pools: [(name: Located<String>, count: Int)] = []
  package var span: Span?

  package init() {}
}

package struct RetryRule: Sendable, Equatable {
  /// Further tries after the first.
  package var times: Int = 0
  /// Exit statuses worth another try; empty means any.
  package var on: [Int] = []

  package init() {}
}

/// A step, all of its matrix, or one combination: `train`, `train@seed=${{ matrix.seed }}`.
package struct StepPattern: Sendable {
  package let base: Name
  /// Dimension and value; empty means all.
  package let bindings: [(dimension: Name, value: Template)]

  package init(base: Name, bindings: [(dimension: Name, value: Template)] = []) {
    self.base = base
    self.bindings = bindings
  }
}
