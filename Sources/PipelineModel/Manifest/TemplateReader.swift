/// Reads text with references: `--rate=${{ parameters.train.rate }}`.
///
/// `$${{` is a literal `${{`; a `}}` without an opening is ordinary text. A reference ends on the
/// line it begins on. What `Template.source` prints reads back as the same template.
package struct TemplateReader {
  package private(set) var template = Template([])
  package private(set) var problems: [Diagnostic] = []
  private var segments: [Template.Segment] = []
  /// Text that is read but not yet a segment.
  private var pending: [UInt8] = []
  /// Which byte of the raw text a byte of a text segment stems from, wherever that shifts.
  private var origins: [Origin] = []
  private let bytes: [UInt8]
  private let scalar: Syntax.Scalar
  private let whole: Span
  /// Made when the first place is asked for: few texts have one that is.
  private var places: Places?

  private struct Origin {
    let segment: Int
    let offset: Int
    let raw: Int
  }

  package init(_ scalar: Syntax.Scalar, at span: Span) {
    self.scalar = scalar
    whole = span
    guard scalar.text.hasOpening else {
      bytes = []
      template = scalar.text.isEmpty ? Template([]) : Template(text: scalar.text)
      return
    }
    bytes = Array(scalar.text.utf8)
    read()
    flush()
    template = Template(segments)
  }

  /// Reads text that stands in no file.
  package init(_ text: String, at span: Span) {
    self.init(Syntax.Scalar(text: text, isPlain: false, literalOffset: nil), at: span)
  }

  /// Where a byte of a text segment stands in the file.
  package mutating func span(segment: Int, offset: Int, length: Int = 1) -> Span {
    let origin = origins.last { $0.segment == segment && $0.offset <= offset }
    let raw = (origin?.raw ?? 0) + offset - (origin?.offset ?? 0)
    return place(raw..<min(raw + length, scalar.text.utf8.count))
  }

  private mutating func place(_ range: Range<Int>) -> Span {
    var known = places ?? Places(scalar, at: whole)
    defer { places = known }
    return known.span(range)
  }

  private mutating func read() {
    var position = 0
    mark(position)
    while position < bytes.count {
      let rest = bytes[position...]
      if rest.starts(with: "$${{".utf8) {
        pending += "${{".utf8
        position += 4
        mark(position)
      } else if rest.starts(with: "${{".utf8) {
        position = reference(at: position)
        mark(position)
      } else {
        pending.append(bytes[position])
        position += 1
      }
    }
  }

  private mutating func mark(_ raw: Int) {
    origins.append(Origin(segment: segments.count, offset: pending.count, raw: raw))
  }

  private mutating func flush() {
    guard !pending.isEmpty else { return }
    segments.append(.text(String(decoding: pending, as: UTF8.self)))
    pending = []
  }

  /// Reads the reference that opens at `start`, and returns where it ends.
  private mutating func reference(at start: Int) -> Int {
    let inner = start + 3
    guard let end = closing(from: inner) else {
      let reach = start + bytes[start...].prefix(40).prefix { $0 != UInt8(ascii: "\n") }.count
      problems.append(
        Diagnostic(
          "bad-reference", "'${{' is not closed on its line",
          hint: "close it with '}}', or write '$${{' for the characters themselves",
          at: place(start..<reach)))
      return inner
    }
    let written = String(decoding: bytes[inner..<end], as: UTF8.self)
    let span = place(start..<end + 2)
    switch Reference.read(trimmed(written)) {
    case .success(let reference):
      flush()
      segments.append(.reference(Located(reference, at: span)))
    case .failure(let fault):
      problems.append(Diagnostic("bad-reference", fault.fact, hint: fault.hint, at: span))
    }
    return end + 2
  }

  private func closing(from start: Int) -> Int? {
    var position = start
    while position + 1 < bytes.count, bytes[position] != UInt8(ascii: "\n") {
      if bytes[position...].starts(with: "}}".utf8) { return position }
      if bytes[position...].starts(with: "${{".utf8) { return nil }
      position += 1
    }
    return nil
  }
}

/// Why a text between `${{` and `}}` is no reference.
struct ReferenceFault: Error {
  let fact: String
  let hint: String
}

extension Reference {
  /// Reads what `description` writes.
  static func read(_ text: String) -> Swift.Result<Reference, ReferenceFault> {
    let everything = "write parameters.…, inputs.…, outputs.…, matrix.… or step.name"
    guard !text.isEmpty else {
      return .failure(ReferenceFault(fact: "'${{ }}' refers to nothing", hint: everything))
    }
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let head = String(parts[0])
    let rest = parts.count > 1 ? String(parts[1]) : ""
    if text == "step.name" { return .success(.stepName) }
    if let reference = known(head, rest) { return .success(reference) }
    if spaces.contains(head), !rest.isEmpty {
      return .failure(
        ReferenceFault(
          fact: "'\(text.clipped)' is no reference: a name follows '\(head).'",
          hint: head == "parameters"
            ? "write the parameter's names with dots between, nothing else"
            : "write \(head).NAME, nothing else"))
    }
    if head == "step" {
      return .failure(
        ReferenceFault(
          fact: "'\(text.clipped)' is no reference: of a step, only its name can be had",
          hint: "write step.name"))
    }
    if spaces.contains(head) {
      return .failure(
        ReferenceFault(
          fact: "'\(text.clipped)' is no reference: '\(head)' is a group, not a value",
          hint: "write \(head).NAME"))
    }
    let isName = rest == "name" && nearest(to: head, among: ["step"]) != nil
    let near = isName ? "step" : abbreviations[head] ?? nearest(to: head, among: spaces)
    return .failure(
      ReferenceFault(
        fact: "'\(text.clipped)' is no reference: '\(head.clipped)' is not known",
        hint: near.map { "write \($0).\(rest.isEmpty ? "NAME" : rest.clipped)" } ?? everything))
  }

  private static let spaces = ["parameters", "inputs", "outputs", "matrix"]
  private static let abbreviations = [
    "params": "parameters", "param": "parameters", "in": "inputs", "out": "outputs",
  ]

  private static func known(_ head: String, _ rest: String) -> Reference? {
    switch head {
    case "parameters":
      // Blanks are what `a + 1` has: an expression, which is not read here.
      rest.utf8.allSatisfy { $0 > 32 && $0 != UInt8(ascii: "|") }
        ? ParameterName(rest).map(Reference.parameter) : nil
    case "inputs": Name(rest).map(Reference.input)
    case "outputs": Name(rest).map(Reference.output)
    case "matrix": Name(rest).map(Reference.matrix)
    default: nil
    }
  }
}

extension String {
  /// At most 40 characters, for a diagnostic; nothing in it breaks the line.
  package var clipped: String {
    if utf8.count <= 40, utf8.allSatisfy({ $0 >= 32 && $0 < 127 }) { return self }
    let line = String(prefix(40).map { $0.isNewline || $0 == "\t" ? " " : $0 })
    return count > 40 ? line + "…" : line
  }
}

private func trimmed(_ text: String) -> String {
  let blanks: (UInt8) -> Bool = { $0 == 32 || $0 == 9 }
  let bytes = Array(text.utf8)
  let front = bytes.drop(while: blanks)
  let end = front.lastIndex { !blanks($0) } ?? front.startIndex - 1
  return String(decoding: front[front.startIndex..<max(front.startIndex, end + 1)], as: UTF8.self)
}
