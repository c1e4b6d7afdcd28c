/// Reads a shell script as far as needed to know how each place of it is quoted, and which words
/// its commands have.
///
/// - SeeAlso: POSIX.1-2024, XCU 2.2 "Quoting", 2.3 "Token Recognition", 2.7.4 "Here-Document".
struct ShellLexer {
  private(set) var pieces: [ShellScript.Piece] = []
  var faults: [ShellFault] = []
  /// The words of each simple command, nil for words that are not literal.
  var commands: [[String?]] = []

  /// Bytes of the script; a reference is one unit, `ShellLexer.reference`.
  let units: [UInt16]
  private let references: [Located<Reference>]
  /// First unit of each segment.
  private let segmentStarts: [Int]
  let shell: Shell

  var position = 0
  var stack = [ShellFrame(.commands)]
  /// True from where on shells disagree, or this lexer gives up; no reference is inserted then.
  var isUnclear = false
  var heredocs: [Heredoc] = []
  var hasPipe = false
  private var text: [UInt8] = []
  private var referenceCount = 0
  /// All of a script without references: it is a single piece, and nothing has to be gathered.
  private let literal: String?

  struct Heredoc {
    let delimiter: [UInt8]
    let stripsTabs: Bool
    let isQuoted: Bool
  }

  static let reference: UInt16 = 256

  init(_ template: Template, shell: Shell) {
    var units: [UInt16] = []
    var starts: [Int] = []
    for segment in template.segments {
      starts.append(units.count)
      switch segment {
      case .text(let text):
        units.reserveCapacity(units.count + text.utf8.count)
        for byte in text.utf8 { units.append(UInt16(byte)) }
      case .reference: units.append(ShellLexer.reference)
      }
    }
    self.units = units
    literal = template.literal
    self.shell = shell
    references = template.references
    segmentStarts = starts
  }

  /// The unit `distance` ahead; nil behind the end.
  func peek(_ distance: Int = 0) -> UInt16? {
    position + distance < units.count ? units[position + distance] : nil
  }

  func looksAt(_ text: StaticString) -> Bool {
    text.withUTF8Buffer { bytes in
      bytes.indices.allSatisfy { peek($0) == UInt16(bytes[$0]) }
    }
  }

  /// Takes units as they are; references among them are refused for `kind`.
  mutating func copy(_ count: Int = 1, refusing kind: ShellFault.Kind) {
    for _ in 0..<count {
      guard let unit = peek() else { return }
      if unit == ShellLexer.reference {
        refuse(kind)
      } else {
        if literal == nil { text.append(UInt8(truncatingIfNeeded: unit)) }
        position += 1
      }
    }
  }

  /// Takes a run of units into the text and the word, up to the first that `isSpecial`; at least
  /// one, and no reference.
  ///
  /// Scripts are long words for the most part, and the way of a single unit is a long one.
  mutating func copyIntoWord(until isSpecial: (UInt16) -> Bool) {
    var end = position + 1
    while end < units.count, units[end] != ShellLexer.reference, !isSpecial(units[end]) { end += 1 }
    addToWord(units[position..<end])
    if literal == nil { for unit in units[position..<end] { text.append(UInt8(unit)) } }
    position = end
  }

  /// Takes the reference ahead and inserts it.
  mutating func insert(_ context: ShellScript.Context) {
    if isUnclear { return refuse(.unclear) }
    flush()
    pieces.append(.insertion(references[referenceCount], context))
    referenceCount += 1
    position += 1
  }

  /// Takes the reference ahead and reports it.
  mutating func refuse(_ kind: ShellFault.Kind) {
    faults.append(
      ShellFault(
        kind: isUnclear ? .unclear : kind, reference: references[referenceCount], place: nil))
    referenceCount += 1
    position += 1
  }

  /// Takes the reference ahead as the characters it is written with: nobody reads them.
  mutating func copyReferenceAsText() {
    text += "${{ \(references[referenceCount].content) }}".utf8
    referenceCount += 1
    position += 1
  }

  /// The place of a unit of text.
  func place(_ unit: Int) -> ShellScript.Place {
    let segment = max(0, (segmentStarts.firstIndex { $0 > unit } ?? segmentStarts.count) - 1)
    return ShellScript.Place(
      segment: segment, offset: segmentStarts.isEmpty ? 0 : unit - segmentStarts[segment])
  }

  mutating func finish() {
    flush()
    for index in stack.indices { endCommand(at: index) }
    guard let open = stack.last, stack.count > 1, !isUnclear else { return }
    faults.append(
      ShellFault(
        kind: .unclosed, reference: nil, place: place(open.start), opening: open.kind.opening))
  }

  private mutating func flush() {
    if let literal, !literal.isEmpty { pieces = [.text(literal)] }
    guard !text.isEmpty else { return }
    pieces.append(.text(String(decoding: text, as: UTF8.self)))
    text = []
  }
}

/// One level of quoting that a lexer is in.
struct ShellFrame {
  enum Kind {
    /// The script, or what `$( )` holds.
    case commands
    case doubleQuotes
    /// `${ }`
    case expansion
    /// `$(( ))` and bash's `(( ))`
    case arithmetic
  }

  /// Where a `case` command stands.
  enum Case {
    case subject, pattern, body
  }

  struct Word {
    var bytes: [UInt8] = []
    /// False where only the shell knows what the word will be.
    var isLiteral = true
    var isQuoted = false
  }

  let kind: Kind
  let start: Int
  /// Open parentheses.
  var depth = 0
  var cases: [Case] = []
  var word: Word?
  var command: [String?] = []
  /// Whether a keyword may come next.
  var isAtCommand = true
  /// Whether the next word is what a redirection names.
  var isRedirected = false
  /// Whether the words that follow are calculated by the shell.
  var calculates = false

  init(_ kind: Kind, start: Int = 0) {
    self.kind = kind
    self.start = start
  }
}

extension ShellFrame.Kind {
  /// What opens it, for people.
  var opening: String {
    switch self {
    case .commands: "$("
    case .doubleQuotes: "\""
    case .expansion: "${"
    case .arithmetic: "(("
    }
  }
}
