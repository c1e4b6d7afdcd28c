extension FormReader {
  /// What a step executes: exactly one of `component` and `run`.
  mutating func work(_ fields: Fields, name: Located<Name>) -> Work? {
    let component = fields.entry("component")
    let run = fields.entry("run")
    if let shell = fields.entry("shell"), run?.value.scalar == nil {
      report(
        "contradiction", "'shell' says which shell reads a script, but 'run' is no script here",
        hint: "remove 'shell', or write 'run' as text", at: shell.keySpan)
    }
    if let arguments = fields.entry("arguments"), component == nil {
      report(
        "contradiction", "'arguments' go to a component, but '\(name.content)' has none",
        hint: "write them into 'run'", at: arguments.keySpan)
    }
    switch (component, run) {
    case (nil, nil):
      report(
        "missing-key", "'\(name.content)' has neither 'component' nor 'run'; a step has one",
        hint: "write 'run: COMMAND' or 'component: swift:PRODUCT'", at: name.span)
      return nil
    case (let component?, let run?):
      let later =
        max(component.keySpan.line, run.keySpan.line) == run.keySpan.line ? run : component
      report(
        "contradiction", "'component' and 'run' exclude each other: a step does one work",
        hint: "remove one, or make two steps", at: later.keySpan)
      return nil
    case (let component?, nil): return self.component(component.value, fields: fields)
    case (nil, let run?): return self.run(run.value, fields: fields)
    }
  }

  private mutating func component(_ syntax: Syntax, fields: Fields) -> Work? {
    let arguments = fields["arguments"].map { list in
      items(list, of: "arguments").compactMap { template($0, of: "arguments") }
    }
    guard let text = line(syntax, of: "component") else { return nil }
    let parts = text.content.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let product = parts.count == 2 && parts[0] == "swift" ? String(parts[1]) : ""
    guard FormReader.isProduct(product) else {
      let bare = parts.count == 1 && FormReader.isProduct(text.content) ? text.content : "PRODUCT"
      report(
        "bad-component",
        "'\(text.content.clipped)' is no component; one is written 'swift:PRODUCT'",
        hint: "write swift:\(bare), or 'run' for a command", at: text.span)
      return nil
    }
    return .swift(product: Located(product, at: text.span), arguments: arguments ?? [])
  }

  private static func isProduct(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { $0 > 32 && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") }
  }

  private mutating func run(_ syntax: Syntax, fields: Fields) -> Work? {
    if let items = syntax.items {
      guard !items.isEmpty else {
        report(
          "empty-command", "'run' is an empty list; its first item is a program", at: syntax.span)
        return nil
      }
      return .command(items.compactMap { template($0, of: "run") })
    }
    guard syntax.entries == nil else {
      wrongType(syntax, of: "run", takes: "a script or a list of words")
      return nil
    }
    let shell: Shell? =
      if let written = fields["shell"] { choice(written, of: "shell", as: Shell.self) } else { .sh }
    guard text(syntax, of: "run") != nil, let scalar = syntax.scalar else { return nil }
    guard
      scalar.text.utf8.contains(where: { $0 > 32 && $0 < 127 })
        || scalar.text.contains(where: { !$0.isWhitespace })
    else {
      report("empty-command", "'run' is an empty script", at: syntax.span)
      return nil
    }
    var reader = TemplateReader(scalar, at: syntax.span)
    report(reader.problems)
    guard reader.problems.isEmpty, let shell else { return nil }
    let read = Located(reader.template, at: syntax.span)
    let script = ScriptDeclaration.read(read, shell: shell) { place in
      reader.span(segment: place.segment, offset: place.offset)
    }
    report(script.problems)
    return .script(script.declaration)
  }
}
