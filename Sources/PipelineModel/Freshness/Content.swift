/// What a file or directory holds, without its name, times and owner.
package struct Content: Hashable, Sendable {
  package enum Kind: String, Sendable {
    case file, executable, directory
  }

  package let kind: Kind
  /// Of a file: SHA-256 of its bytes. Of a directory: of its listing (see `Listing`).
  package let digest: Digest
  /// All bytes of a directory's files together.
  package let sizeBytes: Int

  package init(kind: Kind, digest: Digest, sizeBytes: Int) {
    self.kind = kind
    self.digest = digest
    self.sizeBytes = sizeBytes
  }

  /// The size follows from the digest.
  package static func == (a: Content, b: Content) -> Bool {
    a.kind == b.kind && a.digest == b.digest
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(digest)
  }
}

extension Content: CustomStringConvertible {
  /// How a fingerprint writes it: `sha256:…`, with the kind before it unless it is a plain file.
  package var description: String {
    kind == .file ? digest.description : "\(kind.rawValue) \(digest)"
  }

  /// Whether `description` is this text; without writing one.
  package func isDescribed(by text: String) -> Bool {
    guard kind == .file else { return text == description }
    return text.utf8.count == Digest.descriptionLength && Digest(text) == digest
  }
}

/// The entries of a directory at any depth, sorted by path.
///
/// Its bytes are one line per entry: path, NUL, kind, blank, digest, blank, size, line feed. They
/// are what a directory's digest is taken of and, in the store, how the directory is kept.
package struct Listing: Sendable, Equatable {
  package enum Kind: UInt8, Sendable {
    case file = 0x66  // f
    case executable = 0x78  // x
    case link = 0x6C  // l
    /// An empty directory; others follow from the paths.
    case directory = 0x64  // d
  }

  package struct Entry: Sendable, Equatable {
    package let path: Path
    package let kind: Kind
    /// Of a file its content's, of a link its destination's; of no bytes for a directory.
    package let digest: Digest
    package let sizeBytes: Int

    package init(path: Path, kind: Kind, digest: Digest, sizeBytes: Int) {
      self.path = path
      self.kind = kind
      self.digest = digest
      self.sizeBytes = sizeBytes
    }
  }

  package let entries: [Entry]

  /// - Parameter entries: in any order.
  package init(_ entries: [Entry]) {
    self.entries = entries.sorted { $0.path < $1.path }
  }

  package var bytes: [UInt8] {
    var out: [UInt8] = []
    for entry in entries {
      out += entry.path.bytes + [0, entry.kind.rawValue, UInt8(ascii: " ")]
      out += entry.digest.hex.utf8
      out += " \(entry.sizeBytes)\n".utf8
    }
    return out
  }

  package var content: Content {
    Content(
      kind: .directory, digest: SHA256.digest(bytes),
      sizeBytes: entries.reduce(0) { $0 + $1.sizeBytes })
  }

  /// Reads what `bytes` wrote.
  ///
  /// - Returns: nil for anything else, and for what must never be materialised: paths that are
  ///   absolute, climb, are not in normal form, stand twice, or lie in an entry that is no
  ///   directory.
  package init?(reading bytes: [UInt8]) {
    var entries: [Entry] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      guard let entry = Listing.takeEntry(&rest) else { return nil }
      if let last = entries.last {
        guard last.path < entry.path else { return nil }
      }
      entries.append(entry)
    }
    let solid = Set(entries.filter { $0.kind != .directory }.map(\.path))
    for entry in entries where entry.path.ancestors.contains(where: solid.contains) { return nil }
    var sum = 0
    for entry in entries {
      let (total, isTooLarge) = sum.addingReportingOverflow(entry.sizeBytes)
      guard !isTooLarge else { return nil }
      sum = total
    }
    self.init(entries)
    // One tree has one listing: no other spelling of a number or a digest.
    guard self.bytes == bytes else { return nil }
  }

  private static func takeEntry(_ rest: inout ArraySlice<UInt8>) -> Entry? {
    guard let nul = rest.firstIndex(of: 0) else { return nil }
    let path = Path(rest[..<nul])
    // A path may hold line feeds, so the end of the line is looked for only after the NUL.
    guard path.isInside, path.bytes.elementsEqual(rest[..<nul]),
      let end = rest[nul...].firstIndex(of: UInt8(ascii: "\n"))
    else { return nil }
    let fields = rest[(nul + 1)..<end].split(separator: UInt8(ascii: " "))
    guard fields.count == 3, fields[0].count == 1, let letter = fields[0].first,
      let kind = Kind(rawValue: letter),
      let digest = Digest(String(decoding: fields[1], as: UTF8.self)),
      let size = Int(String(decoding: fields[2], as: UTF8.self)), size >= 0
    else { return nil }
    rest = rest[(end + 1)...]
    return Entry(path: path, kind: kind, digest: digest, sizeBytes: size)
  }
}
