extension Reason {
  /// The reason on one line for people: old → new.
  package var text: String {
    switch self {
    case .forced: "forced"
    case .always: "always executes"
    case .firstRun: "first run"
    case .neverSucceeded: "has never succeeded"
    case .changed(let from, let to): Reason.change(from, to)
    case .added(let field): field.title + " added" + Reason.valueSuffix(field)
    case .removed(let field): field.title + " removed" + Reason.valueSuffix(field)
    case .resultMissing: "result was never recorded or has been removed"
    case .resultElsewhere: "result was made in another workspace, and this step has effects"
    case .outputMissing(let path): "output \(Reason.shown(path)) is missing"
    case .outputChanged(let path, let from, let to):
      "output \(Reason.shown(path)) was changed by hand: "
        + Reason.arrow(Reason.digests(from.description, to.description))
    case .outputReplaced(let path):
      "output \(Reason.shown(path)) is or holds a link or a special file that no step may write"
    case .outputNotStored(let path): "output \(Reason.shown(path)) is not in the store"
    }
  }

  /// The reason in a few words, for the line of a run: no digests, values only where they are
  /// short.
  package var brief: String {
    switch self {
    case .changed(let from, let to): Reason.briefChange(from, to)
    case .added(let field): field.briefTitle + " added"
    case .removed(let field): field.briefTitle + " removed"
    case .outputChanged(let path, _, _), .outputReplaced(let path):
      "output \(Reason.shown(path)) was changed by hand"
    case .forced, .always, .firstRun, .neverSucceeded, .resultMissing, .resultElsewhere,
      .outputMissing, .outputNotStored:
      text
    }
  }

  private static func change(_ from: Field, _ to: Field) -> String {
    switch to.kind {
    case .input where from.path != to.path:
      return "input \(to.label) now reads \(to.place), before \(from.place)"
    case .output where from.path != to.path:
      return "output \(to.label) now goes to \(to.place), before \(from.place)"
    case .command, .variable:
      let (old, new) = Excerpt.difference(from.written, to.written)
      return "\(to.title) changed: \"\(old)\" → \"\(new)\""
    case .parameter, .matrix, .format, .shell, .directory, .stepName, .platform:
      return "\(to.title) changed: \(arrow(Excerpt.difference(from.value, to.value)))"
    case .component:
      return "\(to.title) changed: identity \(arrow(digests(from.value, to.value)))"
    case .output:
      return "\(to.title) changed: \(from.written) → \(to.written)"
    case .source, .tool, .input:
      return "\(to.title) changed: \(arrow(digests(from.value, to.value)))"
    }
  }

  private static func briefChange(_ from: Field, _ to: Field) -> String {
    switch to.kind {
    case .input, .output:
      return from.path == to.path ? "\(to.briefTitle) changed" : change(from, to)
    case .parameter, .matrix, .variable, .shell, .directory, .platform:
      let isShort = from.value.utf8.count <= 16 && to.value.utf8.count <= 16
      return isShort ? change(from, to) : "\(to.briefTitle) changed"
    case .format, .command, .stepName, .source, .component, .tool:
      return "\(to.briefTitle) changed"
    }
  }

  /// What a field that came or went has to say, where that is short and no digest.
  private static func valueSuffix(_ field: Field) -> String {
    switch field.kind {
    case .parameter, .matrix, .shell, .directory, .format, .platform, .stepName:
      ": \(Excerpt.clipped(field.value, to: 60))"
    case .command, .variable: ": \"\(Excerpt.clipped(field.written, to: 60))\""
    case .source, .component, .tool, .input, .output: ""
    }
  }

  /// Both values with short digests; a plain file is named so where the other is not one.
  private static func digests(_ from: String, _ to: String) -> (from: String, to: String) {
    let isKindChanged = from.contains(" ") != to.contains(" ")
    func shown(_ value: String) -> String {
      let lead = isKindChanged && value.hasPrefix("sha256:") ? "file " : ""
      return lead + Excerpt.clipped(Excerpt.shortened(value), to: 60)
    }
    return (shown(from), shown(to))
  }

  private static func arrow(_ values: (from: String, to: String)) -> String {
    "\(values.from) → \(values.to)"
  }

  private static func shown(_ path: Path) -> String { Excerpt.shown(path.description) }
}

extension Field {
  /// What the field is about, with where it lies: `input raw (Data/raw.csv)`.
  fileprivate var title: String {
    switch kind {
    case .input, .output:
      label == place ? "\(kind.rawValue) \(label)" : "\(kind.rawValue) \(label) (\(place))"
    case .format, .command, .shell, .directory, .stepName, .source, .component, .variable, .tool,
      .parameter, .matrix, .platform:
      briefTitle
    }
  }

  fileprivate var briefTitle: String {
    switch kind {
    case .format: "key format"
    case .stepName: "step name"
    case .matrix: "dimension \(label)"
    case .command, .shell, .directory, .platform: kind.rawValue
    case .source, .component, .variable, .tool, .parameter: "\(kind.rawValue) \(label)"
    // Of a list only the path says which element.
    case .input, .output: "\(kind.rawValue) \(name.hasSuffix(Field.elementMark) ? place : label)"
    }
  }

  /// The value as its author would know it: a list of words as a command line, and an output that
  /// is not persistent as what it is.
  fileprivate var written: String {
    switch kind {
    case .command:
      guard value.hasPrefix("["), let words = (try? JSON.read(value))?.list else { return value }
      return words.map { $0.argument.asWord }.joined(separator: " ")
    case .output: return value.isEmpty ? "replaced" : Excerpt.shown(value)
    case .format, .shell, .directory, .stepName, .source, .component, .variable, .tool, .parameter,
      .matrix, .input, .platform:
      return value
    }
  }

  /// Its name without the mark of a list's element; without a name its path.
  fileprivate var label: String {
    guard !name.isEmpty, name != Field.elementMark else { return place }
    let isElement = name.hasSuffix(Field.elementMark)
    return Excerpt.shown(isElement ? String(name.dropLast(Field.elementMark.count)) : name)
  }

  fileprivate var place: String { Excerpt.shown(path ?? name) }
}

extension String {
  /// In single quotes where it would not be seen as one word.
  fileprivate var asWord: String {
    let isPlain = !isEmpty && utf8.allSatisfy { $0 > 32 && $0 != 39 }
    return isPlain ? self : "'\(self)'"
  }
}
