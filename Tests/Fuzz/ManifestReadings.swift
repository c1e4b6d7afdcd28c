import PipelineComponent
import PipelineEngine
import PipelineModel

extension Reading {
  /// What users write as YAML.
  static let manifests = [
    Reading(name: "manifest", attempt: manifest),
    Reading(name: "parameters", attempt: parameters),
    Reading(name: "sweep", attempt: sweep),
  ]

  private static func manifest(_ bytes: [UInt8]) throws {
    let told = Told(of: bytes, name: "pipeline.yaml")
    var (syntax, problems) = YAMLReader.read(bytes)
    try promise(syntax != nil || !problems.isEmpty, "nothing was read and nothing told of")
    try told.check(problems)
    guard let syntax else { return }
    try told.check(syntax)
    let (manifest, formProblems) = ManifestReader.read(syntax)
    try told.check(formProblems)
    let parameters = Parameters(
      .map(manifest.parameters.map { (key: $0.name.content, value: $0.syntax.value) }))
    let (pipeline, graphProblems) = Binder.bind(manifest, parameters)
    try told.check(graphProblems)
    problems += formProblems + graphProblems
    if problems.contains(where: { $0.severity == .error }) { return }
    try check(BoundPipeline(pipeline: pipeline, parameters: parameters, problems: problems))
  }

  /// A pipeline that may be executed can be kept, planned, drawn and wired.
  private static func check(_ bound: BoundPipeline) throws {
    let pipeline = bound.pipeline
    try BoundFile.checkRoundTrip(bound)
    let (plan, problems) = Plan.make(Selection(), of: pipeline)
    try promise(plan != nil || !problems.isEmpty, "no plan, and nothing told of")
    // A matrix makes many of a few bytes; drawing them is no question of what was read.
    guard pipeline.steps.count <= 100 else { return }
    let graph = GraphReport(pipeline)
    for line in graph.lines {
      let isVisible = line.text.unicodeScalars.allSatisfy { !VisibleText.isControl($0) }
      try promise(isVisible, "the graph shows a control character: \(Array(line.text.utf8))")
    }
    _ = (graph.dot, graph.mermaid, graph.svg)
    let json = try JSON.read(JSON.text(graph.json))
    try promise(json == graph.json, "the graph as JSON reads as something else")
    for step in pipeline.steps.rows.prefix(20) { try checkWires(of: step, in: pipeline) }
  }

  /// What a component reads from its environment is what its step was told to hand over.
  private static func checkWires(of step: Step, in pipeline: Pipeline) throws {
    let wiring = Wiring(step, in: pipeline, matches: { [$0.base.appending("a"), $0.base] })
    var variables: [String: String] = [:]
    for variable in wiring.variables {
      let name = String(decoding: variable.name, as: UTF8.self)
      try promise(variables[name] == nil, "variable \(name) is set twice")
      variables[name] = String(decoding: variable.value, as: UTF8.self)
    }
    let long = Set(wiring.longLists.map(\.input))
    let component = Component(environment: variables)
    for input in step.inputs {
      guard let name = input.name, !long.contains(name) else { continue }
      let words = wiring.words(.input(name)).map { String(decoding: $0, as: UTF8.self) }
      try promise(
        try component.inputs(name.text) == words, "input '\(name)' is not \(words) to a component")
    }
    for id in step.outputs {
      guard let name = pipeline.artifacts[id].name else { continue }
      let words = wiring.words(.output(name)).map { String(decoding: $0, as: UTF8.self) }
      try promise(
        try [component.output(name.text)] == words, "output '\(name)' is not \(words)")
    }
    let written = try JSON.read(wiring.parameters)
    let read = try PipelineComponent.JSON(parsing: wiring.parameters)
    try promise(agrees(read, with: written), "a component reads other parameters")
  }

  private static func parameters(_ bytes: [UInt8]) throws {
    let told = Told(of: bytes, name: "params.yaml")
    let (syntax, problems) = YAMLReader.read(bytes)
    try told.check(problems)
    guard let syntax else { return }
    let (values, formProblems) = ManifestReader.readParameters(syntax)
    try told.check(formProblems)
    guard problems.isEmpty, formProblems.isEmpty else { return }
    let read = try JSON.read(JSON.pretty(values))
    try promise(read == values, "parameters as JSON read as something else")
    var parameters = Parameters(values)
    let before = parameters
    parameters.merge(values)
    try promise(parameters == before, "parameters laid over themselves are others")
    for name in parameters.names.prefix(50) {
      let value = parameters[name]
      try promise(value != nil, "parameter '\(name)' is named and not there")
      _ = parameters.set(name, to: value ?? .null)
    }
    try promise(parameters == before, "parameters set to what they are are others")
    edit(values, syntax, bytes)
  }

  /// Writing other values into the file, as `experiments apply` does; that one reads what came of
  /// it before it keeps it.
  private static func edit(_ values: Value, _ syntax: Syntax, _ bytes: [UInt8]) {
    let wanted = Parameters(values).names.prefix(50).map { (name: $0, value: Value.text("a: b")) }
    let (edits, _) = ParameterEdit.edits(to: wanted, in: [syntax])
    _ = ParameterEdit.apply(edits, to: String(decoding: bytes, as: UTF8.self))
  }

  private static func sweep(_ bytes: [UInt8]) throws {
    let told = Told(of: bytes, name: "sweep.yaml")
    let (syntax, problems) = YAMLReader.read(bytes)
    try told.check(problems)
    guard let syntax else { return }
    let (space, formProblems) = SweepReader.read(syntax)
    try told.check(formProblems)
    if let space { try check(space) }
  }

  /// A space that is told of as right has trials, each with a name of its own, and no more of them
  /// than are allowed.
  static func check(_ space: SweepSpace) throws {
    let trials = space.trials
    try promise(!trials.isEmpty, "a sweep without a trial")
    try promise(trials.count <= SweepSpace.mostTrials, "\(trials.count) trials")
    try promise(space.trials == trials, "the same sweep makes other trials")
    _ = (space.digest, space.combinations)
    _ = try JSON.read(JSON.text(space.json))
  }
}

/// Whether the reader for components sees what the tool's own sees.
func agrees(_ seen: PipelineComponent.JSON, with value: Value) -> Bool {
  switch (seen, value) {
  case (.null, .null): true
  case (.boolean(let a), .boolean(let b)): a == b
  case (.number(let a), .number(let b)), (.string(let a), .text(let b)):
    a.utf8.elementsEqual(b.utf8)
  case (.array(let a), .list(let b)): a.count == b.count && zip(a, b).allSatisfy(agrees)
  case (.object(let fields), .map(let entries)):
    // Swift's own texts are equal where they look alike; of such keys a component sees one.
    Set(entries.map(\.key)).count < entries.count
      || fields.count == entries.count
        && entries.allSatisfy { entry in
          fields[entry.key].map { agrees($0, with: entry.value) } ?? false
        }
  case (.null, _), (.boolean, _), (.number, _), (.string, _), (.array, _), (.object, _): false
  }
}
