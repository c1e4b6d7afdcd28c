/// What is wrong, where, and what to do about it.
package struct Diagnostic: Hashable, Sendable {
  package enum Severity: String, Sendable {
    case error, warning
  }

  package var severity: Severity
  /// Short and stable, for searching: `no-writer`.
  package var code: String
  /// Begins with what is most particular, quotes names, states the rule; no full stop.
  package var fact: String
  /// An act; nil where none can be named.
  package var hint: String?
  package var span: Span?

  package init(
    _ code: String, _ fact: String, hint: String? = nil, severity: Severity = .error,
    at span: Span?
  ) {
    self.severity = severity
    self.code = code
    self.fact = fact
    self.hint = hint
    self.span = span
  }
}

extension Diagnostic {
  /// Place, fact, code, the source line with a caret, hint: for a terminal.
  package func text(in sources: Sources) -> String {
    var lines: [String] = []
    let fact = "\(severity.rawValue): \(VisibleText.line(fact)) [\(code)]"
    if let span {
      let name = VisibleText.line(sources.name(of: span))
      lines.append("\(name):\(span.line):\(span.column): \(fact)")
      if let source = sources.line(of: span) { lines += excerpt(source, span: span) }
    } else {
      lines.append(fact)
    }
    if let hint { lines.append(" hint: \(VisibleText.line(hint))") }
    return lines.joined(separator: "\n")
  }

  /// The line and, under it, a caret for each character of the span.
  ///
  /// A tab stays a tab in both lines, so the carets stand under what they mean whatever its width.
  private func excerpt(_ source: String, span: Span) -> [String] {
    let number = String(span.line)
    let margin = String(repeating: " ", count: max(0, 5 - number.count)) + number + " | "
    let shown = String(source.prefix(160).map { $0.isControl && $0 != "\t" ? "\u{FFFD}" : $0 })
    guard span.column <= shown.count + 1 else { return [margin + shown] }
    let lead = String(shown.prefix(span.column - 1).map { $0 == "\t" ? "\t" : " " })
    let reach = max(1, min(span.length, shown.count - span.column + 1))
    let gutter = String(repeating: " ", count: 5) + " | "
    return [margin + shown, gutter + lead + String(repeating: "^", count: reach)]
  }
}

extension Character {
  fileprivate var isControl: Bool { unicodeScalars.contains(where: VisibleText.isControl) }
}

extension [Diagnostic] {
  /// The first of those that are equal.
  package var eachOnce: [Diagnostic] {
    if count < 2 { return self }
    var seen: Set<Diagnostic> = []
    return filter { seen.insert($0).inserted }
  }
}
