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
    case let unit?:
      startWord(isQuoted: false)
      addToWord(unit)
      copy(refusing: .unclear)
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

/// What words and commands are made of.
extension ShellLexer {
  /// Bytes of a word that are kept.
  private static let longestWord = 4096

  mutating func startWord(isQuoted: Bool) {
    let top = stack.count - 1
    if stack[top].word == nil { stack[top].word = ShellFrame.Word() }
    if isQuoted { stack[top].word?.isQuoted = true }
  }

  /// Adds to the word that these commands, or the double quotes in them, are at.
  mutating func addToWord(_ unit: UInt16) {
    guard let index = wordFrame else { return }
    guard let count = stack[index].word?.bytes.count, count < ShellLexer.longestWord else {
      stack[index].word?.isLiteral = false
      return
    }
    stack[index].word?.bytes.append(UInt8(truncatingIfNeeded: unit))
  }

  /// Notes that only the shell knows what the word will be.
  mutating func spoilWord() {
    guard let index = wordFrame else { return }
    stack[index].word?.isLiteral = false
  }

  private var wordFrame: Int? {
    let top = stack.count - 1
    if stack[top].kind == .commands { return top }
    return stack[top].kind == .doubleQuotes && stack[top - 1].kind == .commands ? top - 1 : nil
  }

  mutating func endWord() {
    endWord(at: stack.count - 1)
  }

  private mutating func endWord(at index: Int) {
    guard let word = stack[index].word else { return }
    stack[index].word = nil
    if stack[index].isRedirected {
      stack[index].isRedirected = false
      return
    }
    let text = String(decoding: word.bytes, as: UTF8.self)
    if word.isLiteral, !word.isQuoted {
      if takeKeyword(text, at: index) { return }
      noteCalculation(text, at: index)
    }
    stack[index].isAtCommand = false
    stack[index].command.append(word.isLiteral ? text : nil)
  }

  /// - Returns: whether the word belongs to the shell's grammar and not to a command.
  private mutating func takeKeyword(_ word: String, at index: Int) -> Bool {
    if word == "in", stack[index].cases.last == .subject {
      stack[index].cases[stack[index].cases.count - 1] = .pattern
      stack[index].command = []
      stack[index].isAtCommand = true
      return true
    }
    if word == "esac", stack[index].cases.last == .pattern || stack[index].isAtCommand,
      !stack[index].cases.isEmpty
    {
      stack[index].cases.removeLast()
      return true
    }
    guard stack[index].isAtCommand, stack[index].cases.last != .pattern else { return false }
    switch word {
    case "case":
      // Its patterns end with what also ends `$( )`.
      if stack.count > 1 { isUnclear = true }
      stack[index].cases.append(.subject)
      return true
    case "if", "then", "else", "elif", "fi", "do", "done", "while", "until", "!", "{", "}":
      return true
    default: return false
    }
  }

  /// Bash calculates the words of `let` and of comparisons in `[[ ]]`, and in doing so executes
  /// what `a[$(…)]` holds.
  private mutating func noteCalculation(_ word: String, at index: Int) {
    if word == "]]" { stack[index].calculates = false }
    guard stack[index].isAtCommand else { return }
    if word == "let" { stack[index].calculates = true }
    if word == "[[" {
      let ahead = units[position...].prefix(2000).map { UInt8(truncatingIfNeeded: $0) }
      let words = ahead.split { $0 == 32 || $0 == 9 || $0 == 10 }
      let test = words.prefix { $0 != Array("]]".utf8)[...] }
      stack[index].calculates = test.contains { word in
        ShellLexer.calculating.contains(String(decoding: word, as: UTF8.self))
      }
    }
  }

  private static let calculating: Set = ["-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-v"]

  mutating func endCommand(at index: Int) {
    endWord(at: index)
    if !stack[index].command.isEmpty, stack[index].cases.last != .pattern {
      commands.append(stack[index].command)
    }
    if stack[index].command.first == "let" { stack[index].calculates = false }
    stack[index].command = []
    stack[index].isAtCommand = true
    stack[index].isRedirected = false
  }
}
