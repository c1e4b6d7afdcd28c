/// Reads parts of a `Syntax` as what a key takes, and collects what is wrong with them.
///
/// Everything that makes one kind of content of one part stands here or in an extension; nothing
/// stops at the first mistake.
struct FormReader {
  private(set) var problems: [Diagnostic] = []

  mutating func report(
    _ code: String, _ fact: String, hint: String? = nil, at span: Span?
  ) {
    problems.append(Diagnostic(code, fact, hint: hint, at: span))
  }

  mutating func report(_ diagnostics: [Diagnostic]) {
    problems += diagnostics
  }

  /// Text as it is written; what YAML would read as a number or a boolean has to be quoted.
  mutating func text(_ syntax: Syntax, of key: String) -> Located<String>? {
    guard let scalar = syntax.scalar else {
      wrongType(syntax, of: key, takes: "text")
      return nil
    }
    if !scalar.isPlain || Value.isText(plain: scalar.text) {
      return Located(scalar.text, at: syntax.span)
    }
    switch Value(plain: scalar.text) {
    case .number, .boolean:
      report(
        "unquoted-text",
        "'\(scalar.text.clipped)' is \(syntax.value.kind) here, but '\(key)' takes text",
        hint: "write \"\(scalar.text.clipped)\"", at: syntax.span)
    case .null, .text, .list, .map: wrongType(syntax, of: key, takes: "text")
    }
    return nil
  }

  /// Text that is not empty and stays on one line.
  mutating func line(_ syntax: Syntax, of key: String) -> Located<String>? {
    guard let text = text(syntax, of: key) else { return nil }
    guard !text.content.isEmpty, !text.content.contains(where: \.isNewline) else {
      report(
        "bad-value", "'\(key)' takes one line of text that is not empty", at: syntax.span)
      return nil
    }
    return text
  }

  mutating func template(_ syntax: Syntax, of key: String) -> Located<Template>? {
    guard let text = text(syntax, of: key), let scalar = syntax.scalar else { return nil }
    if !text.content.isEmpty, !text.content.hasOpening {
      return Located(Template(text: text.content), at: syntax.span)
    }
    let reader = TemplateReader(scalar, at: syntax.span)
    report(reader.problems)
    return reader.problems.isEmpty ? Located(reader.template, at: syntax.span) : nil
  }

  mutating func boolean(_ syntax: Syntax, of key: String) -> Bool? {
    guard let scalar = syntax.scalar, scalar.isPlain, let value = syntax.value.boolean else {
      let near = syntax.scalar.flatMap { FormReader.booleans[$0.text.lowercased()] }
      wrongType(syntax, of: key, takes: "true or false", hint: near.map { "write \($0)" })
      return nil
    }
    return value
  }

  private static let booleans = [
    "true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false",
  ]

  mutating func integer(_ syntax: Syntax, of key: String, in range: ClosedRange<Int>) -> Int? {
    guard let scalar = syntax.scalar, scalar.isPlain, Value.isNumber(scalar.text) else {
      wrongType(syntax, of: key, takes: "a whole number")
      return nil
    }
    guard let number = Int(scalar.text), range.contains(number) else {
      report(
        "bad-number",
        "\(scalar.text.clipped) stands here, but '\(key)' takes a whole number from"
          + " \(range.lowerBound) to \(range.upperBound)", at: syntax.span)
      return nil
    }
    return number
  }

  /// One of a few words.
  mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ syntax: Syntax, of key: String, as type: Choice.Type
  ) -> Choice? where Choice.RawValue == String {
    guard let text = text(syntax, of: key) else { return nil }
    if let choice = Choice(rawValue: text.content) { return choice }
    let known = Choice.allCases.map(\.rawValue)
    let near = nearest(to: text.content, among: known)
    report(
      "bad-value", "'\(text.content.clipped)' is nothing that '\(key)' can be",
      hint: "write \(near ?? FormReader.alternatives(known))", at: syntax.span)
    return nil
  }

  mutating func name(_ text: String, at span: Span, of kind: String) -> Located<Name>? {
    if let name = Name(text) { return Located(name, at: span) }
    let fitting = FormReader.fitting(text)
    report(
      "bad-name",
      "'\(text.clipped)' cannot name \(kind): names are letters, digits, '_' and '-', the first"
        + " a letter",
      hint: fitting.map { "write '\($0)'" }, at: span)
    return nil
  }

  mutating func items(_ syntax: Syntax, of key: String) -> [Syntax] {
    if let items = syntax.items { return items }
    let scalar = syntax.scalar.flatMap { $0.text.isEmpty ? nil : $0.text }
    wrongType(
      syntax, of: key, takes: "a list", hint: scalar.map { "write [\"\($0.clipped)\"]" })
    return []
  }

  mutating func wrongType(_ syntax: Syntax, of key: String, takes: String, hint: String? = nil) {
    let kind = FormReader.kind(syntax)
    report(
      "wrong-type", "\(kind) stands here, but '\(key)' takes \(takes)", hint: hint, at: syntax.span)
  }

  /// The word for what stands in the file.
  static func kind(_ syntax: Syntax) -> String {
    switch syntax.content {
    case .list: return "a list"
    case .map: return "a map"
    case .scalar:
      let kind = syntax.value.kind
      return kind == "null" ? "nothing" : kind
    }
  }

  /// `a, b or c`.
  static func alternatives(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " or " + last
  }

  /// The name nearest to a text that is none.
  private static func fitting(_ text: String) -> String? {
    guard text.utf8.allSatisfy({ $0 < 128 }) else { return nil }
    let bytes = text.utf8.prefix(100).map { byte -> UInt8 in
      Name("a" + String(decoding: [byte], as: UTF8.self)) == nil ? UInt8(ascii: "-") : byte
    }
    let kept = bytes.drop { Name(String(decoding: [$0], as: UTF8.self)) == nil }
    return kept.count * 2 > bytes.count ? Name(String(decoding: kept, as: UTF8.self))?.text : nil
  }
}
