import PipelineModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Sightings by path, searched where they lie in a file, without being parsed.
///
/// Kinds are the raw values of `Sighting.Kind`. Directories are sorted by their paths, entries by
/// directory and name. Every directory on the way to another is there too, so that each can be
/// opened from the one above it.
///
/// All numbers are little-endian.
///
///     directory   24 bytes: where its path begins among the names and its length, first entry and
///                 count of entries, directory above it (all ones: none), length of its last name;
///                 each 4 bytes
///     entry       64 bytes: size, seconds of modification and of change, inode, device (8 each);
///                 nanoseconds of both times, where its name begins (4 each), its length (2), kind
///                 (1), nothing (1), day of last use (4), nothing (4)
///     digest      32 bytes for each entry
///     names       bytes, each name ended by NUL
package struct SightingTable: Sendable {
  /// Where one of the four parts begins in the file, and its length in bytes.
  struct Part: Equatable {
    var offset: Int
    var count: Int
  }

  static let directoryBytes = 24
  static let entryBytes = 64
  static let digestBytes = 32
  /// Of the directory above where there is none.
  static let none = UInt32.max

  private let file: MappedFile
  private let directories: Part
  private let entries: Part
  private let digests: Part
  private let names: Part

  /// How many entries there are.
  package let count: Int
  package let directoryCount: Int

  /// No entries.
  package static let empty = SightingTable(unchecked: MappedFile(copying: []), [])

  /// - Parameter parts: directories, entries, digests, names; inside the file.
  /// - Returns: nil where they do not fit each other; what lies in them is not looked at.
  init?(_ file: MappedFile, _ parts: [Part]) {
    guard parts.count == 4,
      parts.allSatisfy({
        $0.offset >= 0 && $0.count >= 0 && $0.offset <= file.bytes.count - $0.count
      }),
      parts[0].count % SightingTable.directoryBytes == 0,
      parts[1].count % SightingTable.entryBytes == 0,
      parts[2].count / SightingTable.digestBytes == parts[1].count / SightingTable.entryBytes,
      parts[2].count % SightingTable.digestBytes == 0,
      parts[3].count == 0 || file.bytes[parts[3].offset + parts[3].count - 1] == 0
    else { return nil }
    self.init(unchecked: file, parts)
  }

  private init(unchecked file: MappedFile, _ parts: [Part]) {
    let nothing = Part(offset: 0, count: 0)
    self.file = file
    directories = parts.first ?? nothing
    entries = parts.count > 1 ? parts[1] : nothing
    digests = parts.count > 2 ? parts[2] : nothing
    names = parts.count > 3 ? parts[3] : nothing
    count = entries.count / SightingTable.entryBytes
    directoryCount = directories.count / SightingTable.directoryBytes
  }

  // MARK: Directories

  /// The entries of a directory; empty for what no directory can have.
  func entries(ofDirectory index: Int) -> Range<Int> {
    let first = Int(directoryField(index, 2))
    let end = first + Int(directoryField(index, 3))
    return end <= count ? first..<end : 0..<0
  }

  /// The directory above; nil where it is opened by its whole path.
  func parent(ofDirectory index: Int) -> Int? {
    let parent = directoryField(index, 4)
    return parent != SightingTable.none && Int(parent) < index ? Int(parent) : nil
  }

  /// The path, ended by NUL.
  func path(ofDirectory index: Int) -> UnsafeRawBufferPointer {
    name(at: Int(directoryField(index, 0)), count: Int(directoryField(index, 1)))
  }

  /// The last name of the path, ended by NUL.
  package func lastName(ofDirectory index: Int) -> UnsafeRawBufferPointer {
    // Wider than in the file: what lies in it may be anything.
    let (start, length) = (Int(directoryField(index, 0)), Int(directoryField(index, 1)))
    let last = min(Int(directoryField(index, 5)), length)
    return name(at: start + (length - last), count: last)
  }

  /// The directory that an entry lies in.
  func directory(ofEntry index: Int) -> Int {
    var (low, high) = (0, directoryCount)
    while low < high {
      let middle = (low + high) / 2
      if Int(directoryField(middle, 2)) <= index { low = middle + 1 } else { high = middle }
    }
    // Of several that begin at one entry only the last has any.
    return max(0, low - 1)
  }

  // MARK: Entries

  /// Where an entry's numbers lie.
  private func record(_ index: Int) -> Int {
    entries.offset + index * SightingTable.entryBytes
  }

  /// The name in its directory, ended by NUL.
  func name(ofEntry index: Int) -> UnsafeRawBufferPointer {
    let start = record(index)
    return name(
      at: Int(number(start + 48, UInt32.self)), count: Int(number(start + 52, UInt16.self)))
  }

  /// Nil for what no version of this program writes.
  func kind(ofEntry index: Int) -> Sighting.Kind? {
    Sighting.Kind(rawValue: file.bytes[record(index) + 54])
  }

  func stamp(ofEntry index: Int) -> Stamp {
    let start = record(index)
    return Stamp(
      sizeBytes: number(start, Int64.self),
      modified: FileTime(
        seconds: number(start + 8, Int64.self), nanoseconds: number(start + 40, Int32.self)),
      changed: FileTime(
        seconds: number(start + 16, Int64.self), nanoseconds: number(start + 44, Int32.self)),
      inode: number(start + 24, UInt64.self), device: number(start + 32, UInt64.self))
  }

  package func lastUse(ofEntry index: Int) -> Int32 { number(record(index) + 56, Int32.self) }

  /// All of an entry's numbers, as they lie in the file.
  func bytes(ofEntry index: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(
      rebasing: file.bytes[record(index)..<(record(index) + SightingTable.entryBytes)])
  }

  /// An entry's digest, as it lies in the file.
  func digestBytes(ofEntry index: Int) -> UnsafeRawBufferPointer {
    let start = digests.offset + index * SightingTable.digestBytes
    return UnsafeRawBufferPointer(
      rebasing: file.bytes[start..<(start + SightingTable.digestBytes)])
  }

  /// All bytes of the file that this lies in, with other stamps of some entries.
  func fileBytes(restamping touches: [Rereading.Touch]) -> [UInt8] {
    var bytes = Array(file.bytes)
    bytes.withUnsafeMutableBytes { bytes in
      for touch in touches {
        let start = record(touch.entry)
        var entry = TablePart(bytes, start..<(start + SightingTable.entryBytes))
        entry.add(touch.stamp)
      }
    }
    return bytes
  }

  /// Nil where the entry makes no sense.
  package func sighting(_ index: Int) -> Sighting? {
    guard let kind = kind(ofEntry: index) else { return nil }
    return Sighting(
      kind: kind, stamp: stamp(ofEntry: index), digest: Digest(in: digestBytes(ofEntry: index)),
      lastUse: lastUse(ofEntry: index))
  }

  /// As it was asked for.
  package func path(ofEntry index: Int) -> Path {
    SightingPlace.path(
      directory: path(ofDirectory: directory(ofEntry: index)), name: name(ofEntry: index))
  }

  /// Where a path's entry is.
  ///
  /// - Complexity: logarithmic.
  package func index(of path: Path) -> Int? {
    guard count > 0 else { return nil }
    return path.bytes.withUnsafeBytes { bytes in
      let place = SightingPlace(bytes)
      guard let directory = index(ofDirectory: place.directory) else { return nil }
      return search(entries(ofDirectory: directory)) { compare(place.name, name(ofEntry: $0)) }
    }
  }

  /// The directory of a path that ends with a slash or not at all.
  func index(ofDirectory path: UnsafeRawBufferPointer) -> Int? {
    search(0..<directoryCount) { compare(path, self.path(ofDirectory: $0)) }
  }

  /// - Parameter order: of what is looked for and what is at an index: below 0, 0, above 0.
  private func search(_ range: Range<Int>, _ order: (Int) -> Int) -> Int? {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
      let middle = (low + high) / 2
      let found = order(middle)
      if found == 0 { return middle }
      if found < 0 { high = middle } else { low = middle + 1 }
    }
    return nil
  }

  // MARK: Bytes

  private func directoryField(_ index: Int, _ field: Int) -> UInt32 {
    number(directories.offset + index * SightingTable.directoryBytes + 4 * field, UInt32.self)
  }

  private func number<Number: FixedWidthInteger>(_ offset: Int, _: Number.Type) -> Number {
    Number(littleEndian: file.bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
  }

  /// What does not lie among the names is the empty name.
  private func name(at start: Int, count: Int) -> UnsafeRawBufferPointer {
    let isInside = start + count < names.count
    let from = names.offset + (isInside ? start : max(0, names.count - 1))
    return UnsafeRawBufferPointer(rebasing: file.bytes[from..<(from + (isInside ? count : 0))])
  }
}

extension Digest {
  /// From 32 bytes.
  init(in bytes: UnsafeRawBufferPointer) {
    var reader = ByteReader(bytes: bytes, position: 0)
    self = reader.digest()
  }
}

/// Below 0 where `a` comes first, 0 where both are equal.
func compare(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int {
  let count = min(a.count, b.count)
  if count > 0, let x = a.baseAddress, let y = b.baseAddress {
    let order = memcmp(x, y, count)
    if order != 0 { return Int(order) }
  }
  return a.count - b.count
}
