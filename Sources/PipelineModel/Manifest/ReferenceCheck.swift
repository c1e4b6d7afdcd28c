extension FormReader {
  /// Names of a step that its processes could not tell apart.
  mutating func checkVariables(of step: StepDeclaration) {
    checkVariables("inputs", prefix: "PIPELINE_INPUT_", step.inputs.compactMap(\.name))
    checkVariables("outputs", prefix: "PIPELINE_OUTPUT_", step.outputs.compactMap(\.name))
  }

  private mutating func checkVariables(_ kind: String, prefix: String, _ names: [Located<Name>]) {
    var first: [String: Name] = [:]
    for name in names {
      let variable = name.content.variable
      let before = first.updateValue(name.content, forKey: variable)
      guard let before, before != name.content else { continue }
      report(
        "same-variable",
        "'\(name.content)' and '\(before)' of '\(kind)' would both be $\(prefix)\(variable)",
        hint: "rename one", at: name.span)
    }
  }

  /// References that the step's own declaration can answer.
  ///
  /// - Parameter fields: the step's keys: what is declared there but could not be read is no
  ///   further mistake of those who refer to it.
  mutating func checkReferences(of step: StepDeclaration, _ fields: Fields) {
    let names = Names(fields)
    for template in step.workTemplates + step.environment.variables.map(\.value) {
      for reference in template.content.references { check(reference, against: names) }
    }
    for (key, template) in step.pathTemplates {
      for reference in template.content.references {
        checkPath(reference, of: key, against: names)
      }
    }
    for pattern in step.after {
      for (_, value) in pattern.content.bindings {
        for reference in value.references {
          checkPath(reference, of: "after", against: names)
        }
      }
    }
  }

  private struct Names {
    let inputs: [String]
    let outputs: [String]
    let dimensions: [String]

    init(_ fields: Fields) {
      inputs = fields["inputs"]?.entries?.map(\.key) ?? []
      outputs = fields["outputs"]?.entries?.map(\.key) ?? []
      let matrix = fields["matrix"]?.entries ?? []
      let included = matrix.first { $0.key == "include" }?.value.items?.first?.entries ?? []
      dimensions = (matrix.filter { !["include", "exclude"].contains($0.key) } + included).map(
        \.key)
    }
  }

  private mutating func check(_ reference: Located<Reference>, against names: Names) {
    switch reference.content {
    case .parameter, .stepName: break
    case .input(let name): check(name, among: names.inputs, "input", at: reference.span)
    case .output(let name): check(name, among: names.outputs, "output", at: reference.span)
    case .matrix(let name): check(name, among: names.dimensions, "matrix", at: reference.span)
    }
  }

  private mutating func check(
    _ name: Name, among known: [String], _ kind: String, at span: Span
  ) {
    guard !known.contains(name.text) else { return }
    let space = kind == "matrix" ? "matrix" : kind + "s"
    let what = kind == "matrix" ? "dimension" : kind
    let near = nearest(to: name.text, among: known) ?? (known.count == 1 ? known[0] : nil)
    report(
      "bad-reference", "'\(space).\(name)' is not there: the step has no \(what) of that name",
      hint: near.map { "write \(space).\($0)" } ?? "declare it under '\(space)'", at: span)
  }

  private mutating func checkPath(
    _ reference: Located<Reference>, of key: String, against names: Names
  ) {
    switch reference.content {
    case .parameter, .matrix, .stepName: check(reference, against: names)
    case .input, .output:
      report(
        "bad-reference",
        "'\(reference.content)' stands in '\(key)', which may refer to parameters, matrix and"
          + " step.name only", at: reference.span)
    }
  }
}

extension StepDeclaration {
  /// What the step's command is made of.
  package var workTemplates: [Located<Template>] {
    switch work {
    case .swift(_, let arguments): arguments
    case .script(let script, _): [script]
    case .command(let words): words
    }
  }

  /// What says where files are, each with the key it stands under.
  package var pathTemplates: [(key: String, template: Located<Template>)] {
    inputs.map { ("inputs", $0.source) } + outputs.map { ("outputs", $0.path) }
      + sources.map { ("sources", $0) } + (directory.map { [("directory", $0)] } ?? [])
  }
}
