import PipelineModel

/// Takes a bound pipeline out of the bytes that `BoundPipelineWriter` made.
///
/// Every count and every handle is checked: whatever the bytes are, what is read is a pipeline whose
/// handles lead to rows that it has, or nothing.
struct BoundPipelineReader {
  private var parts: ByteReader
  private let places: UnsafeRawBufferPointer
  private let characters: UnsafeRawBufferPointer
  /// Those that were asked for already, since they are shared.
  private var texts: [String?]
  private var stepCount = 0
  private var artifactCount = 0

  /// Something that the writer cannot have written.
  private struct Damage: Error {}

  /// The bytes must outlive the reader.
  init(
    parts: UnsafeRawBufferPointer, places: UnsafeRawBufferPointer,
    characters: UnsafeRawBufferPointer
  ) {
    self.parts = ByteReader(bytes: parts, position: 0)
    self.places = places
    self.characters = characters
    texts = [String?](repeating: nil, count: places.count / 8)
  }

  /// - Returns: nil for anything but what the writer made.
  mutating func read() -> BoundPipeline? {
    do throws(Damage) {
      let bound = try bound()
      return parts.hasFailed || parts.remaining > 0 ? nil : bound
    } catch {
      return nil
    }
  }

  private mutating func bound() throws(Damage) -> BoundPipeline {
    stepCount = try integer()
    artifactCount = try integer()
    let project = try text()
    let steps = try table(stepCount) { (reader) throws(Damage) in try reader.step() }
    let artifacts = try table(artifactCount) { (reader) throws(Damage) in try reader.artifact() }
    let order = try self.steps()
    guard order.count == stepCount else { throw Damage() }
    let pipeline = Pipeline(
      project: project, steps: steps, artifacts: artifacts, order: order,
      ignore: IgnoreRules(try list { (reader) throws(Damage) in try reader.text() }),
      outside: try list { (reader) throws(Damage) in try reader.path() },
      models: try list { (reader) throws(Damage) in try reader.model() },
      registry: try optional { (reader) throws(Damage) in try reader.path() })
    return BoundPipeline(
      pipeline: pipeline, parameters: Parameters(try value(depth: 0)),
      problems: try list { (reader) throws(Damage) in try reader.problem() })
  }

  // MARK: Steps

  private mutating func step() throws(Damage) -> Step {
    let name = StepName(try name(), variant: try text())
    var step = Step(name: name, span: span(), work: try work())
    step.role = try optionalText()
    step.description = try optionalText()
    step.inputs = try list { (reader) throws(Damage) in try reader.input() }
    step.outputs = try artifacts()
    step.parameters = try named()
    step.wiringParameters = try named()
    step.matrix = try list { (reader) throws(Damage) in
      (try reader.name(), try reader.value(depth: 0))
    }
    step.sources = try list { (reader) throws(Damage) in try reader.path() }
    step.sourceCandidates = try list { (reader) throws(Damage) in try reader.path() }
    step.variables = try list { (reader) throws(Damage) in
      (try reader.text(), try reader.template())
    }
    step.pass = try list { (reader) throws(Damage) in try reader.text() }
    step.secrets = try list { (reader) throws(Damage) in try reader.locatedText() }
    step.tools = try list { (reader) throws(Damage) in try reader.locatedText() }
    try readRules(into: &step)
    step.needs = try steps()
    step.after = try steps()
    return step
  }

  private mutating func readRules(into step: inout Step) throws(Damage) {
    step.resources = try resources()
    step.directory = try path()
    step.timeout = try optional { (reader) throws(Damage) in
      Duration(
        secondsComponent: reader.parts.number(Int64.self),
        attosecondsComponent: reader.parts.number(Int64.self))
    }
    step.retry.times = try integer()
    step.retry.on = try list { (reader) throws(Damage) in try reader.integer() }
    let traits = parts.number(UInt8.self)
    for (bit, trait) in StepTrait.allCases.enumerated() where traits & 1 << UInt8(bit) != 0 {
      step.traits.insert(trait)
    }
    step.isPlatformBound = flag()
  }

  private mutating func work() throws(Damage) -> BoundWork {
    let kind = parts.number(UInt8.self)
    switch kind {
    case 0: return .swift(product: try locatedText(), arguments: try templates())
    case 1: return .command(try templates())
    case 2, 3:
      let shell: Shell = flag() ? .bash : .sh
      let source = try template()
      var pieces = source.literal.map { [ShellScript.Piece.text($0)] } ?? []
      if kind == 3 { pieces = try list { (reader) throws(Damage) in try reader.piece() } }
      return .script(ShellScript(pieces: pieces, shell: shell), source: source, shell: shell)
    default: throw Damage()
    }
  }

  private mutating func piece() throws(Damage) -> ShellScript.Piece {
    switch parts.number(UInt8.self) {
    case 0: .text(parts.string())
    case 1: .insertion(try reference(), .bare(isAlone: false))
    case 2: .insertion(try reference(), .bare(isAlone: true))
    case 3: .insertion(try reference(), .inDoubleQuotes)
    case 4: .insertion(try reference(), .inSingleQuotes)
    default: throw Damage()
    }
  }

  private mutating func input() throws(Damage) -> Input {
    let kind = parts.number(UInt8.self)
    let source: Input.Source
    var text: String?
    switch kind {
    case 0, 1: source = .artifacts(try artifacts(), isList: kind == 1)
    case 2:
      let overlaps = try artifacts()
      let path = parts.string()
      text = path
      source = .path(Path(path), overlaps: overlaps)
    case 3:
      let path = Path(parts.text())
      source = .path(path, overlaps: try artifacts())
    case 4:
      let pattern = Path(parts.text())
      source = .glob(Glob(pattern), overlaps: try artifacts())
    default: throw Damage()
    }
    let written = text ?? parts.string()
    return Input(name: try optionalName(), source: source, text: written, span: span())
  }

  private mutating func resources() throws(Damage) -> ResourceDeclaration {
    var resources = ResourceDeclaration()
    resources.cpus = try integer()
    resources.memoryBytes = try optional { (reader) throws(Damage) in try reader.integer() }
    resources.pools = try list { (reader) throws(Damage) in
      (try reader.locatedText(), try reader.integer())
    }
    resources.span = try optional { (reader) throws(Damage) in reader.span() }
    return resources
  }

  private mutating func artifact() throws(Damage) -> Artifact {
    Artifact(
      name: try optionalName(), path: try path(), span: span(),
      writer: try handle(below: stepCount), kind: try oneOf(ArtifactKind.allCases),
      x: try optionalText(), y: try optionalText(), isStored: flag(), isPersistent: flag())
  }

  // MARK: Models and problems

  private mutating func model() throws(Damage) -> Model {
    Model(
      name: try name(), span: span(), from: try artifacts(),
      better: try optional { (reader) throws(Damage) in
        Better(
          metric: try reader.metric(), goal: try reader.oneOf(Goal.allCases), by: reader.double())
      },
      require: try list { (reader) throws(Damage) in
        Threshold(
          metric: try reader.metric(), comparison: try reader.oneOf(Comparison.allCases),
          number: reader.double())
      },
      deploy: try steps())
  }

  private mutating func metric() throws(Damage) -> MetricName {
    guard let metric = MetricName(try text()) else { throw Damage() }
    return metric
  }

  private mutating func problem() throws(Damage) -> Diagnostic {
    Diagnostic(
      try text(), try text(), hint: try optionalText(),
      severity: flag() ? .warning : .error,
      at: try optional { (reader) throws(Damage) in reader.span() })
  }

  // MARK: Templates and values

  private mutating func templates() throws(Damage) -> [Template] {
    try list { (reader) throws(Damage) in try reader.template() }
  }

  private mutating func template() throws(Damage) -> Template {
    let count = try count()
    if count == 1, parts.number(UInt8.self) == 0 { return Template(text: parts.string()) }
    // A single one that is no text: its kind has been taken.
    if count == 1 { return Template([.reference(try reference())]) }
    var segments: [Template.Segment] = []
    for _ in 0..<count {
      switch parts.number(UInt8.self) {
      case 0: segments.append(.text(parts.string()))
      case 1: segments.append(.reference(try reference()))
      default: throw Damage()
      }
    }
    return Template(segments)
  }

  private mutating func reference() throws(Damage) -> Located<Reference> {
    let reference: Reference =
      switch parts.number(UInt8.self) {
      case 0: .parameter(try parameterName())
      case 1: .input(try name())
      case 2: .output(try name())
      case 3: .matrix(try name())
      case 4: .stepName
      default: throw Damage()
      }
    return Located(reference, at: span())
  }

  private mutating func named() throws(Damage) -> [(name: ParameterName, value: Value)] {
    try list { (reader) throws(Damage) in
      (try reader.parameterName(), try reader.value(depth: 0))
    }
  }

  private mutating func value(depth: Int) throws(Damage) -> Value {
    guard depth < BoundPipelineReader.deepest else { throw Damage() }
    switch parts.number(UInt8.self) {
    case 0: return .null
    case 1: return .boolean(false)
    case 2: return .boolean(true)
    case 3: return .number(try text())
    case 4: return .text(try text())
    case 5:
      return .list(try list { (reader) throws(Damage) in try reader.value(depth: depth + 1) })
    case 6:
      return .map(
        try list { (reader) throws(Damage) in
          (try reader.text(), try reader.value(depth: depth + 1))
        })
    default: throw Damage()
    }
  }

  /// Above what the manifest's reader allows.
  private static let deepest = 200

  // MARK: Small parts

  private mutating func parameterName() throws(Damage) -> ParameterName {
    ParameterName(try list { (reader) throws(Damage) in try reader.text() })
  }

  private mutating func name() throws(Damage) -> Name {
    guard let name = Name(try text()) else { throw Damage() }
    return name
  }

  private mutating func optionalName() throws(Damage) -> Name? {
    guard let text = try optionalText() else { return nil }
    guard let name = Name(text) else { throw Damage() }
    return name
  }

  private mutating func locatedText() throws(Damage) -> Located<String> {
    Located(try text(), at: span())
  }

  private mutating func span() -> Span {
    Span(
      text: Int(parts.number(UInt32.self)), line: Int(parts.number(UInt32.self)),
      column: Int(parts.number(UInt32.self)), length: Int(parts.number(UInt32.self)))
  }

  private mutating func integer() throws(Damage) -> Int { Int(parts.number(Int64.self)) }

  private mutating func double() -> Double { Double(bitPattern: parts.number(UInt64.self)) }

  private mutating func flag() -> Bool { parts.number(UInt8.self) == 1 }

  private mutating func oneOf<Choice>(_ all: [Choice]) throws(Damage) -> Choice {
    let index = Int(parts.number(UInt8.self))
    guard all.indices.contains(index) else { throw Damage() }
    return all[index]
  }

  private mutating func artifacts() throws(Damage) -> [ID<Artifact>] {
    try handles(below: artifactCount)
  }

  private mutating func steps() throws(Damage) -> [ID<Step>] { try handles(below: stepCount) }

  private mutating func handles<Entity>(below limit: Int) throws(Damage) -> [ID<Entity>] {
    let count = try count()
    var handles: [ID<Entity>] = []
    if count == 0 { return handles }
    handles.reserveCapacity(count)
    for _ in 0..<count { handles.append(try handle(below: limit)) }
    return handles
  }

  private mutating func handle<Entity>(below limit: Int) throws(Damage) -> ID<Entity> {
    let index = Int(parts.number(UInt32.self))
    guard index < limit else { throw Damage() }
    return ID(index: index)
  }

  private mutating func text() throws(Damage) -> String {
    guard let text = try optionalText() else { throw Damage() }
    return text
  }

  private mutating func optionalText() throws(Damage) -> String? {
    guard let index = try number() else { return nil }
    if let known = texts[index] { return known }
    let text = String(decoding: try bytes(index), as: UTF8.self)
    texts[index] = text
    return text
  }

  private mutating func path() throws(Damage) -> Path {
    guard let index = try number() else { throw Damage() }
    return Path(Array(try bytes(index)))
  }

  /// Which of the texts; nil for none.
  private mutating func number() throws(Damage) -> Int? {
    let number = parts.number(UInt32.self)
    if number == BoundPipelineWriter.none { return nil }
    guard number < texts.count else { throw Damage() }
    return Int(number)
  }

  private func bytes(_ index: Int) throws(Damage) -> UnsafeRawBufferPointer {
    func number(_ offset: Int) -> Int {
      Int(UInt32(littleEndian: places.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    }
    let (start, count) = (number(8 * index), number(8 * index + 4))
    guard start + count <= characters.count else { throw Damage() }
    return UnsafeRawBufferPointer(rebasing: characters[start..<start + count])
  }

  /// How many items follow, each of which has a byte at least.
  private mutating func count() throws(Damage) -> Int {
    let count = Int(parts.number(UInt32.self))
    guard count <= parts.remaining else { throw Damage() }
    return count
  }

  private mutating func list<Item>(
    _ item: (inout BoundPipelineReader) throws(Damage) -> Item
  ) throws(Damage) -> [Item] {
    let count = try count()
    var items: [Item] = []
    if count == 0 { return items }
    items.reserveCapacity(count)
    for _ in 0..<count { items.append(try item(&self)) }
    return items
  }

  private mutating func optional<Item>(
    _ item: (inout BoundPipelineReader) throws(Damage) -> Item
  ) throws(Damage) -> Item? {
    let items = try list(item)
    guard items.count < 2 else { throw Damage() }
    return items.first
  }

  private mutating func table<Row>(
    _ count: Int, _ row: (inout BoundPipelineReader) throws(Damage) -> Row
  ) throws(Damage) -> Table<Row> {
    guard (0...parts.remaining).contains(count) else { throw Damage() }
    var table = Table<Row>()
    table.rows.reserveCapacity(count)
    for _ in 0..<count { table.rows.append(try row(&self)) }
    return table
  }
}
