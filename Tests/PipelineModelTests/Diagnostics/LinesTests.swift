import Testing

@testable import PipelineModel

@Suite("Lines") struct LinesTests {
  /// Every way in which breaks can fall on the eight bytes that are read at once.
  static let texts: [String] = [
    "", "a", "\n", "\n\n", "a\nb", "a\n", "\r\n", "a\r\nb\rc\n", "a\n\r", "1234567\n9",
    "12345678\n0",
    "123456\r\n9", "1234567\r\n0", "größe\nä", "\n\n\n\n\n\n\n\n\n\n", "a\u{85}b\u{2028}c\nd",
    String(repeating: "x", count: 40) + "\n" + String(repeating: "y", count: 17),
  ]

  @Test("Lines end with a line feed, and a carriage return before it is no part", arguments: texts)
  func split(_ text: String) {
    let bytes = Array(text.utf8)
    let lines = Lines(bytes)
    let expected = bytes.split(separator: 10, omittingEmptySubsequences: false)
    #expect(lines.count == expected.count)
    for (number, line) in expected.enumerated() {
      let isLast = number == expected.count - 1
      let kept = line.last == 13 && !isLast ? line.dropLast() : line
      #expect(Array(lines.bytes(ofLine: number)) == Array(kept))
      #expect(lines.end(ofLine: number) == (isLast ? bytes.count : line.endIndex))
    }
    #expect(lines.bytes(ofLine: lines.count).isEmpty)
    #expect(lines.isPlain == bytes.allSatisfy { $0 < 128 && $0 != 13 })
  }

  @Test("A byte's line is found from wherever one looks", arguments: texts)
  func find(_ text: String) {
    let lines = Lines(Array(text.utf8))
    for offset in 0...text.utf8.count {
      let expected = text.utf8.prefix(offset).count { $0 == 10 }
      for near in 0..<lines.count { #expect(lines.line(of: offset, near: near) == expected) }
    }
  }
}
