/// Finds where parts of a scalar's text stand in the file.
///
/// Asked from front to back it reads the text once.
package struct Places {
  private let text: [UInt8]
  private let whole: Span
  private let scalar: Syntax.Scalar
  /// What has been read: bytes, lines, and characters since the last line break.
  private var offset = 0
  private var line = 0
  private var column = 0

  package init(_ scalar: Syntax.Scalar, at span: Span) {
    text = Array(scalar.text.utf8)
    whole = span
    self.scalar = scalar
  }

  /// The place of a range of the text, which is given in bytes of UTF-8.
  ///
  /// - Returns: the whole scalar's place where escapes or folding hide the part's own; otherwise
  ///   the part, as far as it stays on its first line.
  package mutating func span(_ range: Range<Int>) -> Span {
    guard scalar.literalOffset != nil || scalar.block != nil, range.upperBound <= text.count else {
      return whole
    }
    if range.lowerBound < offset { (offset, line, column) = (0, 0, 0) }
    while let cut = text[offset..<range.lowerBound].firstIndex(of: UInt8(ascii: "\n")) {
      (offset, line, column) = (cut + 1, line + 1, 0)
    }
    column += Places.characters(text[offset..<range.lowerBound])
    offset = range.lowerBound
    let part = text[range].prefix { $0 != UInt8(ascii: "\n") }
    let length = Places.characters(part)
    if let block = scalar.block {
      return Span(
        text: whole.text, line: block.line + line, column: block.column + column, length: length)
    }
    let lead = whole.column + (scalar.literalOffset ?? 0)
    return Span(text: whole.text, line: whole.line, column: lead + column, length: length)
  }

  /// How many characters a stretch of UTF-8 shows.
  package static func characters(_ bytes: ArraySlice<UInt8>) -> Int {
    if bytes.allSatisfy({ $0 < 128 && $0 != 13 }) { return bytes.count }
    return String(decoding: bytes, as: UTF8.self).count
  }
}
