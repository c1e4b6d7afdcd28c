import PipelineModel

/// Puts a bound pipeline into bytes; `BoundPipelineReader` takes the same parts in the same order.
struct BoundPipelineWriter {
  private(set) var parts = ByteWriter(capacity: 0)
  /// Where the characters of each text are: begin and count, four bytes each.
  private(set) var places = ByteWriter(capacity: 1 << 14)
  private(set) var characters: [UInt8] = []
  /// Those that may come again, each once; what nobody else has stands among the parts.
  private var numbers: [Known: UInt32] = [:]

  /// A text by its bytes: as a `String` it would be equal to what only looks alike.
  private struct Known: Hashable {
    let bytes: [UInt8]

    func hash(into hasher: inout Hasher) { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }
  }

  /// Stands for a text that is not there.
  static let none = UInt32.max

  mutating func add(_ bound: BoundPipeline) {
    let pipeline = bound.pipeline
    // Growing by itself it would be copied again and again, and take twice the room at the end.
    let inputCount = pipeline.steps.rows.reduce(0) { $0 + $1.inputs.count }
    parts.bytes.reserveCapacity(inputCount * 64 + pipeline.steps.count * 768)
    add(pipeline.steps.count)
    add(pipeline.artifacts.count)
    add(pipeline.project)
    for step in pipeline.steps.rows { add(step) }
    for artifact in pipeline.artifacts.rows { add(artifact) }
    add(pipeline.order)
    list(pipeline.ignore.patterns) { $0.add($1) }
    list(pipeline.outside) { $0.add($1) }
    list(pipeline.models) { $0.add($1) }
    optional(pipeline.registry) { $0.add($1) }
    add(bound.parameters.values)
    list(bound.problems) { $0.add($1) }
  }

  // MARK: Steps

  private mutating func add(_ step: Step) {
    add(step.name.base)
    add(step.name.variant)
    add(step.span)
    add(step.work)
    add(step.role)
    add(step.description)
    list(step.inputs) { $0.add($1) }
    add(step.outputs)
    list(step.parameters) { $0.add($1.name, $1.value) }
    list(step.wiringParameters) { $0.add($1.name, $1.value) }
    list(step.matrix) {
      $0.add($1.name)
      $0.add($1.value)
    }
    list(step.sources) { $0.add($1) }
    list(step.sourceCandidates) { $0.add($1) }
    list(step.variables) {
      $0.add($1.name)
      $0.add($1.value)
    }
    list(step.pass) { $0.add($1) }
    list(step.secrets) { $0.add($1) }
    list(step.tools) { $0.add($1) }
    add(step.resources)
    add(step.directory)
    optional(step.timeout) {
      $0.parts.add($1.components.seconds)
      $0.parts.add($1.components.attoseconds)
    }
    add(step.retry.times)
    list(step.retry.on) { $0.add($1) }
    let traits = StepTrait.allCases.enumerated().filter { step.traits.contains($0.element) }
    parts.add(traits.reduce(UInt8(0)) { $0 | 1 << UInt8($1.offset) })
    add(step.isPlatformBound)
    add(step.needs)
    add(step.after)
  }

  private mutating func add(_ work: BoundWork) {
    switch work {
    case .swift(let product, let arguments):
      parts.add(UInt8(0))
      add(product)
      list(arguments) { $0.add($1) }
    case .command(let words):
      parts.add(UInt8(1))
      list(words) { $0.add($1) }
    case .script(let script, let source, let shell):
      // Most scripts have no reference, and are one piece that is all of the source.
      let isPlain = BoundPipelineWriter.isAll(script, of: source)
      parts.add(UInt8(isPlain ? 2 : 3))
      add(shell == .bash)
      add(source)
      if !isPlain { list(script.pieces) { $0.add($1) } }
    }
  }

  private static func isAll(_ script: ShellScript, of source: Template) -> Bool {
    guard script.pieces.count == 1, case .text(let text) = script.pieces[0] else { return false }
    return source.literal.map { $0.utf8.elementsEqual(text.utf8) } ?? false
  }

  private mutating func add(_ piece: ShellScript.Piece) {
    switch piece {
    case .text(let text):
      parts.add(UInt8(0))
      parts.addText(Array(text.utf8))
    case .insertion(let reference, let context):
      switch context {
      case .bare(let isAlone): parts.add(UInt8(isAlone ? 2 : 1))
      case .inDoubleQuotes: parts.add(UInt8(3))
      case .inSingleQuotes: parts.add(UInt8(4))
      }
      add(reference)
    }
  }

  private mutating func add(_ input: Input) {
    let text = Array(input.text.utf8)
    switch input.source {
    case .artifacts(let artifacts, let isList):
      parts.add(UInt8(isList ? 1 : 0))
      add(artifacts)
    case .path(let path, let overlaps):
      // Most are written as they are meant, and stand here once.
      parts.add(UInt8(path.bytes == text ? 2 : 3))
      if path.bytes != text { parts.addText(path.bytes) }
      add(overlaps)
    case .glob(let glob, let overlaps):
      parts.add(UInt8(4))
      parts.addText(glob.pattern.bytes)
      add(overlaps)
    }
    parts.addText(text)
    add(input.name?.text)
    add(input.span)
  }

  private mutating func add(_ resources: ResourceDeclaration) {
    add(resources.cpus)
    optional(resources.memoryBytes) { $0.add($1) }
    list(resources.pools) {
      $0.add($1.name)
      $0.add($1.count)
    }
    optional(resources.span) { $0.add($1) }
  }

  private mutating func add(_ artifact: Artifact) {
    add(artifact.name?.text)
    add(artifact.path)
    add(artifact.span)
    parts.add(UInt32(artifact.writer.index))
    add(artifact.kind, of: ArtifactKind.allCases)
    add(artifact.x)
    add(artifact.y)
    add(artifact.isStored)
    add(artifact.isPersistent)
  }

  // MARK: Models and problems

  private mutating func add(_ model: Model) {
    add(model.name)
    add(model.span)
    add(model.from)
    optional(model.better) {
      $0.add($1.metric.description)
      $0.add($1.goal, of: Goal.allCases)
      $0.parts.add($1.by.bitPattern)
    }
    list(model.require) {
      $0.add($1.metric.description)
      $0.add($1.comparison, of: Comparison.allCases)
      $0.parts.add($1.number.bitPattern)
    }
    add(model.deploy)
  }

  private mutating func add(_ problem: Diagnostic) {
    add(problem.code)
    add(problem.fact)
    add(problem.hint)
    add(problem.severity == .warning)
    optional(problem.span) { $0.add($1) }
  }

  // MARK: Templates and values

  private mutating func add(_ template: Template) {
    if let literal = template.literal, !template.segments.isEmpty {
      parts.add(UInt32(1))
      parts.add(UInt8(0))
      return parts.addText(Array(literal.utf8))
    }
    list(template.segments) {
      switch $1 {
      case .text(let text):
        $0.parts.add(UInt8(0))
        $0.parts.addText(Array(text.utf8))
      case .reference(let reference):
        $0.parts.add(UInt8(1))
        $0.add(reference)
      }
    }
  }

  private mutating func add(_ reference: Located<Reference>) {
    switch reference.content {
    case .parameter(let name):
      parts.add(UInt8(0))
      add(name)
    case .input(let name):
      parts.add(UInt8(1))
      add(name)
    case .output(let name):
      parts.add(UInt8(2))
      add(name)
    case .matrix(let name):
      parts.add(UInt8(3))
      add(name)
    case .stepName: parts.add(UInt8(4))
    }
    add(reference.span)
  }

  /// - Complexity: recursive; the manifest's reader bounds the depth.
  private mutating func add(_ value: Value) {
    switch value {
    case .null: parts.add(UInt8(0))
    case .boolean(let value): parts.add(UInt8(value ? 2 : 1))
    case .number(let text):
      parts.add(UInt8(3))
      add(text)
    case .text(let text):
      parts.add(UInt8(4))
      add(text)
    case .list(let values):
      parts.add(UInt8(5))
      list(values) { $0.add($1) }
    case .map(let entries):
      parts.add(UInt8(6))
      list(entries) {
        $0.add($1.key)
        $0.add($1.value)
      }
    }
  }

  private mutating func add(_ name: ParameterName, _ value: Value) {
    add(name)
    add(value)
  }

  // MARK: Small parts

  private mutating func add(_ name: ParameterName) { list(name.components) { $0.add($1) } }

  private mutating func add(_ name: Name) { add(name.text) }

  private mutating func add(_ text: Located<String>) {
    add(text.content)
    add(text.span)
  }

  private mutating func add(_ span: Span) {
    for number in [span.text, span.line, span.column, span.length] {
      parts.add(UInt32(truncatingIfNeeded: number))
    }
  }

  private mutating func add(_ number: Int) { parts.add(Int64(number)) }

  private mutating func add<Choice: Equatable>(_ choice: Choice, of all: [Choice]) {
    parts.add(UInt8(all.firstIndex(of: choice) ?? 0))
  }

  private mutating func add(_ flag: Bool) { parts.add(UInt8(flag ? 1 : 0)) }

  private mutating func add<Entity>(_ ids: [ID<Entity>]) {
    list(ids) { $0.parts.add(UInt32($1.index)) }
  }

  private mutating func add(_ text: String?) {
    parts.add(text.map { number(of: $0) } ?? BoundPipelineWriter.none)
  }

  private mutating func add(_ path: Path) { parts.add(number(of: path.bytes)) }

  private mutating func number(of text: String) -> UInt32 { number(of: Array(text.utf8)) }

  private mutating func number(of bytes: [UInt8]) -> UInt32 {
    if let known = numbers[Known(bytes: bytes)] { return known }
    let number = UInt32(numbers.count)
    numbers[Known(bytes: bytes)] = number
    places.add(UInt32(characters.count))
    places.add(UInt32(bytes.count))
    characters += bytes
    return number
  }

  private mutating func list<Item>(
    _ items: [Item], _ add: (inout BoundPipelineWriter, Item) -> Void
  ) {
    parts.add(UInt32(items.count))
    for item in items { add(&self, item) }
  }

  private mutating func optional<Item>(
    _ item: Item?, _ add: (inout BoundPipelineWriter, Item) -> Void
  ) {
    list(item.map { [$0] } ?? [], add)
  }
}
