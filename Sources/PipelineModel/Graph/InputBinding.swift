extension Binder {
  /// What an input's text means: an artifact of a step, a file or directory, or a pattern.
  ///
  /// `a.b` is an artifact iff a step is named `a`; `./a.b` and `file:a.b` are always files.
  mutating func input(
    _ declaration: InputDeclaration, of reader: ID<Step>, _ scope: inout Scope
  ) -> Input? {
    guard let text = scope.text(declaration.source) else { return nil }
    let span = declaration.source.span
    let source: Input.Source?
    if let pattern = artifactPattern(declaration.source, text) {
      source = artifactSource(pattern, of: reader, &scope, at: span)
    } else {
      source = pathSource(text, of: reader, at: span)
    }
    guard let source else { return nil }
    return Input(name: declaration.name?.content, source: source, text: text, span: span)
  }

  /// `step.artifact` where such a step exists; `step@dim=value.artifact` always.
  ///
  /// The template is read before its references are resolved: a dimension's value may hold commas
  /// and dots.
  private func artifactPattern(
    _ template: Located<Template>, _ text: String
  ) -> (step: Located<StepPattern>, artifact: String)? {
    guard StepPattern.mayBeArtifact(template.content) else { return nil }
    guard
      let (pattern, artifact) = StepPattern.readArtifact(template.content)
        ?? StepPattern.readArtifact(Template(text: text)),
      declaration(of: pattern.base) != nil || manifest.brokenSteps.contains(pattern.base)
        || !pattern.bindings.isEmpty
    else { return nil }
    return (Located(pattern, at: template.span), artifact.text)
  }

  private mutating func artifactSource(
    _ pattern: (step: Located<StepPattern>, artifact: String), of reader: ID<Step>,
    _ scope: inout Scope, at span: Span
  ) -> Input.Source? {
    let writers = matches(pattern.step, &scope)
    let base = pattern.step.content.base
    var found: [ID<Artifact>] = []
    for writer in writers where writer != reader {
      found += steps[writer].outputs.filter { artifacts[$0].name?.text == pattern.artifact }
    }
    if writers.contains(reader), base == steps[reader].name.base {
      problems.append(.cycle([steps[reader].name], at: span))
      return nil
    }
    guard !found.isEmpty else {
      if !writers.isEmpty, !manifest.brokenSteps.contains(base) {
        let known = declaration(of: base)?.outputs.compactMap { $0.name?.content.text } ?? []
        problems.append(
          .noWriter(
            of: pattern.artifact, step: base, known: known, reader: steps[reader].name, at: span))
      }
      return nil
    }
    // A group stays a list where the matrix has but one combination: editing a list changes how
    // many there are, not what they are.
    let isGroup = declaration(of: base)?.matrix != nil
    let dimensions = writers.first.map { steps[$0].matrix.count } ?? 0
    let isOne = !isGroup || pattern.step.content.bindings.count == dimensions
    return .artifacts(found, isList: !isOne)
  }

  private mutating func pathSource(
    _ text: String, of reader: ID<Step>, at span: Span
  ) -> Input.Source? {
    if text.utf8.starts(with: "http".utf8), text.hasPrefix("https:") || text.hasPrefix("http:") {
      problems.append(
        Diagnostic(
          "url-input", "'\(text)' is a URL: an input is an artifact, a file, a directory or a glob",
          hint: "download it in a step, and read that step's output", at: span))
      return nil
    }
    let isMarked = text.utf8.starts(with: "file:".utf8) && text.hasPrefix("file:")
    let plain = isMarked ? String(text.dropFirst("file:".count)) : text
    guard !plain.isEmpty, !plain.utf8.contains(where: { $0 == 0 }) else {
      problems.append(Diagnostic("empty-path", "'\(text)' names no file", at: span))
      return nil
    }
    let path = Path(plain)
    if Glob.isPattern(plain) {
      let glob = Glob(path)
      let overlaps = outputs.outputs(matching: glob, paths: artifacts)
      reportOwn(overlaps, in: plain, of: reader, at: span)
      return .glob(glob, overlaps: overlaps)
    }
    let overlaps = outputs.outputs(at: path, holding: &holding)
    // No output holds or lies in another, so the one that is there is all there is.
    if overlaps.count == 1, artifacts[overlaps[0]].path == path {
      reportOwn(overlaps, in: plain, of: reader, at: span)
      return .artifacts(overlaps, isList: false)
    }
    reportOwn(overlaps, in: plain, of: reader, at: span)
    return .path(path, overlaps: overlaps)
  }

  private mutating func reportOwn(
    _ overlaps: [ID<Artifact>], in place: String, of reader: ID<Step>, at span: Span
  ) {
    guard let own = overlaps.first(where: { artifacts[$0].writer == reader }) else { return }
    problems.append(
      .ownOutput(
        artifacts[own].path, in: place, kind: "input", of: steps[reader].name, at: span))
  }
}

extension Input.Source {
  /// Every artifact that this input is, lies in or holds.
  package var artifacts: [ID<Artifact>] {
    switch self {
    case .artifacts(let artifacts, _): artifacts
    case .path(_, let overlaps), .glob(_, let overlaps): overlaps
    }
  }
}
