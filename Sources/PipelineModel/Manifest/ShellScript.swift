/// A shell script whose references become environment variables: no value is ever shell text.
///
/// The lexer tells how the shell reads the place that a reference stands at; where it cannot be
/// sure, the reference is refused.
package struct ShellScript: Sendable {
  /// How the shell reads the place of a reference.
  package enum Context: Sendable, Hashable {
    /// Outside of quotes; alone where a list may become several words there.
    case bare(isAlone: Bool)
    case inDoubleQuotes
    case inSingleQuotes
  }

  package enum Piece: Sendable {
    case text(String)
    case insertion(Located<Reference>, Context)
  }

  /// A byte of a text segment of the template.
  package struct Place: Sendable {
    package let segment: Int
    package let offset: Int
  }

  package let pieces: [Piece]
  package let shell: Shell

  package init(pieces: [Piece], shell: Shell) {
    self.pieces = pieces
    self.shell = shell
  }

  /// - Parameter locate: where in the file a byte of the template stands, if that is known.
  /// - Returns: a script in which references that are a problem are missing.
  package static func read(
    _ template: Located<Template>, shell: Shell, locate: ((Place) -> Span)? = nil
  ) -> (script: ShellScript, problems: [Diagnostic]) {
    let (declaration, problems) = ScriptDeclaration.read(template, shell: shell, locate: locate)
    return (declaration.script, problems)
  }

  /// References at places where a list would not become words of its own.
  package var listsMustStandAlone: [Located<Reference>] {
    pieces.compactMap { piece in
      guard case .insertion(let reference, let context) = piece else { return nil }
      return context == .bare(isAlone: true) ? nil : reference
    }
  }

  /// The script as the shell gets it, and the variables it must find.
  ///
  /// A reference that stands twice is one variable. An empty list that stands alone leaves no word
  /// at all. Lists elsewhere are to be refused before (`listsMustStandAlone`); here their values
  /// are joined by blanks.
  ///
  /// - Parameter values: a single value for what is no list. No value may hold a NUL byte, since
  ///   no environment variable can.
  package func render(
    _ values: (Reference) -> [[UInt8]]
  ) -> (script: String, variables: [(name: String, value: [UInt8])]) {
    var script = ""
    var variables: [(name: String, value: [UInt8])] = []
    var known: [Variable: String] = [:]
    func variable(_ key: Variable, _ name: String, _ value: @autoclosure () -> [UInt8]) -> String {
      if let known = known[key] { return known }
      known[key] = name
      variables.append((name, value()))
      return name
    }
    var numbers: [Reference: Int] = [:]
    for piece in pieces {
      guard case .insertion(let reference, let context) = piece else {
        if case .text(let text) = piece { script += text }
        continue
      }
      let list = values(reference.content)
      let number = numbers[reference.content] ?? numbers.count + 1
      numbers[reference.content] = number
      if context == .bare(isAlone: true), list.count != 1 {
        script += list.enumerated().map { index, value in
          let key = Variable(reference: reference.content, index: index)
          return "\"${\(variable(key, "PW_\(number)_\(index + 1)", value))}\""
        }.joined(separator: " ")
        continue
      }
      let key = Variable(reference: reference.content, index: nil)
      let name = variable(
        key, "PW_\(number)", Array(list.joined(separator: [UInt8(ascii: " ")])))
      script += context.insertion(of: name)
    }
    return (script, variables)
  }

  private struct Variable: Hashable {
    let reference: Reference
    let index: Int?
  }
}

extension ShellScript.Context {
  fileprivate func insertion(of variable: String) -> String {
    switch self {
    case .bare: "\"${\(variable)}\""
    case .inDoubleQuotes: "${\(variable)}"
    case .inSingleQuotes: "'\"${\(variable)}\"'"
    }
  }
}

/// A script that a manifest has, read by the lexer once.
package struct ScriptDeclaration: Sendable {
  package let template: Located<Template>
  package let script: ShellScript
  /// Words that name files of its own code, as written.
  package let sources: [String]

  /// - Parameter locate: where in the file a byte of the template stands, if that is known.
  /// - Returns: a script in which references that are a problem are missing.
  static func read(
    _ template: Located<Template>, shell: Shell, locate: ((ShellScript.Place) -> Span)?
  ) -> (declaration: ScriptDeclaration, problems: [Diagnostic]) {
    var lexer = ShellLexer(template.content, shell: shell)
    lexer.run()
    let problems = lexer.faults.map { fault in
      fault.diagnostic(template, at: fault.place.map { locate?($0) ?? template.span })
    }
    let declaration = ScriptDeclaration(
      template: template, script: ShellScript(pieces: lexer.pieces, shell: shell),
      sources: ImplicitSources.candidates(lexer.commands))
    return (declaration, problems)
  }
}
