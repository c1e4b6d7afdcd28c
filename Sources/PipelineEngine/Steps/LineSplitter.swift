#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Makes lines of output that comes in pieces.
///
/// Nothing is lost, but for what a progress bar has already written over where its line grows
/// beyond the limit: so memory stays bounded whatever a step writes.
package struct LineSplitter: Sendable {
  private var pending: [UInt8] = []
  private let limit: Int

  /// - Parameter limit: bytes after which a line is cut into several; at least 8.
  package init(limit: Int = 65_536) {
    self.limit = max(8, limit)
  }

  /// Takes the next piece.
  ///
  /// - Returns: the lines that it completes, without line feeds.
  package mutating func feed(_ bytes: some Collection<UInt8>) -> [[UInt8]] {
    feed(Array(bytes))
  }

  /// The same for a piece as it was read.
  package mutating func feed(_ bytes: [UInt8]) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var start = 0
    while start < bytes.count {
      let room = start..<min(start + limit, bytes.count)
      if let end = LineSplitter.lineFeed(in: bytes, room) {
        take(bytes[start..<end], &lines)
        lines.append(pending)
        pending = []
        start = end + 1
      } else {
        take(bytes[room], &lines)
        start = room.upperBound
      }
    }
    return lines
  }

  private mutating func take(_ piece: ArraySlice<UInt8>, _ lines: inout [[UInt8]]) {
    pending += piece
    shorten(&lines)
  }

  private static func lineFeed(in bytes: [UInt8], _ room: Range<Int>) -> Int? {
    bytes.withUnsafeBytes { all in
      guard let base = all.baseAddress,
        let found = memchr(base + room.lowerBound, Int32(UInt8(ascii: "\n")), room.count)
      else { return nil }
      return UnsafeRawPointer(found) - base
    }
  }

  /// What stands behind the last line feed; nil where nothing does.
  package mutating func flush() -> [UInt8]? {
    defer { pending = [] }
    return pending.isEmpty ? nil : pending
  }

  private mutating func shorten(_ lines: inout [[UInt8]]) {
    guard pending.count > limit else { return }
    // A carriage return at the very end may belong to a line feed, or be the end of a bar.
    if let last = pending.dropLast().lastIndex(of: carriageReturn) {
      pending.removeFirst(last + 1)
    }
    while pending.count > limit {
      var cut = limit
      // Back to where a character begins, unless these bytes are no UTF-8 anyway.
      while cut > limit - 4, pending[cut] & 0xC0 == 0x80 { cut -= 1 }
      if pending[cut] & 0xC0 == 0x80 { cut = limit }
      lines.append(Array(pending[..<cut]))
      pending.removeFirst(cut)
    }
  }
}

private let carriageReturn = UInt8(ascii: "\r")
