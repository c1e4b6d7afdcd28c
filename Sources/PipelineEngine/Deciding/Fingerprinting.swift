import PipelineModel

extension Decider {
  /// All that determines the step's outputs, as it is now.
  package func fingerprint(
    of id: ID<Step>, known: [ID<Artifact>: Content]
  ) async throws -> Fingerprint {
    let step = plan.pipeline.steps[id]
    var fields = [Field(.format, value: Fingerprint.format)]
    fields += step.commandFields
    fields += try sources(of: step)
    if case .swift(let product, _) = step.work {
      let identity = try await world.component(product.content)
      fields.append(Field(.component, product.content, value: identity.description))
    }
    fields += try environment(of: step)
    fields += step.parameterFields
    for input in step.inputs { fields += try self.fields(of: input, known) }
    fields += step.outputs.map { Field(plan.pipeline.artifacts[$0]) }
    if step.isPlatformBound { fields.append(Field(.platform, value: world.platform)) }
    return Fingerprint(fields)
  }

  /// The fields of all files that implement the step, sorted by path.
  func sources(of step: Step) throws -> [Field] {
    var fields: [Path: Field] = [:]
    do {
      for source in step.sources {
        guard let content = try world.content(ofInput: source) else {
          throw StepProblem(
            "missing-source", "source '\(source)' of step '\(step.name)' does not exist")
        }
        fields.merge(try sourceFields(source, content)) { first, _ in first }
      }
    } catch let error as StorageError where !error.isStoreFault {
      throw StepProblem("unreadable-source", error.description, hint: error.hint)
    }
    // A word of the command counts where it is a file; where it is not, it is only a word.
    for candidate in step.sourceCandidates {
      guard let content = try world.content(ofWord: candidate), content.kind != .directory else {
        continue
      }
      fields.merge(try sourceFields(candidate, content)) { first, _ in first }
    }
    return fields.sorted { $0.key < $1.key }.map(\.value)
  }

  private func sourceFields(_ path: Path, _ content: Content) throws -> [Path: Field] {
    guard content.kind == .directory else {
      return [path: Field(.source, path.exact, value: content.description)]
    }
    var fields: [Path: Field] = [:]
    for entry in try world.listing(of: path).entries {
      let file = path.appending(entry.path)
      // The kind is part of the value: making a script executable changes what it is.
      let value = entry.kind == .file ? "\(entry.digest)" : "\(entry.kind) \(entry.digest)"
      fields[file] = Field(.source, file.exact, value: value)
    }
    return fields
  }

  private func environment(of step: Step) throws -> [Field] {
    var fields = step.variableFields
    for tool in step.tools {
      guard let content = try world.tool(tool.content, of: step, in: plan.pipeline) else {
        throw StepProblem(missingTool: tool, of: step)
      }
      fields.append(Field(.tool, tool.content, value: content.description))
    }
    return fields
  }

  private func fields(of input: Input, _ known: [ID<Artifact>: Content]) throws -> [Field] {
    do {
      return try readFields(of: input, known)
    } catch let error as StorageError where !error.isStoreFault {
      throw StepProblem(
        "unreadable-input", error.description, hint: error.hint, at: input.span)
    }
  }

  private func readFields(of input: Input, _ known: [ID<Artifact>: Content]) throws -> [Field] {
    let element = input.label + Field.elementMark
    switch input.source {
    case .artifacts(let artifacts, let isList):
      return try artifacts.map { id in
        let path = plan.pipeline.artifacts[id].path
        guard let content = try known[id] ?? world.content(ofOutput: path) else {
          throw missing(path, input, writer: plan.pipeline.artifacts[id].writer)
        }
        return Field(
          .input, isList ? element : input.label, path: path.exact,
          value: content.description)
      }
    case .path(let path, _):
      guard let content = try world.content(ofInput: path) else {
        throw missing(path, input, writer: nil)
      }
      return [Field(.input, input.label, path: path.exact, value: content.description)]
    case .glob(let glob, _):
      let pattern = Field(.input, input.label, path: glob.pattern.exact, value: "glob")
      return try [pattern]
        + world.matches(of: glob).map { path in
          let content = try world.content(ofInput: path)
          return Field(
            .input, element, path: path.exact, value: content?.description ?? "missing")
        }
    }
  }

  private func missing(_ path: Path, _ input: Input, writer: ID<Step>?) -> StepProblem {
    guard let writer else {
      return StepProblem(
        "missing-input", "input '\(path)' does not exist, and no step writes it",
        hint: "create the file, or correct its path", at: input.span)
    }
    let name = plan.pipeline.steps[writer].name
    return StepProblem(
      "missing-input", "input '\(path)' does not exist: step '\(name)' writes it, and has not run",
      hint: "run '\(name)' first", at: input.span)
  }
}

extension Facts {
  /// What a word of a command holds as a file; nil where it can be no file, or is none.
  ///
  /// - Throws: `StepProblem` where it is a file that cannot be read: what changes in it would go
  ///   unseen.
  func content(ofWord word: Path) throws -> Content? {
    do {
      return try content(ofInput: word)
    } catch let error as SystemError {
      if error.isNoName { return nil }
      throw StepProblem(
        "unreadable-source",
        "\(error): a word of the command that is a file counts as its code",
        hint: "make it readable, so that a change in it is noticed")
    } catch StorageError.notAFile, StorageError.danglingLink, StorageError.linkLoop {
      return nil
    }
  }
}
