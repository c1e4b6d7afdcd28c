import PipelineModel

/// Whether what is said of a text points into it, and can be shown.
struct Told {
  private let lines: Lines
  private var sources = Sources()

  /// - Parameter bytes: of the only text that there is.
  init(of bytes: [UInt8], name: String) {
    lines = Lines(bytes)
    _ = sources.add(name: name, lines: lines)
  }

  /// All problems have to have a place, and nothing in what is shown may control a terminal.
  func check(_ problems: [Diagnostic]) throws {
    for problem in problems {
      guard let span = problem.span else {
        throw Broken(description: "[\(problem.code)] \(problem.fact): has no place")
      }
      try check(span, of: "[\(problem.code)] \(problem.fact)")
      let shown = problem.text(in: sources)
      let isVisible = shown.unicodeScalars.allSatisfy {
        $0 == "\n" || $0 == "\t" || !VisibleText.isControl($0)
      }
      try promise(isVisible, "[\(problem.code)] is shown with a control character")
    }
  }

  /// Every part of what was read has to lie in the text.
  func check(_ syntax: Syntax) throws {
    var open = [syntax]
    while let next = open.popLast() {
      try check(next.span, of: "a value")
      open += next.items ?? []
      for entry in next.entries ?? [] {
        try check(entry.keySpan, of: "key '\(entry.key)'")
        open.append(entry.value)
      }
    }
  }

  private func check(_ span: Span, of what: @autoclosure () -> String) throws {
    let isLine = span.text == 0 && (1...lines.count).contains(span.line)
    try promise(isLine, "\(what()): line \(span.line) of \(lines.count), text \(span.text)")
    let length = Places.characters(lines.bytes(ofLine: span.line - 1))
    // Behind the last character is where something is missing.
    try promise(
      span.column >= 1 && span.column <= length + 1,
      "\(what()): column \(span.column) of line \(span.line), which has \(length)")
    try promise(
      span.length >= 1 && span.column + span.length <= length + 2,
      "\(what()): \(span.length) characters from column \(span.column) of \(length)")
  }
}
