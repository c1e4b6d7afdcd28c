/// The text of a condition, word by word.
struct ConditionWords {
  private let bytes: [UInt8]
  private let source: Int
  /// Before the next word, in bytes.
  private(set) var position = 0
  /// Before the word that was taken last.
  private(set) var last = 0

  init(_ text: String, as source: Int) {
    bytes = Array(text.utf8)
    self.source = source
    skipBlanks()
  }

  var isAtEnd: Bool { position == bytes.count }

  /// The place of the sign at a position; takes time, so it is asked for a problem only.
  func place(_ position: Int) -> Span { span(position, position + 1) }

  /// Takes a sign.
  mutating func take(_ sign: Unicode.Scalar) -> Bool {
    guard position < bytes.count, bytes[position] == UInt8(ascii: sign) else { return false }
    last = position
    position += 1
    skipBlanks()
    return true
  }

  /// Takes a word that joins comparisons, in lower or upper case.
  mutating func take(word: String) -> Bool {
    let end = bareEnd
    guard bare(to: end) == word || bare(to: end) == word.uppercased() else { return false }
    last = position
    position = end
    skipBlanks()
    return true
  }

  /// Takes `NAME op VALUE`.
  mutating func comparison() throws(Condition.Problem) -> Condition.Comparison {
    let name = try name()
    let comparator = try comparator(after: name)
    let value = try value(after: comparator)
    return Condition.Comparison(name: name, comparator: comparator, value: value)
  }

  /// The problem of a word that stands where only `and` and `or` can.
  func noJoin() -> Condition.Problem {
    let end = bareEnd
    if let word = foreignJoin {
      return problem(
        "'\(word.written)' joins nothing", hint: "write '\(word.right)'",
        at: span(position, position + word.written.utf8.count))
    }
    if end == position {
      let sign = String(decoding: bytes[position...].prefix(1), as: UTF8.self)
      return problem(
        "'\(sign)' stands where 'and' or 'or' is expected",
        hint: "put a name that holds other signs into backticks, and such a value into quotes",
        at: place(position))
    }
    return problem(
      "'\(bare(to: end).clipped)' stands where 'and' or 'or' is expected",
      hint: "put a value that holds blanks into quotes", at: span(position, end))
  }

  func problem(_ fact: String, hint: String, at span: Span) -> Condition.Problem {
    Condition.Problem(fact: fact, hint: hint, span: span)
  }
}

// MARK: - Parts of a comparison

extension ConditionWords {
  private mutating func name() throws(Condition.Problem) -> String {
    let start = position
    if position < bytes.count, bytes[position] == UInt8(ascii: "`") {
      let name = try quoted()
      guard !name.isEmpty else {
        throw problem("the name is empty", hint: "write a name", at: span(start, position))
      }
      skipBlanks()
      return name
    }
    let end = bareEnd
    let name = bare(to: end)
    if end == start || ConditionWords.joins.contains(name.lowercased()) {
      let isForeign = position < bytes.count && bytes[position] == UInt8(ascii: "!")
      throw missing(
        "a name",
        hint: isForeign ? "write 'not'" : "write a comparison like 'scores.accuracy > 0.9'",
        to: end)
    }
    if Value.isNumber(name) {
      throw problem(
        "'\(name.clipped)' is a number: a comparison begins with a name",
        hint: "write it like 'scores.accuracy > 0.9'", at: span(start, end))
    }
    last = start
    position = end
    skipBlanks()
    return name
  }

  private mutating func comparator(
    after name: String
  ) throws(Condition.Problem) -> Condition.Comparator {
    let start = position
    let signs = bytes[start...].prefix { "=!<>~".utf8.contains($0) }
    let written = String(decoding: signs, as: UTF8.self)
    position += signs.count
    skipBlanks()
    if written == "==" { return .equal }
    if let comparator = Condition.Comparator(rawValue: written) { return comparator }
    position = start
    let hints = [
      "<>": "write '!='", "=<": "write '<='", "=>": "write '>='", "=~": "write '~'",
      "!~": "write 'not' before the comparison, and '~'", "===": "write '='",
      "!": "write '!='",
    ]
    guard written.isEmpty else {
      throw problem(
        "'\(written.clipped)' is no operator",
        hint: hints[written] ?? "write one of = != < <= > >= ~",
        at: span(start, start + signs.count))
    }
    throw missing(
      "an operator after '\(name.clipped)'", hint: "write one of = != < <= > >= ~", to: bareEnd)
  }

  private mutating func value(
    after comparator: Condition.Comparator
  ) throws(Condition.Problem) -> Condition.Written {
    if position < bytes.count,
      bytes[position] == UInt8(ascii: "\"")
        || bytes[position] == UInt8(ascii: "'")
    {
      let text = try quoted()
      skipBlanks()
      return Condition.Written(value: .text(text), text: text)
    }
    let end = bareEnd
    let text = bare(to: end)
    if end == position || ConditionWords.joins.contains(text.lowercased()) {
      throw missing(
        "a value after '\(comparator.rawValue)'",
        hint: "write a number or text; text that is a word of the language stands in quotes",
        to: end)
    }
    last = position
    position = end
    skipBlanks()
    return Condition.Written(value: Value(plain: text), text: text)
  }

  /// Takes what stands in quotes or backticks; in backticks a backslash is itself.
  private mutating func quoted() throws(Condition.Problem) -> String {
    let start = position
    let quote = bytes[start]
    let hasEscapes = quote != UInt8(ascii: "`")
    var out: [UInt8] = []
    var index = start + 1
    while index < bytes.count, bytes[index] != quote {
      if hasEscapes, bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count,
        bytes[index + 1] == quote || bytes[index + 1] == UInt8(ascii: "\\")
      {
        index += 1
      }
      out.append(bytes[index])
      index += 1
    }
    guard index < bytes.count else {
      let sign = String(decoding: [quote], as: UTF8.self)
      throw problem(
        "\(sign) is not closed", hint: "write \(sign) again at the end", at: place(position))
    }
    last = start
    position = index + 1
    return String(decoding: out, as: UTF8.self)
  }

  private func missing(_ what: String, hint: String, to end: Int) -> Condition.Problem {
    if isAtEnd { return problem("\(what) is missing at the end", hint: hint, at: place(position)) }
    let stop = max(end, position + 1)
    let word = String(decoding: bytes[position..<stop], as: UTF8.self)
    return problem(
      "\(what) is missing before '\(word.clipped)'", hint: hint, at: span(position, stop))
  }
}

// MARK: - Bytes

extension ConditionWords {
  private static let joins = ["and", "or", "not"]

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 32 || byte == 9 || byte == 10 || byte == 13
  }

  private mutating func skipBlanks() {
    while position < bytes.count, ConditionWords.isBlank(bytes[position]) { position += 1 }
  }

  /// Where the word ends that begins here and stands in no quotes.
  private var bareEnd: Int {
    bytes[position...].firstIndex {
      ConditionWords.isBlank($0) || "()'\"`=!<>~&|".utf8.contains($0)
    } ?? bytes.count
  }

  private func bare(to end: Int) -> String {
    String(decoding: bytes[position..<end], as: UTF8.self)
  }

  private var foreignJoin: (written: String, right: String)? {
    let signs = String(
      decoding: bytes[position...].prefix { "&|,;".utf8.contains($0) }, as: UTF8.self)
    switch signs {
    case "&&", "&", ",", ";": return (signs, "and")
    case "||", "|": return (signs, "or")
    default: return nil
    }
  }

  /// From the byte at `start` to the one before `end`, in characters.
  private func span(_ start: Int, _ end: Int) -> Span {
    let before = bytes[..<start]
    let line = before.lastIndex(of: 10).map { $0 + 1 } ?? 0
    func characters(_ range: Range<Int>) -> Int {
      String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self).count
    }
    return Span(
      text: source, line: before.count { $0 == 10 } + 1, column: characters(line..<start) + 1,
      length: characters(start..<max(start, end)))
  }
}
