extension FormReader {
  /// `name: source` or a list of sources without names.
  mutating func inputs(_ syntax: Syntax) -> [InputDeclaration] {
    if let items = syntax.items {
      return items.compactMap { path($0, of: "inputs") }
        .map { InputDeclaration(name: nil, source: $0) }
    }
    return entries(syntax, of: "inputs", takes: "a map or a list").compactMap { entry in
      let name = name(entry.key, at: entry.keySpan, of: "an input")
      return path(entry.value, of: "inputs.\(entry.key.clipped)")
        .map { InputDeclaration(name: name, source: $0) }
    }
  }

  /// `name: path`, `name: { path: …, … }` or a list of paths without names.
  mutating func outputs(_ syntax: Syntax) -> [OutputDeclaration] {
    if let items = syntax.items {
      return items.compactMap { outputPath($0, of: "outputs") }
        .map { OutputDeclaration(name: nil, path: $0) }
    }
    return entries(syntax, of: "outputs", takes: "a map or a list").compactMap { entry in
      let name = name(entry.key, at: entry.keySpan, of: "an output")
      let key = "outputs.\(entry.key.clipped)"
      guard entry.value.entries != nil else {
        return outputPath(entry.value, of: key).map { OutputDeclaration(name: name, path: $0) }
      }
      return output(entry, name: name, key: key)
    }
  }

  private static let outputKeys = ["path", "kind", "x", "y", "store", "persist"]

  private mutating func output(
    _ entry: Syntax.Entry, name: Located<Name>?, key: String
  ) -> OutputDeclaration? {
    let fields = fields(
      entry.value, of: key, owner: "an output", known: FormReader.outputKeys)
    if fields["path"] == nil {
      report(
        "missing-key", "'path' is missing; every output has it", hint: "write 'path:'",
        at: entry.keySpan)
    }
    let path = fields["path"].flatMap { outputPath($0, of: "path") }
    // Without its path an output is still read, for its other mistakes.
    let place = path ?? Located(Template([]), at: entry.keySpan)
    var output = OutputDeclaration(name: name, path: place)
    if let syntax = fields["kind"] {
      output.kind = choice(syntax, of: "kind", as: ArtifactKind.self) ?? .plot
    }
    if let syntax = fields["x"] { output.x = line(syntax, of: "x")?.content }
    if let syntax = fields["y"] { output.y = line(syntax, of: "y")?.content }
    if let axis = fields.entry("x") ?? fields.entry("y"), output.kind != .plot {
      report(
        "contradiction",
        "'\(axis.key)' is a column of a plot, but the kind is \(output.kind.rawValue)",
        hint: "write 'kind: plot', or remove '\(axis.key)'", at: axis.keySpan)
    }
    if let syntax = fields["store"] { output.isStored = boolean(syntax, of: "store") ?? true }
    if let syntax = fields["persist"] {
      output.isPersistent = boolean(syntax, of: "persist") ?? false
    }
    if output.isPersistent, !output.isStored, let persist = fields.entry("persist") {
      report(
        "contradiction", "'persist: true' needs the store, which 'store: false' denies",
        hint: "remove one", at: persist.keySpan)
    }
    return path == nil ? nil : output
  }

  /// A path, or what else stands for a file; not empty.
  mutating func path(_ syntax: Syntax, of key: String) -> Located<Template>? {
    guard let template = template(syntax, of: key) else { return nil }
    guard template.content.literal != "" else {
      report("bad-path", "an empty text is no path; '\(key)' takes one", at: syntax.span)
      return nil
    }
    return template
  }

  private static let ownDirectory = Path(".pipeline")

  private mutating func outputPath(_ syntax: Syntax, of key: String) -> Located<Template>? {
    guard let template = path(syntax, of: key) else { return nil }
    guard let text = template.content.literal else { return template }
    if text.utf8.contains(UInt8(ascii: "*")) {
      report(
        "bad-path", "'\(text.clipped)' is a pattern; an output is one file or directory",
        hint: "name the directory that holds the files", at: template.span)
      return nil
    }
    let path = Path(text)
    if path.isHere {
      report(
        "bad-path", "'\(text.clipped)' is the workspace itself; outputs lie inside",
        hint: "name a file or a directory of its own", at: template.span)
      return nil
    }
    if !path.isInside {
      report(
        "bad-path", "'\(text.clipped)' leaves the workspace; outputs lie inside",
        hint: "write a path relative to the manifest; a directory on it may link to a place under"
          + " 'outside'", at: template.span)
      return nil
    }
    if FormReader.ownDirectory.holds(path) {
      report(
        "bad-path", "'\(text.clipped)' lies in '.pipeline', which is not for outputs",
        hint: "write another path", at: template.span)
      return nil
    }
    return template
  }
}
