/// What references of one step resolve to while it is bound, and which parameters they mention.
struct Scope {
  let name: StepName
  let combination: Combination
  let parameters: Parameters
  private(set) var mentioned: Set<ParameterName> = []
  private(set) var problems: [Diagnostic] = []

  init(name: StepName, combination: Combination, parameters: Parameters) {
    self.name = name
    self.combination = combination
    self.parameters = parameters
  }

  /// Text that may use parameters, matrix and step.name; nil, with a problem, where it cannot be.
  /// A list or map of the matrix appears as in the step's name, since its JSON would be no path.
  mutating func text(_ template: Located<Template>) -> String? {
    if let literal = template.content.literal { return literal }
    var text = ""
    for segment in template.content.segments {
      switch segment {
      case .text(let part): text += part
      case .reference(let reference):
        guard let part = scalar(reference) else { return nil }
        text += part
      }
    }
    return text
  }

  /// Notes the parameters that a template mentions and reports those that have no value.
  mutating func mention(_ template: Template) {
    for reference in template.references {
      guard case .parameter(let name) = reference.content else { continue }
      if parameters[name] == nil {
        problems.append(.unknownParameter(name, among: parameters, at: reference.span))
      }
      mentioned.insert(name)
    }
  }

  /// The leaves of all parameters that were mentioned or are named, sorted, each once.
  mutating func used(
    beside named: [Located<ParameterName>]
  ) -> [(name: ParameterName, value: Value)] {
    for name in named {
      if parameters[name.content] == nil {
        problems.append(.unknownParameter(name.content, among: parameters, at: name.span))
      }
      mentioned.insert(name.content)
    }
    if mentioned.isEmpty { return [] }
    var seen: Set<ParameterName> = []
    return mentioned.sorted().flatMap(parameters.leaves).filter { seen.insert($0.name).inserted }
      .sorted { $0.name < $1.name }
  }

  private mutating func scalar(_ reference: Located<Reference>) -> String? {
    switch reference.content {
    case .stepName: return name.description
    case .matrix(let dimension):
      guard let value = combination.first(where: { $0.name == dimension })?.value else {
        return nil
      }
      return value.list == nil && value.map == nil ? value.argument : StepName.encoded(value)
    case .parameter(let name):
      mentioned.insert(name)
      guard let value = parameters[name] else {
        problems.append(.unknownParameter(name, among: parameters, at: reference.span))
        return nil
      }
      guard value.list == nil, value.map == nil else {
        problems.append(
          Diagnostic(
            "not-a-scalar", "parameter '\(name)' is \(value.kind), a path needs a single value",
            at: reference.span))
        return nil
      }
      return value.argument
    // Refused when the manifest was read.
    case .input, .output: return nil
    }
  }
}
