extension GraphReport {
  /// What `graph --format json` writes, schema 1.
  package var json: Value {
    .map([
      ("schema", .number("1")),
      ("project", .text(pipeline.project)),
      ("steps", .list(steps.map(stepJSON))),
      ("artifacts", .list(steps.flatMap { step($0).outputs }.map(artifactJSON))),
    ])
  }

  private func stepJSON(_ id: ID<Step>) -> Value {
    let step = step(id)
    return .map([
      ("name", .text("\(step.name)")),
      ("role", step.role.map(Value.text) ?? .null),
      ("description", step.description.map(Value.text) ?? .null),
      ("work", workJSON(step.work)),
      ("matrix", .map(step.matrix.map { (key: $0.name.text, value: $0.value) })),
      ("parameters", .map(step.parameters.map { (key: "\($0.name)", value: $0.value) })),
      (
        "traits",
        .list(StepTrait.allCases.filter(step.traits.contains).map { .text($0.rawValue) })
      ),
      ("inputs", .list(step.inputs.map(inputJSON))),
      ("outputs", .list(step.outputs.map(artifactJSON))),
      ("needs", namesJSON(step.needs)),
      ("after", namesJSON(step.after)),
    ])
  }

  private func workJSON(_ work: BoundWork) -> Value {
    switch work {
    case .swift(let product, let arguments):
      .map([
        ("kind", .text("swift")), ("product", .text(product.content)),
        ("arguments", .list(arguments.map { .text($0.source) })),
      ])
    case .script(_, let source, let shell):
      .map([
        ("kind", .text("script")), ("shell", .text(shell.rawValue)),
        ("script", .text(source.source)),
      ])
    case .command(let words):
      .map([
        ("kind", .text("command")), ("arguments", .list(words.map { .text($0.source) })),
      ])
    }
  }

  /// `text` is what the manifest writes; `path` or `pattern` where it is no artifact alone;
  /// `artifacts` what of other steps it is, holds or lies in.
  private func inputJSON(_ input: Input) -> Value {
    var entries: [(key: String, value: Value)] = [
      ("name", input.name.map { .text($0.text) } ?? .null), ("text", .text(input.text)),
    ]
    switch input.source {
    case .artifacts: break
    case .path(let path, _): entries.append(("path", .text(path.description)))
    case .glob(let glob, _): entries.append(("pattern", .text(glob.pattern.description)))
    }
    entries.append(
      (
        "artifacts",
        .list(
          input.source.artifacts.map { id in
            let artifact = pipeline.artifacts[id]
            return .map([
              ("step", .text("\(step(artifact.writer).name)")),
              ("name", artifact.name.map { .text($0.text) } ?? .null),
              ("path", .text(artifact.path.description)),
            ])
          })
      ))
    return .map(entries)
  }

  private func artifactJSON(_ id: ID<Artifact>) -> Value {
    let artifact = pipeline.artifacts[id]
    return .map([
      ("step", .text("\(step(artifact.writer).name)")),
      ("name", artifact.name.map { .text($0.text) } ?? .null),
      ("path", .text(artifact.path.description)),
      ("kind", .text(artifact.kind.rawValue)),
      ("x", artifact.x.map(Value.text) ?? .null),
      ("y", artifact.y.map(Value.text) ?? .null),
      ("store", .boolean(artifact.isStored)),
      ("persist", .boolean(artifact.isPersistent)),
    ])
  }

  private func namesJSON(_ ids: [ID<Step>]) -> Value {
    .list(ids.map { .text("\(step($0).name)") })
  }
}
