/// How words, operators and commands are read outside of quotes.
extension ShellLexer {
  /// Takes what comes next in commands.
  mutating func readCommands() {
    let top = stack.count - 1
    switch peek() {
    case ShellLexer.reference?: readBareReference()
    case " "?, "\t"?:
      endWord()
      copy(refusing: .unclear)
    case "\n"?:
      endCommand(at: top)
      copy(refusing: .unclear)
      readHeredocs()
    case "#"? where stack[top].word == nil: readComment()
    case "'"?:
      startWord(isQuoted: true)
      readSingleQuotes()
    case "\""?:
      startWord(isQuoted: true)
      push(.doubleQuotes, taking: 1)
    case "\\"?: readBareBackslash()
    case "$"?:
      startWord(isQuoted: false)
      readDollar()
    case "`"?:
      startWord(isQuoted: false)
      readBackticks()
    case "<"?, ">"?: readRedirection()
    case "("?, ")"?: readParenthesis()
    case ";"?, "&"?, "|"?: readOperator()
    case .some:
      startWord(isQuoted: false)
      copyIntoWord { unit in
        switch unit {
        case " ", "\t", "\n", "'", "\"", "\\", "$", "`", "<", ">", "(", ")", ";", "&", "|": true
        default: false
        }
      }
    case nil: break
    }
  }

  private mutating func readBareReference() {
    let top = stack.count - 1
    if let refusal {
      refuse(refusal)
    } else if isInSubscript {
      refuse(.arithmetic)
    } else {
      let isAlone =
        !stack[top].isRedirected && isBoundary(before: position) && isBoundary(after: position)
      insert(.bare(isAlone: isAlone))
    }
    startWord(isQuoted: false)
    spoilWord()
  }

  /// `name[` as bash reads it: what stands there is calculated.
  private var isInSubscript: Bool {
    guard let word = stack[stack.count - 1].word?.bytes else { return false }
    if word.count >= ShellLexer.longestWord { return true }
    guard let open = word.lastIndex(of: UInt8(ascii: "[")), open > 0 else { return false }
    return !word[open...].contains(UInt8(ascii: "]"))
  }

  /// Whether a word ends before a unit, lines joined by a backslash seen as one.
  private func isBoundary(before unit: Int) -> Bool {
    var index = unit - 1
    while index >= 1, units[index] == "\n", units[index - 1] == "\\" { index -= 2 }
    return index < 0 || ShellLexer.ends(units[index])
  }

  private func isBoundary(after unit: Int) -> Bool {
    var index = unit + 1
    while index + 1 < units.count, units[index] == "\\", units[index + 1] == "\n" { index += 2 }
    return index >= units.count || ShellLexer.ends(units[index])
  }

  private static func ends(_ unit: UInt16) -> Bool {
    " \t\n;&|()".utf8.contains { unit == UInt16($0) }
  }

  private mutating func readBareBackslash() {
    if peek(1) == "\n" {
      noteLineBreak()
      return copy(2, refusing: .backslash)
    }
    startWord(isQuoted: true)
    if let next = peek(1), next != ShellLexer.reference { addToWord(next) }
    readBackslash()
  }

  private mutating func readComment() {
    while let unit = peek(), unit != "\n" {
      if unit == ShellLexer.reference { copyReferenceAsText() } else { copy(refusing: .unclear) }
    }
  }

  private mutating func readRedirection() {
    let top = stack.count - 1
    // `2>`: the number belongs to the redirection.
    if let word = stack[top].word, word.isLiteral, !word.bytes.isEmpty,
      word.bytes.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    {
      stack[top].word = nil
    }
    endWord()
    if looksAt("<(") || looksAt(">(") {
      startWord(isQuoted: false)
      spoilWord()
      return push(.commands, taking: 2)
    }
    stack[top].isRedirected = true
    if looksAt("<<<") { return copy(3, refusing: .unclear) }
    if looksAt("<<") { return readHeredocStart() }
    copy(refusing: .unclear)
    while peek() == ">" || peek() == "&" || peek() == "|" { copy(refusing: .unclear) }
  }

  private mutating func readHeredocStart() {
    copy(2, refusing: .heredoc)
    let stripsTabs = peek() == "-"
    if stripsTabs { copy(refusing: .heredoc) }
    while peek() == " " || peek() == "\t" { copy(refusing: .heredoc) }
    var delimiter: [UInt8] = []
    var isQuoted = false
    while let unit = peek(), !ShellLexer.ends(unit), unit != "<", unit != ">" {
      switch unit {
      case ShellLexer.reference, "$", "`": isUnclear = true
      case "'", "\"":
        isQuoted = true
        copy(refusing: .heredoc)
        while let inner = peek(), inner != Unicode.Scalar(UInt8(unit)) {
          if inner == ShellLexer.reference || inner == "\\" || inner == "\n" { isUnclear = true }
          delimiter.append(UInt8(truncatingIfNeeded: inner))
          copy(refusing: .heredoc)
        }
      case "\\":
        isQuoted = true
        copy(refusing: .heredoc)
        if peek() == "\n" { isUnclear = true }
        if let next = peek() { delimiter.append(UInt8(truncatingIfNeeded: next)) }
      default: delimiter.append(UInt8(truncatingIfNeeded: unit))
      }
      copy(refusing: .heredoc)
    }
    if delimiter.isEmpty { isUnclear = true }
    stack[stack.count - 1].isRedirected = false
    heredocs.append(Heredoc(delimiter: delimiter, stripsTabs: stripsTabs, isQuoted: isQuoted))
  }

  private mutating func readParenthesis() {
    let top = stack.count - 1
    endWord()
    let isPattern = stack[top].cases.last == .pattern
    guard peek() == ")" else {
      if looksAt("(("), !isPattern { return push(.arithmetic, taking: 2) }
      endCommand(at: top)
      if !isPattern { stack[top].depth += 1 }
      return copy(refusing: .unclear)
    }
    endCommand(at: top)
    if isPattern {
      stack[top].cases[stack[top].cases.count - 1] = .body
    } else if stack[top].depth > 0 {
      stack[top].depth -= 1
    } else if stack.count > 1 {
      // A body that has not begun cannot be told from the parent's lines.
      if !heredocs.isEmpty { isUnclear = true }
      stack.removeLast()
    }
    copy(refusing: .unclear)
  }

  private mutating func readOperator() {
    let top = stack.count - 1
    let isPattern = stack[top].cases.last == .pattern
    if looksAt("&>") {
      endWord()
      stack[top].isRedirected = true
      return copy(2, refusing: .unclear)
    }
    endCommand(at: top)
    if looksAt(";;") || looksAt(";&") {
      if stack[top].cases.last == .body {
        stack[top].cases[stack[top].cases.count - 1] = .pattern
      }
      return copy(2, refusing: .unclear)
    }
    if looksAt("||") || looksAt("&&") { return copy(2, refusing: .unclear) }
    if peek() == "|", shell == .sh, !isPattern, !hasPipe {
      hasPipe = true
      faults.append(ShellFault(kind: .pipe, reference: nil, place: place(position)))
    }
    copy(refusing: .unclear)
  }
}
