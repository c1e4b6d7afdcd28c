import PipelineModel

/// Turns libyaml's positions in a text, which count code points, into places for people.
///
/// Lines are those of `Sources`, columns count what Swift sees as characters.
struct TextMap {
  let bytes: [UInt8]
  private let text: Int
  private let isASCII: Bool
  /// Where every 64th code point begins.
  private var checkpoints: [Int] = []
  private var lineStarts: [Int] = [0]
  /// The last place asked for: asked from front to back, a long line is read once.
  private var last = (line: 0, offset: 0, column: 0)

  /// - Parameter text: which of the run's texts it is: an index into `Sources`.
  init(_ bytes: [UInt8], text: Int) {
    self.bytes = bytes
    self.text = text
    isASCII = bytes.allSatisfy { $0 < 128 }
    var points = 0
    for (offset, byte) in bytes.enumerated() {
      if byte == UInt8(ascii: "\n") { lineStarts.append(offset + 1) }
      guard !isASCII, byte & 0xC0 != 0x80 else { continue }
      if points % TextMap.stride == 0 { checkpoints.append(offset) }
      points += 1
    }
  }

  private static let stride = 64

  /// The byte that a code point begins at; the text's end for one beyond it.
  func offset(ofPoint point: Int) -> Int {
    if isASCII { return min(point, bytes.count) }
    guard point / TextMap.stride < checkpoints.count else { return bytes.count }
    var offset = checkpoints[point / TextMap.stride]
    for _ in 0..<point % TextMap.stride where offset < bytes.count {
      offset += 1
      while offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
    }
    return offset
  }

  /// Counted from 0.
  func line(of offset: Int) -> Int {
    var (low, high) = (0, lineStarts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }

  /// A line without its break; counted from 0, empty beyond the last.
  func bytes(ofLine line: Int) -> ArraySlice<UInt8> {
    guard line < lineStarts.count else { return [] }
    let end = line + 1 < lineStarts.count ? lineStarts[line + 1] - 1 : bytes.count
    let content = bytes[lineStarts[line]..<end]
    return content.last == UInt8(ascii: "\r") ? content.dropLast() : content
  }

  /// The place of a stretch of bytes, as far as it stays on its first line.
  mutating func span(_ start: Int, _ end: Int) -> Span {
    let line = line(of: start)
    if line != last.line || start < last.offset { last = (line, lineStarts[line], 0) }
    last.column += Places.characters(bytes[last.offset..<start])
    last.offset = start
    return Span(
      text: text, line: line + 1, column: last.column + 1, length: length(start, end))
  }

  /// How many characters a stretch of bytes shows on its first line; at least 1.
  func length(_ start: Int, _ end: Int) -> Int {
    let stop = min(end, bytes(ofLine: line(of: start)).endIndex)
    return start < stop ? Places.characters(bytes[start..<stop]) : 1
  }
}
