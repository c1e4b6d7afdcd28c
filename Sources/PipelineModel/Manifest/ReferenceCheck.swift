extension FormReader {
  /// Names of a step that its processes could not tell apart.
  mutating func checkVariables(of step: StepDeclaration) {
    checkVariables("inputs", prefix: "PIPELINE_INPUT_", step.inputs.compactMap(\.name))
    checkVariables("outputs", prefix: "PIPELINE_OUTPUT_", step.outputs.compactMap(\.name))
  }

  private mutating func checkVariables(_ kind: String, prefix: String, _ names: [Located<Name>]) {
    if names.count < 2 { return }
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
    var names = Names(fields)
    for template in step.workTemplates + step.environment.variables.map(\.value) {
      for reference in template.content.references { check(reference, against: &names) }
    }
    for input in step.inputs { check(path: input.source.content, of: "inputs", against: &names) }
    for output in step.outputs { check(path: output.path.content, of: "outputs", against: &names) }
    for source in step.sources { check(path: source.content, of: "sources", against: &names) }
    if let directory = step.directory {
      check(path: directory.content, of: "directory", against: &names)
    }
    for (_, value) in step.after.flatMap(\.content.bindings) {
      check(path: value, of: "after", against: &names)
    }
  }

  /// What a step declares, found out when it is first referred to: few steps have references.
  private struct Names {
    private let fields: Fields
    lazy var inputs: [String] = fields["inputs"]?.entries?.map(\.key) ?? []
    lazy var outputs: [String] = fields["outputs"]?.entries?.map(\.key) ?? []
    lazy var dimensions: [String] = {
      let matrix = fields["matrix"]?.entries ?? []
      let included = matrix.first { $0.key == "include" }?.value.items?.first?.entries ?? []
      return (matrix.filter { !["include", "exclude"].contains($0.key) } + included).map(\.key)
    }()

    init(_ fields: Fields) {
      self.fields = fields
    }
  }

  private mutating func check(_ reference: Located<Reference>, against names: inout Names) {
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

  /// What says where files are may refer to less.
  private mutating func check(path: Template, of key: String, against names: inout Names) {
    for reference in path.references { check(reference, inPathOf: key, against: &names) }
  }

  private mutating func check(
    _ reference: Located<Reference>, inPathOf key: String, against names: inout Names
  ) {
    switch reference.content {
    case .parameter, .matrix, .stepName: check(reference, against: &names)
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
    case .script(let script): [script.template]
    case .command(let words): words
    }
  }
}
