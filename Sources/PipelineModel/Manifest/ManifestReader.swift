/// Reads a manifest from its syntax: form only; nothing is bound, no file is looked at.
package enum ManifestReader {
  /// - Returns: the manifest, with an error only as far as it can be read, so that binding can
  ///   look for further mistakes; all problems, in the order of their places.
  package static func read(_ syntax: Syntax) -> (manifest: Manifest, problems: [Diagnostic]) {
    var form = FormReader()
    let manifest = form.manifest(syntax)
    return (manifest, inOrder(form.problems))
  }

  /// A file of parameters: what it says, with all problems.
  package static func readParameters(
    _ syntax: Syntax
  ) -> (values: Value, problems: [Diagnostic]) {
    var form = FormReader()
    let declarations = form.parameters(syntax)
    let values = declarations.map { (key: $0.name.content, value: $0.syntax.value) }
    return (.map(values), inOrder(form.problems))
  }

  /// Each once, by its place: what an alias repeats would else be said once for each.
  static func inOrder(_ all: [Diagnostic]) -> [Diagnostic] {
    all.eachOnce.enumerated()
      .sorted { ($0.element.order, $0.offset) < ($1.element.order, $1.offset) }.map(\.element)
  }
}

extension Diagnostic {
  /// Line and column in one number.
  fileprivate var order: Int { (span?.line ?? 0) << 32 + min(span?.column ?? 0, 1 << 31) }
}

extension FormReader {
  private static let keys = [
    "project", "parameters", "parameters-from", "steps", "ignore", "outside", "models", "registry",
  ]

  fileprivate mutating func manifest(_ syntax: Syntax) -> Manifest {
    guard syntax.entries != nil else {
      report(
        "wrong-type", "\(FormReader.kind(syntax)) stands here, but a manifest is a map",
        hint: "write 'project:' and 'steps:', with a blank after each colon", at: syntax.span)
      return Manifest()
    }
    let fields = fields(syntax, of: "manifest", owner: "the manifest", known: FormReader.keys)
    var manifest = Manifest()
    if let project = required("project", in: fields, at: syntax.span) {
      manifest.project = line(project, of: "project")?.content ?? ""
    }
    if let parameters = fields["parameters"] {
      let before = problems.count
      manifest.parameters = self.parameters(parameters)
      manifest.hasBrokenParameters = problems.count > before
    }
    if let files = fields["parameters-from"] {
      manifest.parameterFiles = paths(files, of: "parameters-from")
    }
    if let patterns = fields["ignore"] {
      manifest.ignore = items(patterns, of: "ignore").compactMap { line($0, of: "ignore") }
    }
    if let places = fields["outside"] { manifest.outside = paths(places, of: "outside") }
    if let models = fields["models"] { manifest.models = self.models(models) }
    if let registry = fields["registry"] { manifest.registry = self.registry(registry) }
    if let steps = required("steps", in: fields, at: syntax.span) {
      (manifest.steps, manifest.brokenSteps) = self.steps(steps)
    }
    return manifest
  }

  private mutating func required(_ key: String, in fields: Fields, at span: Span) -> Syntax? {
    guard let value = fields[key] else {
      report(
        "missing-key", "'\(key)' is missing; every manifest has it", hint: "write '\(key):'",
        at: span)
      return nil
    }
    return value
  }

  private mutating func steps(
    _ syntax: Syntax
  ) -> (steps: [StepDeclaration], broken: Set<Name>) {
    var broken: Set<Name> = []
    let entries = entries(syntax, of: "steps")
    if syntax.entries?.isEmpty == true {
      report(
        "missing-key", "'steps' names no step; a pipeline has at least one", at: syntax.span)
    }
    let steps = entries.compactMap { entry -> StepDeclaration? in
      let name = name(entry.key, at: entry.keySpan, of: "a step")
      let before = problems.count
      // A step whose name is wrong is read for its other mistakes.
      let step = step(entry, name: name ?? FormReader.nameless(entry.keySpan))
      guard let name else { return nil }
      if problems[before...].contains(where: { $0.severity == .error }) {
        broken.insert(name.content)
      }
      return step
    }
    return (steps, broken)
  }

  /// Stands for a name that is wrong, where what bears it is read for its other mistakes.
  static func nameless(_ span: Span) -> Located<Name> {
    guard let name = Name("unnamed") else { preconditionFailure("'unnamed' is a name") }
    return Located(name, at: span)
  }

  private mutating func paths(_ syntax: Syntax, of key: String) -> [Located<Path>] {
    items(syntax, of: key).compactMap { item in
      line(item, of: key).map { Located(Path($0.content), at: $0.span) }
    }
  }

  /// Top-level parameters: the names are checked to the last level, the values are kept.
  fileprivate mutating func parameters(_ syntax: Syntax) -> [ParameterDeclaration] {
    let declarations = entries(syntax, of: "parameters").compactMap { entry in
      name(entry.key, at: entry.keySpan, of: "a parameter") == nil
        ? nil
        : ParameterDeclaration(name: Located(entry.key, at: entry.keySpan), syntax: entry.value)
    }
    var pending = declarations.reversed().map { (name: $0.name.content, syntax: $0.syntax) }
    while let (name, syntax) = pending.popLast() {
      if let items = syntax.items { pending += items.reversed().map { (name, $0) } }
      guard syntax.entries != nil else { continue }
      for entry in entries(syntax, of: name).reversed() {
        checkParameterKey(entry, in: name)
        pending.append(("\(name).\(entry.key)".clipped, entry.value))
      }
    }
    return declarations
  }

  private mutating func checkParameterKey(_ entry: Syntax.Entry, in name: String) {
    let bytes = Array(entry.key.utf8)
    guard bytes.isEmpty || bytes.contains(UInt8(ascii: ".")) else { return }
    report(
      "bad-name",
      bytes.isEmpty
        ? "an empty text cannot name a parameter in '\(name)'"
        : "'\(entry.key.clipped)' cannot name a parameter: a dot leads from a map into it",
      hint: bytes.isEmpty ? nil : "write a map within the map, or '_' for the dot",
      at: entry.keySpan)
  }
}
