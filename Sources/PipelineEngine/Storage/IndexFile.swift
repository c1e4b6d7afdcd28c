import PipelineModel

/// The bytes of the index.
///
/// All numbers are little-endian; a text is its length in 4 bytes and its bytes.
///
///     magic       8 bytes, the version of the format among them
///     digest      32 bytes, SHA-256 of all that follows
///     boot        text
///     stamps      count in 4 bytes; each: path (text), size, modification and change time (8 + 4
///                 bytes each), inode, device, executable (1), digest (32), day of last use (4)
///     states      count in 4 bytes; each: name (text), has failed (1), has key (1), key (32),
///                 has duration (1), seconds (8)
///     notes       count in 4 bytes; each: two texts
enum IndexFile {
  /// What an index file says.
  struct Content: Equatable {
    /// Which start of the machine the stamps were taken in.
    var boot: String
    var index: Index
  }

  private static let magic = Array("PWINDEX1".utf8)
  private static let headerCount = 40

  /// The file for an index.
  static func bytes(of index: Index, boot: String) -> [UInt8] {
    var out = ByteWriter(capacity: 1024 + index.stamps.count * 192)
    out.add(magic + [UInt8](repeating: 0, count: 32))
    out.addText(Array(boot.utf8))
    out.add(UInt32(index.stamps.count))
    for (path, found) in index.stamps {
      out.addText(path.bytes)
      out.add(found.stamp.sizeBytes)
      for time in [found.stamp.modified, found.stamp.changed] {
        out.add(time.seconds)
        out.add(time.nanoseconds)
      }
      out.add(found.stamp.inode)
      out.add(found.stamp.device)
      out.add(found.content.kind == .executable ? UInt8(1) : 0)
      out.add(found.content.digest)
      out.add(found.lastUse)
    }
    out.add(UInt32(index.states.count))
    for (name, state) in index.states {
      out.addText(Array(name.description.utf8))
      out.add(state.hasFailed ? UInt8(1) : 0)
      out.add(state.lastKey == nil ? UInt8(0) : 1)
      out.add(state.lastKey?.digest ?? Digest(bytes: []))
      out.add(state.seconds == nil ? UInt8(0) : 1)
      out.add((state.seconds ?? 0).bitPattern)
    }
    out.add(UInt32(index.notes.count))
    for (key, value) in index.notes {
      out.addText(Array(key.utf8))
      out.addText(Array(value.utf8))
    }
    let digest = out.digest(from: headerCount)
    out.bytes.replaceSubrange(magic.count..<headerCount, with: digest.bytes)
    return out.bytes
  }

  /// - Returns: `nil` for anything but what `bytes` made.
  static func read(_ bytes: [UInt8]) -> Content? {
    guard bytes.count > headerCount, bytes.starts(with: magic) else { return nil }
    return bytes.withUnsafeBytes { all in
      var digest = SHA256()
      digest.update(UnsafeRawBufferPointer(rebasing: all[headerCount...]))
      guard all[magic.count..<headerCount].elementsEqual(digest.finish().bytes) else { return nil }
      var reader = ByteReader(bytes: all, position: headerCount)
      return content(&reader)
    }
  }

  private static func content(_ reader: inout ByteReader) -> Content? {
    let boot = reader.text()
    var index = Index()
    let stampCount = Int(reader.number(UInt32.self))
    index.stamps.reserveCapacity(min(stampCount, reader.remaining / 100))
    for _ in 0..<stampCount where !reader.hasFailed { readStamp(&reader, into: &index) }
    for _ in 0..<reader.number(UInt32.self) where !reader.hasFailed {
      readState(&reader, into: &index)
    }
    for _ in 0..<reader.number(UInt32.self) where !reader.hasFailed {
      let key = reader.text()
      index.notes[Path.text(key)] = Path.text(reader.text())
    }
    guard !reader.hasFailed, reader.remaining == 0 else { return nil }
    return Content(boot: Path.text(boot), index: index)
  }

  private static func readStamp(_ reader: inout ByteReader, into index: inout Index) {
    // Written in normal form, so it need not be brought into it again.
    let path = Path.here.entry(reader.text())
    let size = reader.number(Int64.self)
    let modified = time(&reader)
    let changed = time(&reader)
    let stamp = Stamp(
      sizeBytes: size, modified: modified, changed: changed, inode: reader.number(UInt64.self),
      device: reader.number(UInt64.self))
    let kind: PipelineModel.Content.Kind =
      reader.number(UInt8.self) == 1 ? .executable : .file
    index.stamps[path] = StampedContent(
      stamp: stamp,
      content: .init(kind: kind, digest: reader.digest(), sizeBytes: Int(stamp.sizeBytes)),
      lastUse: reader.number(Int32.self))
  }

  private static func time(_ reader: inout ByteReader) -> FileTime {
    let seconds = reader.number(Int64.self)
    return FileTime(seconds: seconds, nanoseconds: reader.number(Int32.self))
  }

  private static func readState(_ reader: inout ByteReader, into index: inout Index) {
    let name = StepName(Path.text(reader.text()))
    let hasFailed = reader.number(UInt8.self) == 1
    let hasKey = reader.number(UInt8.self) == 1
    let key = ActionKey(digest: reader.digest())
    let hasSeconds = reader.number(UInt8.self) == 1
    let seconds = Double(bitPattern: reader.number(UInt64.self))
    guard let name else { return reader.fail() }
    index.states[name] = StepState(
      lastKey: hasKey ? key : nil, hasFailed: hasFailed, seconds: hasSeconds ? seconds : nil)
  }
}
