/// Why a reference cannot stand where it does in a script, or what is wrong with the script.
struct ShellFault {
  enum Kind: String {
    case backticks = "reference-in-backticks"
    case heredoc = "reference-in-heredoc"
    case substitution = "reference-in-substitution"
    case expansion = "reference-in-expansion"
    case arithmetic = "reference-in-arithmetic"
    case dollarQuotes = "reference-in-dollar-quotes"
    case backslash = "reference-after-backslash"
    /// The lexer does not know for certain how the shell reads what went before.
    case unclear = "unclear-quoting"
    case unclosed = "unclosed-quote"
    case pipe = "pipe-in-sh"
  }

  let kind: Kind
  /// Nil where it is not about a reference.
  let reference: Located<Reference>?
  /// Nil where the reference says it.
  let place: ShellScript.Place?
  /// What is not closed.
  var opening = ""

  func diagnostic(_ script: Located<Template>, at span: Span?) -> Diagnostic {
    let span = span ?? reference?.span ?? script.span
    let name = reference.map { "'${{ \($0.content) }}'".clipped } ?? ""
    switch kind {
    case .pipe:
      return Diagnostic(
        kind.rawValue, "'|' in an sh script hides a failure of the command before it",
        hint: "write 'shell: bash', where any failing part fails the step",
        severity: .warning, at: span)
    case .unclosed:
      return Diagnostic(
        kind.rawValue, "the \(opening) that begins here is not closed in the script",
        hint: "close it, or put a backslash before it", at: span)
    case .backslash:
      return Diagnostic(
        kind.rawValue, "\(name) follows a backslash, which would break its quoting",
        hint: "remove the backslash, or write '$${{' for the characters themselves", at: span)
    case .backticks: return refusal(name, "within backticks", at: span)
    case .heredoc: return refusal(name, "in a here-document", at: span)
    case .substitution: return refusal(name, "in '$( )' within double quotes", at: span)
    case .expansion: return refusal(name, "in '${ }' of the shell", at: span)
    case .arithmetic: return refusal(name, "where the shell calculates", at: span)
    case .dollarQuotes: return refusal(name, "in quotes that follow '$'", at: span)
    case .unclear: return refusal(name, "behind quoting that shells read differently", at: span)
    }
  }

  private func refusal(_ name: String, _ place: String, at span: Span) -> Diagnostic {
    Diagnostic(
      kind.rawValue, "\(name) stands \(place), where no value can be inserted safely",
      hint: hint, at: span)
  }

  private var hint: String? {
    switch reference?.content {
    case .input(let name): return "use $PIPELINE_INPUT_\(name.variable)"
    case .output(let name): return "use $PIPELINE_OUTPUT_\(name.variable)"
    case .parameter, .matrix, .stepName:
      let name = reference.map { "\($0.content)" } ?? ""
      return "write value=${{ \(name) }} on a line of its own before, and use $value here".clipped(
        120)
    case nil: return nil
    }
  }
}

extension String {
  fileprivate func clipped(_ length: Int) -> String {
    count > length ? String(prefix(length)) + "…" : self
  }
}
