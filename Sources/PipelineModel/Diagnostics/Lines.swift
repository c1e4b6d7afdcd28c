/// A text as bytes, and where its lines begin: they end with a line feed, a carriage return before
/// it not counted.
package struct Lines: Sendable {
  package let bytes: [UInt8]
  /// Whether every byte is a character: no byte beyond ASCII and no carriage return.
  package let isPlain: Bool
  /// Where each line begins; what is longer than 4 GiB, and read by nobody, is one line from there.
  private let starts: [UInt32]

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var starts: [UInt32] = [0]
    var isPlain = true
    bytes.withUnsafeBytes { whole in
      let all = UnsafeRawBufferPointer(rebasing: whole.prefix(Int(UInt32.max)))
      // Eight at a time: most hold none of what is looked for.
      var offset = 0
      while offset + 8 <= all.count {
        let word = all.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        let isASCII = word & 0x8080_8080_8080_8080 == 0
        if isASCII, !Lines.has(13, word), !Lines.has(10, word) {
          offset += 8
          continue
        }
        for place in offset..<offset + 8 {
          if all[place] >= 128 || all[place] == 13 { isPlain = false }
          if all[place] == 10 { starts.append(UInt32(place + 1)) }
        }
        offset += 8
      }
      for place in offset..<all.count {
        if all[place] >= 128 || all[place] == 13 { isPlain = false }
        if all[place] == 10 { starts.append(UInt32(place + 1)) }
      }
    }
    self.starts = starts
    self.isPlain = isPlain
  }

  /// Whether one of eight bytes is this one.
  ///
  /// - SeeAlso: Warren, "Hacker's Delight", 2nd edition, 6-1.
  private static func has(_ byte: UInt64, _ word: UInt64) -> Bool {
    let difference = word ^ (byte &* 0x0101_0101_0101_0101)
    return (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080 != 0
  }

  /// How many there are; at least 1, since what follows the last line feed is a line.
  package var count: Int { starts.count }

  /// Where a line begins; counted from 0.
  package func start(ofLine line: Int) -> Int { Int(starts[line]) }

  /// The line that a byte stands on; counted from 0.
  ///
  /// - Parameter near: a line; what follows soon is found from there without a search.
  package func line(of offset: Int, near: Int = 0) -> Int {
    var line = near
    if starts[line] <= offset {
      for _ in 0..<8 {
        if line + 1 == starts.count || starts[line + 1] > offset { return line }
        line += 1
      }
    }
    var (low, high) = (0, starts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }

  /// A line without its break; counted from 0, empty beyond the last.
  package func bytes(ofLine line: Int) -> ArraySlice<UInt8> {
    guard line < starts.count else { return [] }
    let content = bytes[start(ofLine: line)..<end(ofLine: line)]
    // One at the text's end stands before no line feed.
    let hasBreak = line + 1 < starts.count
    return hasBreak && content.last == UInt8(ascii: "\r") ? content.dropLast() : content
  }

  /// Where a line's break stands; the text's end for the last.
  package func end(ofLine line: Int) -> Int {
    line + 1 < starts.count ? start(ofLine: line + 1) - 1 : bytes.count
  }
}
