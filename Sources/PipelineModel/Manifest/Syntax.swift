/// A YAML document as read: every part with its place, nothing interpreted yet.
package struct Syntax: Sendable {
  package indirect enum Content: Sendable {
    case scalar(Scalar)
    case list([Syntax])
    /// Keys are scalars, in the order written; a key may stand twice.
    case map([Entry])
  }

  package struct Scalar: Sendable {
    package let text: String
    /// Written without quotes, on one line: `1.10`, `true`, `fetch`.
    package let isPlain: Bool
    /// Offset of the text's first character from the span's, where the text stands in the file as
    /// it is read (1 for quotes); nil where escapes or folding came between.
    package let literalOffset: Int?
    /// Where the text of a `|` block begins; each further line of it begins in the same column of
    /// the next line. Nil for all else.
    package let block: Span?

    package init(text: String, isPlain: Bool, literalOffset: Int?, block: Span? = nil) {
      self.text = text
      self.isPlain = isPlain
      self.literalOffset = literalOffset
      self.block = block
    }
  }

  package struct Entry: Sendable {
    package let key: String
    package let keySpan: Span
    package let value: Syntax

    package init(key: String, keySpan: Span, value: Syntax) {
      self.key = key
      self.keySpan = keySpan
      self.value = value
    }
  }

  package let content: Content
  package let span: Span

  package init(_ content: Content, at span: Span) {
    self.content = content
    self.span = span
  }
}

extension Syntax {
  package var entries: [Entry]? {
    guard case .map(let entries) = content else { return nil }
    return entries
  }

  package var items: [Syntax]? {
    guard case .list(let items) = content else { return nil }
    return items
  }

  package var scalar: Scalar? {
    guard case .scalar(let scalar) = content else { return nil }
    return scalar
  }

  /// The same as data, by the rule for plain scalars; a later duplicate of a key is dropped.
  ///
  /// - Complexity: recursive; the reader bounds the depth.
  package var value: Value {
    switch content {
    case .scalar(let scalar): scalar.isPlain ? Value(plain: scalar.text) : .text(scalar.text)
    case .list(let items): .list(items.map(\.value))
    case .map(let entries):
      .map(
        entries.reduce(into: []) { known, entry in
          if !known.contains(where: { $0.key.utf8.elementsEqual(entry.key.utf8) }) {
            known.append((entry.key, entry.value.value))
          }
        })
    }
  }
}
