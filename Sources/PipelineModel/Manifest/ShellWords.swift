/// What words and commands are made of.
extension ShellLexer {
  /// Bytes of a word that are kept.
  static let longestWord = 4096

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

  /// Adds several, none of them a reference.
  mutating func addToWord(_ run: ArraySlice<UInt16>) {
    guard let index = wordFrame, let count = stack[index].word?.bytes.count else { return }
    let room = max(0, ShellLexer.longestWord - count)
    stack[index].word?.bytes += run.prefix(room).lazy.map { UInt8(truncatingIfNeeded: $0) }
    if run.count > room { stack[index].word?.isLiteral = false }
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
