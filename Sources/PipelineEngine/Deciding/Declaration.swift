import PipelineModel

// What of a step's fingerprint follows from its declaration alone.
extension Step {
  var commandFields: [Field] {
    var fields: [Field] = []
    var templates: [Template]
    switch work {
    case .swift(let product, let arguments):
      templates = arguments
      let words = ["swift:\(product.content)"] + arguments.map(\.source)
      fields.append(Field(.command, value: JSON.text(.list(words.map(Value.text)))))
    case .command(let arguments):
      templates = arguments
      fields.append(
        Field(.command, value: JSON.text(.list(arguments.map { .text($0.source) }))))
    case .script(_, let source, let shell):
      templates = [source]
      fields.append(Field(.command, value: source.source))
      fields.append(Field(.shell, value: shell.rawValue))
    }
    if !directory.isHere { fields.append(Field(.directory, value: directory.description)) }
    templates += variables.map(\.value)
    if templates.contains(where: { $0.references.contains { $0.content == .stepName } }) {
      fields.append(Field(.stepName, value: name.description))
    }
    return fields
  }

  var variableFields: [Field] {
    variables.map { Field(.variable, $0.name, value: $0.value.source) }
  }

  /// Those of the matrix as well.
  var parameterFields: [Field] {
    parameters.map { Field(.parameter, $0.name.description, value: JSON.canonical($0.value)) }
      + matrix.map { Field(.matrix, $0.name.text, value: JSON.canonical($0.value)) }
  }
}

extension Field {
  init(_ output: Artifact) {
    self.init(
      .output, output.name?.text ?? Field.elementMark, path: output.path.exact,
      value: output.isPersistent ? "persistent" : "")
  }
}

// Declarations are compared from one manifest to the next: what is declared as it was, and whose
// files are as they were, is fresh as it was.
extension Pipeline {
  /// Tells what decides of a step from what decides of any other, wherever the manifest says it.
  /// What lies in its files is not part of it, but which files count is.
  func declaration(of id: ID<Step>) -> Digest {
    let step = steps[id]
    var text = DeclarationText()
    text.add(step.commandFields + step.variableFields + step.parameterFields)
    text.add(step.inputs) { input, text in
      text.add(input.label)
      switch input.source {
      case .artifacts(let artifacts, let isList):
        text.add(isList ? "artifacts" : "artifact")
        text.add(paths(of: artifacts))
      case .path(let path, let overlaps):
        text.add("path")
        text.add([path] + paths(of: overlaps))
      case .glob(let glob, let overlaps):
        text.add("glob")
        text.add([glob.pattern] + paths(of: overlaps))
      }
    }
    text.add(step.outputs.map { Field(artifacts[$0]) })
    text.add(step.outputs.map { "\(artifacts[$0].kind) \(artifacts[$0].isStored)" })
    text.add(step.sources)
    text.add(step.sourceCandidates)
    text.add([step.directory])
    text.add(step.tools.map(\.content))
    text.add(step.traits.map { "\($0)" }.sorted() + [step.isPlatformBound ? "platform" : ""])
    text.add(step.needs.map { "\(steps[$0].name)" }.sorted())
    text.add(step.after.map { "\(steps[$0].name)" }.sorted())
    return text.digest
  }

  /// The same for what the manifest says of all steps.
  var commonDeclaration: Digest {
    var text = DeclarationText()
    text.add(ignore.patterns)
    text.add(outside)
    return text.digest
  }

  /// In their order: that of a list counts.
  private func paths(of artifacts: [ID<Artifact>]) -> [Path] {
    artifacts.map { self.artifacts[$0].path }
  }
}

/// Texts and lists of them, framed so that different ones never look alike.
private struct DeclarationText {
  private var bytes = ByteWriter(capacity: 1024)

  var digest: Digest { bytes.digest(from: 0) }

  mutating func add(_ text: String) { bytes.addText(Array(text.utf8)) }

  mutating func add(_ texts: [String]) { add(texts) { $1.add($0) } }

  mutating func add(_ paths: [Path]) { add(paths) { $1.bytes.addText($0.bytes) } }

  mutating func add(_ fields: [Field]) {
    add(fields) { field, text in
      text.add([field.kind.rawValue, field.name, field.value] + [field.path].compactMap(\.self))
    }
  }

  mutating func add<Item>(_ items: [Item], by body: (Item, inout DeclarationText) -> Void) {
    bytes.add(UInt32(items.count))
    for item in items { body(item, &self) }
  }
}
