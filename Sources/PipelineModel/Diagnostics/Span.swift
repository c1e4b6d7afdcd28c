/// A place in a text file: where it begins and how far it reaches on its first line.
package struct Span: Hashable, Sendable {
  // A manifest of a hundred thousand inputs has some hundred thousand places; no text that is read
  // has more lines or columns than this holds.
  private var places: (text: Int32, line: Int32, column: Int32, length: Int32)

  package init(text: Int = 0, line: Int, column: Int, length: Int = 1) {
    places = (
      Int32(clamping: text), Int32(clamping: line), Int32(clamping: column),
      Int32(clamping: max(1, length))
    )
  }

  /// Which of the run's texts: an index into `Sources`.
  package var text: Int { Int(places.text) }

  /// From 1.
  package var line: Int { Int(places.line) }

  /// In characters, from 1.
  package var column: Int { Int(places.column) }

  /// In characters; at least 1.
  package var length: Int { Int(places.length) }

  package static func == (a: Span, b: Span) -> Bool { a.places == b.places }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(places.line)
    hasher.combine(places.column)
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
  /// Names as the user wrote them, with what each says.
  private var texts: [(name: String, text: Text)] = []

  private enum Text: Sendable {
    case lines(Lines)
    /// Not looked at yet: few texts have a line that is shown.
    case bytes([UInt8])
  }

  package init() {}

  /// - Returns: the index for `Span.text`.
  package mutating func add(name: String, text: String) -> Int {
    add(name: name, lines: Lines(Array(text.utf8)))
  }

  /// - Returns: the index for `Span.text`.
  package mutating func add(name: String, bytes: [UInt8]) -> Int {
    texts.append((name, .bytes(bytes)))
    return texts.count - 1
  }

  /// - Returns: the index for `Span.text`.
  package mutating func add(name: String, lines: Lines) -> Int {
    texts.append((name, .lines(lines)))
    return texts.count - 1
  }

  /// The line that a span begins on, where it exists.
  package func line(of span: Span) -> String? {
    guard texts.indices.contains(span.text) else { return nil }
    let lines =
      switch texts[span.text].text {
      case .lines(let lines): lines
      case .bytes(let bytes): Lines(bytes)
      }
    guard (1...lines.count).contains(span.line) else { return nil }
    return String(decoding: lines.bytes(ofLine: span.line - 1), as: UTF8.self)
  }

  package func name(of span: Span) -> String {
    texts.indices.contains(span.text) ? texts[span.text].name : "?"
  }
}
