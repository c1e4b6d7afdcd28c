import PipelineModel

/// Turns libyaml's positions in a text, which count code points, into places for people.
///
/// Lines are those of `Sources`, columns count what Swift sees as characters.
struct TextMap {
  let lines: Lines
  private let text: Int
  /// Where every 64th code point begins; empty where each byte is one.
  private var checkpoints: [Int] = []
  /// The last place asked for: asked from front to back, a long line is read once.
  private var last = (line: 0, offset: 0, column: 0)

  /// - Parameter text: which of the run's texts it is: an index into `Sources`.
  init(_ lines: Lines, text: Int) {
    self.lines = lines
    self.text = text
    if lines.isPlain { return }
    var points = 0
    for (offset, byte) in lines.bytes.enumerated() where byte & 0xC0 != 0x80 {
      if points % TextMap.stride == 0 { checkpoints.append(offset) }
      points += 1
    }
  }

  private static let stride = 64

  var bytes: [UInt8] { lines.bytes }

  /// The byte that a code point begins at; the text's end for one beyond it.
  func offset(ofPoint point: Int) -> Int {
    if lines.isPlain { return min(point, bytes.count) }
    guard point / TextMap.stride < checkpoints.count else { return bytes.count }
    var offset = checkpoints[point / TextMap.stride]
    for _ in 0..<point % TextMap.stride where offset < bytes.count {
      offset += 1
      while offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
    }
    return offset
  }

  /// Counted from 0.
  func line(of offset: Int) -> Int { lines.line(of: offset, near: last.line) }

  /// A line without its break; counted from 0, empty beyond the last.
  func bytes(ofLine line: Int) -> ArraySlice<UInt8> { lines.bytes(ofLine: line) }

  /// The place of a stretch of bytes, as far as it stays on its first line.
  mutating func span(_ start: Int, _ end: Int) -> Span {
    let line = line(of: start)
    if line != last.line || start < last.offset { last = (line, lines.start(ofLine: line), 0) }
    move(to: start)
    return Span(
      text: text, line: line + 1, column: last.column + characters(last.offset..<start) + 1,
      length: length(start, end, onLine: line))
  }

  /// Counts on to the last byte before `offset` that begins a character for certain: a mark
  /// that a text begins with belongs to the character before it.
  private mutating func move(to offset: Int) {
    var place = offset
    if !lines.isPlain {
      while place > last.offset, place == bytes.count || !TextMap.begins(bytes[place]) {
        place -= 1
      }
    }
    last.column += characters(last.offset..<place)
    last.offset = place
  }

  /// Whether it begins a character whatever stands around it.
  private static func begins(_ byte: UInt8) -> Bool { byte < 128 && byte != 10 }

  /// How many characters a stretch of bytes shows on its first line; at least 1.
  func length(_ start: Int, _ end: Int) -> Int {
    length(start, end, onLine: line(of: start))
  }

  private func length(_ start: Int, _ end: Int, onLine line: Int) -> Int {
    let stop = min(end, lines.isPlain ? lines.end(ofLine: line) : bytes(ofLine: line).endIndex)
    return start < stop ? characters(start..<stop) : 1
  }

  private func characters(_ range: Range<Int>) -> Int {
    lines.isPlain ? range.count : Places.characters(bytes[range])
  }
}
