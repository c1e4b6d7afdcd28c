extension Diagnostic {
  static func unknownParameter(
    _ name: ParameterName, among parameters: Parameters, at span: Span
  ) -> Diagnostic {
    let similar = nearest(to: name.description, among: parameters.names.map(\.description))
    return Diagnostic(
      "unknown-parameter", "parameter '\(name)' is used, but has no value anywhere",
      hint: similar.map { "write '\($0)'" }
        ?? "give it a default under 'parameters', or in a file of 'parameters-from'",
      at: span)
  }

  static func unknownStep(_ name: String, among steps: [Name], at span: Span) -> Diagnostic {
    Diagnostic(
      "unknown-step", "no step is named '\(name)'",
      hint: nearest(to: name, among: steps.map(\.text)).map { "write '\($0)'" }, at: span)
  }

  static func noWriter(
    of artifact: String, step: Name, known: [String], reader: StepName, at span: Span
  ) -> Diagnostic {
    let written =
      known.isEmpty
      ? "" : "step '\(step)' writes " + known.map { "'\($0)'" }.joined(separator: ", ") + "; "
    let hint =
      nearest(to: artifact, among: known).map { "write '\(step).\($0)'" }
      ?? "\(written)for a file of that name write './\(step).\(artifact)'"
    return Diagnostic(
      "no-writer", "'\(step).\(artifact)' is read by step '\(reader)', but no step writes it",
      hint: hint, at: span)
  }

  /// An input that nobody writes and no file has.
  package static func missingInput(
    _ path: Path, readBy step: StepName, at span: Span
  ) -> Diagnostic {
    Diagnostic(
      "missing-input",
      "'\(path)' is read by step '\(step)', but no step writes it and no file has it",
      hint: "create it, or correct its path", at: span)
  }

  package static func missingSource(
    _ path: Path, of step: StepName, at span: Span
  ) -> Diagnostic {
    Diagnostic(
      "missing-source", "source '\(path)' of step '\(step)' does not exist",
      hint: "create it, or correct its path", at: span)
  }

  static func outsideWorkspace(_ path: Path, at span: Span) -> Diagnostic {
    Diagnostic(
      "outside-workspace", "output '\(path)' lies outside the workspace",
      hint: "write below the manifest's directory; a link listed under 'outside' may lead to a "
        + "large disk", at: span)
  }

  static func outsideWorkspace(directory: Path, at span: Span) -> Diagnostic {
    Diagnostic(
      "outside-workspace", "directory '\(directory)' lies outside the workspace",
      hint: "name a directory below the manifest's", at: span)
  }

  static func reservedPath(_ path: Path, at span: Span) -> Diagnostic {
    Diagnostic(
      "reserved-path", "output '\(path)' has a part that is never counted in directories and globs",
      hint: "choose another path", at: span)
  }

  static func twoWriters(
    _ path: Path, _ first: StepName, _ second: StepName, at span: Span
  ) -> Diagnostic {
    if first.base == second.base, first != second {
      return Diagnostic(
        "two-writers", "'\(path)' is written by '\(first)' and by '\(second)'",
        hint: "give each dimension a directory of its own in the path, and values that no path "
          + "takes for each other", at: span)
    }
    return Diagnostic(
      "two-writers", "'\(path)' is written by step '\(first)' and by step '\(second)'",
      hint: "give one of them another path", at: span)
  }

  static func nestedOutputs(
    _ outer: Path, _ inner: Path, _ first: StepName, _ second: StepName, at span: Span
  ) -> Diagnostic {
    Diagnostic(
      "nested-outputs",
      "'\(inner)' of step '\(second)' lies in '\(outer)', which step '\(first)' writes",
      hint: "an output directory belongs to one output", at: span)
  }

  static func ownOutput(
    _ output: Path, in place: String, kind: String, of step: StepName, at span: Span
  ) -> Diagnostic {
    Diagnostic(
      "own-output",
      "'\(output)' is written by step '\(step)', and overlaps with its own \(kind) '\(place)'",
      hint: "write elsewhere, or list the files that it reads", at: span)
  }

  static func cycle(_ steps: [StepName], at span: Span) -> Diagnostic {
    var names = (steps + steps.prefix(1)).map { "'\($0)'" }
    let most = 10
    if names.count > most {
      names.replaceSubrange(
        (most - 2)..<(names.count - 2),
        with: ["\(names.count - most) more steps, of which the last"])
    }
    return Diagnostic(
      "cycle", "\(names.joined(separator: " needs ")): a step cannot need itself",
      hint: "remove one of these inputs or 'after' entries", at: span)
  }
}
