extension Reason {
  /// A short, stable name for this kind of reason: `parameter-changed`, `first-run`.
  package var code: String {
    switch self {
    case .forced: "forced"
    case .always: "always"
    case .firstRun: "first-run"
    case .neverSucceeded: "never-succeeded"
    case .changed(_, let field): Reason.subject(field) + "-changed"
    case .added(let field): Reason.subject(field) + "-added"
    case .removed(let field): Reason.subject(field) + "-removed"
    case .resultMissing: "result-missing"
    case .resultElsewhere: "result-elsewhere"
    case .outputMissing: "output-missing"
    case .outputChanged: "output-changed-by-hand"
    case .outputReplaced: "output-replaced"
    case .outputNotStored: "output-not-stored"
    }
  }

  /// The reason for programs.
  ///
  /// Always `code` and `text`. For what came, went or changed: `name` and `path` where the field
  /// has them, `from` unless it came, `to` unless it went, and `fromPath` where that is another.
  /// Parameters and dimensions are values of their own type, all else is text: digests are whole.
  package var json: Value {
    var entries: [(key: String, value: Value)] = [("code", .text(code)), ("text", .text(text))]
    switch self {
    case .forced, .always, .firstRun, .neverSucceeded, .resultMissing, .resultElsewhere: break
    case .changed(let from, let to):
      entries += Reason.place(of: to)
      if let path = from.path, path != to.path { entries.append(("fromPath", .text(path))) }
      entries += [("from", Reason.value(of: from)), ("to", Reason.value(of: to))]
    case .added(let field):
      entries += Reason.place(of: field) + [("to", Reason.value(of: field))]
    case .removed(let field):
      entries += Reason.place(of: field) + [("from", Reason.value(of: field))]
    case .outputMissing(let path), .outputReplaced(let path), .outputNotStored(let path):
      entries.append(("path", .text(path.description)))
    case .outputChanged(let path, let from, let to):
      entries += [
        ("path", .text(path.description)), ("from", .text(from.description)),
        ("to", .text(to.description)),
      ]
    }
    return .map(entries)
  }

  /// A declared output that changes is not an output that somebody changed.
  private static func subject(_ field: Field) -> String {
    field.kind == .output ? "declared-output" : field.kind.rawValue
  }

  private static func place(of field: Field) -> [(key: String, value: Value)] {
    var entries: [(key: String, value: Value)] = []
    if !field.name.isEmpty { entries.append(("name", .text(field.name))) }
    if let path = field.path { entries.append(("path", .text(path))) }
    return entries
  }

  private static func value(of field: Field) -> Value {
    switch field.kind {
    case .parameter, .matrix: (try? JSON.read(field.value)) ?? .text(field.value)
    case .format, .command, .shell, .directory, .stepName, .source, .component, .variable, .tool,
      .input, .output, .platform:
      .text(field.value)
    }
  }
}
