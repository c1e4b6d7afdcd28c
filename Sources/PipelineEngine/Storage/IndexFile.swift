import PipelineModel

/// The bytes of the index.
///
/// All numbers are little-endian; a text is its length in 4 bytes and its bytes.
///
///     magic       8 bytes, the version of the format among them
///     digest      32 bytes, SHA-256 of the rest of the head
///     length      of the head, 4 bytes, and of all, 8 bytes
///     boot        text
///     parts       6 times where it begins and its length, 8 bytes each: directories, entries,
///                 digests and names of the sightings; the standing; the memory
///     pieces      count in 4 bytes; SHA-256 of each MiB behind the head
///
/// The memory is:
///
///     states      count in 4 bytes; each: name (text), has failed (1), has key (1), key (32),
///                 has duration (1), seconds (8), has finished here (1), when (8)
///     notes       count in 4 bytes; each: two texts
package enum IndexFile {
  /// What an index file says.
  package struct Content {
    /// Which start of the machine the stamps were taken in.
    package var boot: String
    package var index: Index
  }

  private static let magic = Array("PWINDEX3".utf8)
  private static let headStart = 40
  private static let partCount = 6
  private static let pieceBytes = 1 << 20

  // MARK: Writing

  /// Writes the file for an index whose sightings are these, piece by piece.
  ///
  /// - Parameters:
  ///   - standing: as `StandingDraft` writes it; may be empty.
  ///   - add: adds bytes at the end of the file.
  package static func write(
    _ sightings: SightingMerge, standing: [UInt8], states: [StepName: StepState],
    notes: [String: String], boot: String, to add: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let memory = memory(states, notes)
    try sightings.withParts { sightings in
      try standing.withUnsafeBytes { standing in
        try memory.withUnsafeBytes { memory in
          let parts = sightings + [standing, memory]
          try head(of: parts, boot: boot).withUnsafeBytes { try add($0) }
          for part in parts { try add(part) }
        }
      }
    }
  }

  /// All that stands before the parts.
  private static func head(of parts: [UnsafeRawBufferPointer], boot: String) -> [UInt8] {
    let bodyCount = parts.reduce(0) { $0 + $1.count }
    let pieces = pieceDigests(of: parts)
    let headCount =
      headStart + 12 + 4 + boot.utf8.count + 16 * partCount + 4 + 32 * pieces.count
    var out = ByteWriter(capacity: headCount)
    out.add(magic + [UInt8](repeating: 0, count: 32))
    out.add(UInt32(headCount))
    out.add(UInt64(headCount + bodyCount))
    out.addText(Array(boot.utf8))
    var offset = headCount
    for part in parts {
      out.add(UInt64(offset))
      out.add(UInt64(part.count))
      offset += part.count
    }
    out.add(UInt32(pieces.count))
    for digest in pieces { out.add(digest) }
    identify(&out.bytes, headCount)
    return out.bytes
  }

  /// Puts the digests of what a file's bytes have come to be into them.
  ///
  /// - Parameter bytes: of a file that `read` took, then changed behind its head.
  static func seal(_ bytes: inout [UInt8]) {
    let (headCount, pieces) = bytes.withUnsafeBytes { bytes in
      var reader = ByteReader(bytes: bytes, position: headStart)
      let headCount = Int(reader.number(UInt32.self))
      return (headCount, pieceDigests(of: [UnsafeRawBufferPointer(rebasing: bytes[headCount...])]))
    }
    let digests = pieces.flatMap(\.bytes)
    bytes.replaceSubrange((headCount - digests.count)..<headCount, with: digests)
    identify(&bytes, headCount)
  }

  /// Puts the digest of the rest of the head into it.
  private static func identify(_ bytes: inout [UInt8], _ headCount: Int) {
    let identity = SHA256.digest(Array(bytes[headStart..<headCount]))
    bytes.replaceSubrange(magic.count..<headStart, with: identity.bytes)
  }

  /// Of each MiB of what lies one behind the other, on all processors.
  private static func pieceDigests(of parts: [UnsafeRawBufferPointer]) -> [Digest] {
    let total = parts.reduce(0) { $0 + $1.count }
    let count = (total + pieceBytes - 1) / pieceBytes
    let digests = Locked([Digest](repeating: Digest(bytes: []), count: count))
    Machine.forEach(below: count) { piece in
      let range = (piece * pieceBytes)..<min((piece + 1) * pieceBytes, total)
      var hasher = SHA256()
      var start = 0
      for part in parts {
        let (first, end) = (range.lowerBound - start, range.upperBound - start)
        if first < part.count, end > 0 {
          hasher.update(
            UnsafeRawBufferPointer(rebasing: part[max(0, first)..<min(end, part.count)]))
        }
        start += part.count
      }
      let digest = hasher.finish()
      digests.withLock { $0[piece] = digest }
    }
    return digests.withLock { $0 }
  }

  private static func memory(
    _ states: [StepName: StepState], _ notes: [String: String]
  ) -> [UInt8] {
    var out = ByteWriter(capacity: 64 + states.count * 80)
    out.add(UInt32(states.count))
    for (name, state) in states {
      out.addText(Array(name.description.utf8))
      out.add(state.hasFailed ? UInt8(1) : 0)
      out.add(state.lastKey == nil ? UInt8(0) : 1)
      out.add(state.lastKey?.digest ?? Digest(bytes: []))
      out.add(state.seconds == nil ? UInt8(0) : 1)
      out.add((state.seconds ?? 0).bitPattern)
      out.add(state.finished == nil ? UInt8(0) : 1)
      out.add(Int64(state.finished ?? 0))
    }
    out.add(UInt32(notes.count))
    for (key, value) in notes {
      out.addText(Array(key.utf8))
      out.addText(Array(value.utf8))
    }
    return out.bytes
  }

  // MARK: Reading

  /// - Returns: `nil` for anything but what `write` made.
  package static func read(_ file: MappedFile) -> Content? {
    let all = file.bytes
    guard all.count > headStart + 12, all.starts(with: magic) else { return nil }
    var reader = ByteReader(bytes: all, position: headStart)
    let headCount = Int(reader.number(UInt32.self))
    guard reader.number(UInt64.self) == UInt64(all.count), headCount > headStart + 12,
      headCount <= all.count
    else { return nil }
    var head = SHA256()
    head.update(UnsafeRawBufferPointer(rebasing: all[headStart..<headCount]))
    let identity = head.finish()
    guard all[magic.count..<headStart].elementsEqual(identity.bytes) else { return nil }
    let boot = Path.text(reader.text())
    let parts = (0..<partCount).map { _ in part(&reader) }
    let digestCount = Int(reader.number(UInt32.self))
    guard digestCount <= reader.remaining / 32 else { return nil }
    let digests = (0..<digestCount).map { _ in reader.digest() }
    let body = UnsafeRawBufferPointer(rebasing: all[headCount...])
    guard digests == pieceDigests(of: [body]), !reader.hasFailed,
      parts.allSatisfy({ $0.offset >= headCount && $0.offset <= all.count - $0.count }),
      let sightings = SightingTable(file, Array(parts[..<4])),
      let memory = Memory(UnsafeRawBufferPointer(rebasing: all[parts[5].range]))
    else { return nil }
    return Content(
      boot: boot,
      index: Index(
        sightings: sightings, standing: Standing(file, in: parts[4].range),
        states: memory.states, notes: memory.notes, identity: identity))
  }

  private static func part(_ reader: inout ByteReader) -> SightingTable.Part {
    let (offset, count) = (reader.number(UInt64.self), reader.number(UInt64.self))
    guard let offset = Int(exactly: offset), let count = Int(exactly: count) else {
      reader.fail()
      return .init(offset: 0, count: 0)
    }
    return .init(offset: offset, count: count)
  }

  private struct Memory {
    var states: [StepName: StepState] = [:]
    var notes: [String: String] = [:]

    init?(_ bytes: UnsafeRawBufferPointer) {
      var reader = ByteReader(bytes: bytes, position: 0)
      for _ in 0..<reader.number(UInt32.self) {
        if reader.hasFailed { return nil }
        readState(&reader)
      }
      for _ in 0..<reader.number(UInt32.self) {
        if reader.hasFailed { return nil }
        let key = reader.text()
        notes[Path.text(key)] = Path.text(reader.text())
      }
      guard !reader.hasFailed, reader.remaining == 0 else { return nil }
    }

    private mutating func readState(_ reader: inout ByteReader) {
      let name = StepName(Path.text(reader.text()))
      let hasFailed = reader.number(UInt8.self) == 1
      let hasKey = reader.number(UInt8.self) == 1
      let key = ActionKey(digest: reader.digest())
      let hasSeconds = reader.number(UInt8.self) == 1
      let seconds = Double(bitPattern: reader.number(UInt64.self))
      let hasFinished = reader.number(UInt8.self) == 1
      let finished = Int(reader.number(Int64.self))
      guard let name else { return reader.fail() }
      states[name] = StepState(
        lastKey: hasKey ? key : nil, hasFailed: hasFailed, seconds: hasSeconds ? seconds : nil,
        finished: hasFinished ? finished : nil)
    }
  }
}

extension SightingTable.Part {
  fileprivate var range: Range<Int> { offset..<(offset + count) }
}
