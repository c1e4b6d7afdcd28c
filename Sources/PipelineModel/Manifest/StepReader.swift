extension FormReader {
  private static let stepKeys = [
    "component", "run", "arguments", "role", "description", "sources", "inputs", "outputs",
    "parameters", "after", "matrix", "environment", "resources", "timeout", "retry", "directory",
    "frozen", "always", "manual", "effects", "allow-failure", "platform", "shell",
  ]

  /// One entry of `steps:`.
  ///
  /// - Returns: nil where the step's work cannot be told.
  mutating func step(_ entry: Syntax.Entry, name: Located<Name>) -> StepDeclaration? {
    let title = "steps.\(entry.key.clipped)"
    guard entry.value.entries != nil else {
      wrongType(entry.value, of: title, takes: "a map with 'run' or 'component'")
      return nil
    }
    let fields = fields(entry.value, of: title, owner: "a step", known: FormReader.stepKeys)
    let work = work(fields, name: name)
    // Without its work a step is still read, for its other mistakes.
    var step = StepDeclaration(name: name, work: work ?? .command([]))
    readFiles(fields, into: &step)
    readOrder(fields, into: &step)
    readSurroundings(fields, into: &step)
    readTraits(fields, into: &step)
    checkContradictions(fields, in: step)
    checkVariables(of: step)
    checkReferences(of: step, fields)
    return work == nil ? nil : step
  }

  private mutating func readFiles(_ fields: Fields, into step: inout StepDeclaration) {
    if let syntax = fields["inputs"] { step.inputs = inputs(syntax) }
    if let syntax = fields["outputs"] { step.outputs = outputs(syntax) }
    if let syntax = fields["sources"] {
      step.sources = items(syntax, of: "sources").compactMap { path($0, of: "sources") }
    }
    if let syntax = fields["directory"], let template = path(syntax, of: "directory") {
      step.directory = template
      if let path = template.content.literal.map({ Path($0) }), path.isAbsolute || path.climbs {
        report(
          "bad-path", "'\(path)' leaves the workspace; 'directory' may not",
          hint: "name a directory relative to the manifest", at: template.span)
      }
    }
  }

  private mutating func readOrder(_ fields: Fields, into step: inout StepDeclaration) {
    if let syntax = fields["parameters"] {
      step.parameters = items(syntax, of: "parameters").compactMap { parameterName($0) }
    }
    if let syntax = fields["after"] {
      step.after = items(syntax, of: "after").compactMap { stepPattern($0, of: "after") }
    }
    if let syntax = fields["matrix"] { step.matrix = matrix(syntax) }
  }

  private mutating func parameterName(_ syntax: Syntax) -> Located<ParameterName>? {
    guard let text = text(syntax, of: "parameters") else { return nil }
    if let name = ParameterName(text.content) { return Located(name, at: text.span) }
    report(
      "bad-name",
      "'\(text.content.clipped)' cannot name a parameter: a name stands on both sides"
        + " of each dot", at: text.span)
    return nil
  }

  private mutating func readTraits(_ fields: Fields, into step: inout StepDeclaration) {
    if let syntax = fields["role"] { step.role = line(syntax, of: "role")?.content }
    if let syntax = fields["description"] {
      step.description = text(syntax, of: "description")?.content
    }
    for trait in StepTrait.allCases {
      guard let syntax = fields[trait.rawValue] else { continue }
      if boolean(syntax, of: trait.rawValue) == true { step.traits.insert(trait) }
    }
    if let syntax = fields["platform"], let text = text(syntax, of: "platform") {
      if text.content == "any" {
        step.isPlatformBound = false
      } else {
        report(
          "bad-value", "'\(text.content.clipped)' is nothing that 'platform' can be",
          hint: "write any, or remove the key: a result counts for the platform it was made on",
          at: text.span)
      }
    }
  }

  private mutating func checkContradictions(_ fields: Fields, in step: StepDeclaration) {
    guard step.traits.contains(.frozen), let frozen = fields.entry("frozen") else { return }
    if step.traits.contains(.always) {
      report(
        "contradiction", "'frozen' and 'always' exclude each other: never executed, and ever",
        hint: "remove one", at: frozen.keySpan)
    }
    if fields["outputs"] == nil || fields["outputs"]?.value == .map([])
      || fields["outputs"]?.value == .list([])
    {
      report(
        "contradiction",
        "a 'frozen' step has outputs that count as they are, but '\(step.name.content)' has none",
        hint: "declare its outputs, or remove 'frozen'", at: frozen.keySpan)
    }
  }
}
