/// How quotes, expansions and here-documents are read.
extension ShellLexer {
  private static let deepest = 64

  mutating func run() {
    while position < units.count {
      switch stack[stack.count - 1].kind {
      case .commands: readCommands()
      case .doubleQuotes: readDoubleQuotes()
      case .expansion: readExpansion()
      case .arithmetic: readArithmetic()
      }
    }
    finish()
  }

  /// Why a reference cannot stand at this level; nil where it can.
  var refusal: ShellFault.Kind? {
    var isQuoted = false
    for frame in stack {
      switch frame.kind {
      case .arithmetic: return .arithmetic
      case .expansion: return .expansion
      case .doubleQuotes: isQuoted = true
      case .commands:
        if isQuoted { return .substitution }
        if frame.calculates { return .arithmetic }
      }
    }
    return nil
  }

  mutating func push(_ kind: ShellFrame.Kind, taking count: Int) {
    // Deeper than anyone writes: the rest is read as if it were on this level.
    if stack.count >= ShellLexer.deepest {
      isUnclear = true
    } else {
      stack.append(ShellFrame(kind, start: position))
    }
    copy(count, refusing: .unclear)
  }

  /// `\x`: both stay together.
  mutating func readBackslash(refusing kind: ShellFault.Kind = .backslash) {
    copy(refusing: kind)
    if peek() == "\n" { noteLineBreak() }
    if peek() != nil { copy(refusing: kind) }
  }

  /// A line break that is no end of a command: shells differ on where a here-document then begins.
  mutating func noteLineBreak() {
    if !heredocs.isEmpty { isUnclear = true }
  }

  private mutating func readDoubleQuotes() {
    switch peek() {
    case ShellLexer.reference?:
      if let refusal { refuse(refusal) } else { insert(.inDoubleQuotes) }
      spoilWord()
    case "\""?:
      stack.removeLast()
      copy(refusing: .unclear)
    case "\\"?:
      spoilWord()
      readBackslash()
    case "$"?: readDollar()
    case "`"?: readBackticks()
    case "\n"?:
      noteLineBreak()
      addToWord(10)
      copy(refusing: .unclear)
    case .some:
      copyIntoWord { $0 == "\n" || $0 == "\"" || $0 == "\\" || $0 == "$" || $0 == "`" }
    case nil: break
    }
  }

  private mutating func readExpansion() {
    switch peek() {
    case "}"?:
      stack.removeLast()
      copy(refusing: .expansion)
    case "\\"?: readBackslash(refusing: .expansion)
    case "'"?, "\""?:
      // Within double quotes shells disagree on whether these are quotes.
      if stack.contains(where: { $0.kind == .doubleQuotes }) { isUnclear = true }
      if peek() == "'" { readSingleQuotes() } else { push(.doubleQuotes, taking: 1) }
    case "$"?: readDollar()
    case "`"?: readBackticks()
    case let unit?:
      if unit == "\n" { noteLineBreak() }
      copy(refusing: .expansion)
    case nil: break
    }
  }

  private mutating func readArithmetic() {
    let top = stack.count - 1
    switch peek() {
    case "("?:
      stack[top].depth += 1
      copy(refusing: .arithmetic)
    case ")"?:
      if stack[top].depth > 0 {
        stack[top].depth -= 1
        copy(refusing: .arithmetic)
      } else {
        // `$((` can also be `$( (`: then the end looks otherwise.
        if peek(1) != ")" { isUnclear = true }
        stack.removeLast()
        copy(peek(1) == ")" ? 2 : 1, refusing: .arithmetic)
      }
    case "\\"?: readBackslash(refusing: .arithmetic)
    case "$"?: readDollar()
    case "`"?: readBackticks()
    case let unit?:
      if unit == "\n" { noteLineBreak() }
      // Shells disagree on whether quotes are any here.
      if unit == "'" || unit == "\"" { isUnclear = true }
      copy(refusing: .arithmetic)
    case nil: break
    }
  }

  /// `$…`, in and outside of double quotes.
  mutating func readDollar() {
    spoilWord()
    let isQuoted = stack[stack.count - 1].kind == .doubleQuotes
    if looksAt("$((") {
      push(.arithmetic, taking: 3)
    } else if looksAt("$(") {
      push(.commands, taking: 2)
    } else if looksAt("${") {
      push(.expansion, taking: 2)
      // `${#x}`, `${$}`, `${}`: what follows the brace is a name whatever it looks like.
      if peek() != "}", peek() != "\\" { copy(refusing: .expansion) }
    } else if looksAt("$[") {
      isUnclear = true
      copy(2, refusing: .arithmetic)
    } else if !isQuoted, looksAt("$'") {
      if stack.contains(where: { $0.kind == .doubleQuotes }) { isUnclear = true }
      readDollarQuotes()
    } else if !isQuoted, looksAt("$\"") {
      isUnclear = true
      copy(refusing: .unclear)
    } else if looksAt("$#") || looksAt("$$") || looksAt("$!") {
      copy(2, refusing: .unclear)
    } else {
      copy(refusing: .unclear)
    }
  }

  mutating func readSingleQuotes() {
    let start = position
    copy(refusing: .unclear)
    while let unit = peek(), unit != "'" {
      if unit == ShellLexer.reference {
        spoilWord()
        if let refusal { refuse(refusal) } else { insert(.inSingleQuotes) }
        continue
      }
      if unit == "\n" { noteLineBreak() }
      copyIntoWord { $0 == "\n" || $0 == "'" }
    }
    close("'", since: start)
  }

  /// bash's `$'…'`, in which a backslash escapes the quote; older shells read `$` and `'…'`.
  private mutating func readDollarQuotes() {
    let start = position
    copy(2, refusing: .dollarQuotes)
    while let unit = peek(), unit != "'" {
      if unit == "\\" {
        if peek(1) == "'" || peek(1) == "\\", shell == .sh { isUnclear = true }
        copy(refusing: .dollarQuotes)
      }
      if unit == "\n" { noteLineBreak() }
      copy(refusing: .dollarQuotes)
    }
    close("'", since: start)
  }

  mutating func readBackticks() {
    let start = position
    var quotes = 0
    spoilWord()
    copy(refusing: .backticks)
    while let unit = peek(), unit != "`" {
      if unit == "\n" { noteLineBreak() }
      if unit == "'" || unit == "\"" { quotes += 1 }
      if unit == "\\" { copy(refusing: .backticks) }
      if peek() != nil { copy(refusing: .backticks) }
    }
    if quotes % 2 == 1 { isUnclear = true }
    close("`", since: start)
  }

  private mutating func close(_ quote: String, since start: Int) {
    if peek() != nil { return copy(refusing: .unclear) }
    guard !isUnclear else { return }
    faults.append(
      ShellFault(kind: .unclosed, reference: nil, place: place(start), opening: quote))
    isUnclear = true
  }

  /// Takes the bodies of the here-documents that begin behind the line break just taken.
  mutating func readHeredocs() {
    let bodies = heredocs
    heredocs = []
    for heredoc in bodies {
      var continues = false
      while position < units.count {
        let line = units[position...].prefix { $0 != "\n" }
        let content = heredoc.stripsTabs ? line.drop { $0 == 9 } : line
        let isEnd =
          content.count == heredoc.delimiter.count
          && content.elementsEqual(heredoc.delimiter.map(UInt16.init))
        // Some shells join the lines first and then see no end.
        if isEnd, continues { isUnclear = true }
        continues = !heredoc.isQuoted && line.last == "\\"
        copy(line.count + 1, refusing: .heredoc)
        if isEnd { break }
      }
    }
  }
}

/// A unit of text is compared with characters.
func == (unit: UInt16?, character: Unicode.Scalar) -> Bool {
  unit == UInt16(truncatingIfNeeded: character.value)
}

func != (unit: UInt16?, character: Unicode.Scalar) -> Bool {
  !(unit == character)
}

func ~= (character: Unicode.Scalar, unit: UInt16) -> Bool {
  unit == UInt16(truncatingIfNeeded: character.value)
}
