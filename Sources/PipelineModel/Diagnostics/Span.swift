/// A place in a text file: where it begins and how far it reaches on its first line.
package struct Span: Hashable, Sendable {
  /// Which of the run's texts: an index into `Sources`.
  package var text: Int
  /// From 1.
  package var line: Int
  /// In characters, from 1.
  package var column: Int
  /// In characters; at least 1.
  package var length: Int

  package init(text: Int = 0, line: Int, column: Int, length: Int = 1) {
    self.text = text
    self.line = line
    self.column = column
    self.length = max(1, length)
  }

  /// The part of this span that begins `offset` characters in.
  ///
  /// Only right for text that stands in the file as it is read, on one line; elsewhere the whole.
  package func part(offset: Int, length: Int) -> Span {
    guard offset >= 0, offset + length <= self.length else { return self }
    return Span(text: text, line: line, column: column + offset, length: length)
  }
}

/// The texts that spans point into: the manifest, parameter files, the command line.
package struct Sources: Sendable {
  /// Name as the user wrote it, and the lines.
  package private(set) var texts: [(name: String, lines: [Substring])] = []

  package init() {}

  /// - Returns: the index for `Span.text`.
  package mutating func add(name: String, text: String) -> Int {
    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    texts.append((name, lines))
    return texts.count - 1
  }

  /// The line that a span begins on, where it exists.
  package func line(of span: Span) -> Substring? {
    guard texts.indices.contains(span.text) else { return nil }
    let lines = texts[span.text].lines
    return lines.indices.contains(span.line - 1) ? lines[span.line - 1] : nil
  }

  package func name(of span: Span) -> String {
    texts.indices.contains(span.text) ? texts[span.text].name : "?"
  }
}
