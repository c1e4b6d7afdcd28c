/// A path as the file system sees it: bytes, not text.
///
/// Relative to the workspace, or absolute. Normal form: no empty and no `.` component, `..` only
/// at the front of a relative path, no slash at the end; the workspace itself is the empty path.
/// Two paths are equal iff their bytes are: Swift's `String` would merge names that only look alike.
package struct Path: Sendable {
  package let bytes: [UInt8]

  /// The path in normal form. `a/../b` becomes `b`, without asking whether `a` is a link.
  package init(_ bytes: some Collection<UInt8>) {
    self.init(written: Array(bytes))
  }

  package init(_ text: String) {
    self.init(written: Array(text.utf8))
  }

  private init(written bytes: [UInt8]) {
    // Most paths are written as they should be, and a manifest has a hundred thousand of them.
    self.bytes = Path.isNormal(bytes) ? bytes : Path.normalised(bytes)
  }

  private init(normal bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The workspace, or whatever directory relative paths are read from.
  package static let here = Path(normal: [])

  package var isAbsolute: Bool { bytes.first == slash }

  package var isHere: Bool { bytes.isEmpty }

  /// Whether a relative path leaves the directory it is relative to.
  package var climbs: Bool {
    guard bytes.count >= 2, bytes[0] == dot, bytes[1] == dot else { return false }
    return bytes.count == 2 || bytes[2] == slash
  }

  /// Inside the workspace and not the workspace itself.
  package var isInside: Bool { !isAbsolute && !climbs && !isHere }

  package var components: [ArraySlice<UInt8>] {
    bytes.split(separator: slash, omittingEmptySubsequences: true)
  }

  /// The last component; empty for the workspace and for the root.
  package var name: ArraySlice<UInt8> {
    guard let cut = bytes.lastIndex(of: slash) else { return bytes[...] }
    return bytes[(cut + 1)...]
  }

  /// The directories on the way to this path, the workspace or root first, itself not among them.
  var ancestors: [Path] {
    if isHere || bytes == [slash] { return [] }
    var found = [Path(normal: isAbsolute ? [slash] : [])]
    for (offset, byte) in bytes.enumerated() where byte == slash && offset > 0 {
      found.append(Path(normal: Array(bytes[..<offset])))
    }
    return found
  }

  /// The path without its last component.
  package var parent: Path {
    if isHere || (climbs && name.elementsEqual([dot, dot])) { return appending("..") }
    guard let cut = bytes.lastIndex(of: slash) else { return .here }
    return Path(normal: Array(bytes[..<max(cut, isAbsolute ? 1 : 0)]))
  }

  /// `other` as seen from here; an absolute `other` stays as it is.
  package func appending(_ other: Path) -> Path {
    if other.isAbsolute || isHere { return other }
    if other.isHere { return self }
    return other.climbs
      ? Path(bytes + [slash] + other.bytes) : Path(normal: joined(other.bytes[...]))
  }

  package func appending(_ text: String) -> Path {
    appending(Path(text))
  }

  /// The entry of that name in this directory.
  package func entry(_ name: some Collection<UInt8>) -> Path {
    Path(normal: joined(Array(name)[...]))
  }

  /// Whether this is an entry of that directory.
  package func lies(directlyIn directory: Path) -> Bool {
    guard let cut = bytes.lastIndex(of: slash) else { return directory.isHere && !isHere }
    return cut == directory.bytes.count && bytes.starts(with: directory.bytes)
  }

  /// Whether `other` is this path or lies below it.
  package func holds(_ other: Path) -> Bool {
    if isHere { return !other.isAbsolute && !other.climbs }
    // `..` holds the workspace though their bytes share nothing, and not `../..`, which begins so.
    if climbs, name.elementsEqual([dot, dot]) {
      return !other.isAbsolute && other.height <= height
    }
    guard other.bytes.starts(with: bytes) else { return false }
    return other.bytes.count == bytes.count || bytes == [slash] || other.bytes[bytes.count] == slash
  }

  /// Whether one of the two holds the other.
  package func overlaps(_ other: Path) -> Bool {
    holds(other) || other.holds(self)
  }

  /// How this path is written by someone who works in `directory`.
  ///
  /// - Parameter directory: relative to the same place as this path, and not climbing out of it.
  package func seen(from directory: Path) -> Path {
    if isAbsolute || directory.isHere { return self }
    var mine = components[...]
    var theirs = directory.components[...]
    while let a = mine.first, let b = theirs.first, a == b {
      mine.removeFirst()
      theirs.removeFirst()
    }
    let up = [ArraySlice<UInt8>](repeating: [dot, dot], count: theirs.count)
    return Path(normal: Array((up + mine).joined(separator: [slash])))
  }

  /// How many `..` it begins with.
  private var height: Int {
    components.prefix { $0 == [dot, dot] }.count
  }

  private func joined(_ rest: ArraySlice<UInt8>) -> [UInt8] {
    if isHere { return Array(rest) }
    return bytes == [slash] ? bytes + rest : bytes + [slash] + rest
  }

  /// Whether no component is empty, `.` or `..`: then nothing has to be done.
  private static func isNormal(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBufferPointer { bytes in
      guard bytes.count > 1 else { return bytes.first != dot }
      var before = slash
      for index in (bytes[0] == slash ? 1 : 0)..<bytes.count {
        let byte = bytes[index]
        if before == slash {
          if byte == slash { return false }
          if byte == dot {
            let next = index + 1 < bytes.count ? bytes[index + 1] : slash
            let second = index + 2 < bytes.count ? bytes[index + 2] : slash
            if next == slash || (next == dot && second == slash) { return false }
          }
        }
        before = byte
      }
      return before != slash
    }
  }

  private static func normalised(_ bytes: [UInt8]) -> [UInt8] {
    let isAbsolute = bytes.first == slash
    var kept: [Array<UInt8>.SubSequence] = []
    for component in bytes.split(separator: slash) where component != [dot] {
      if component != [dot, dot] {
        kept.append(component)
      } else if let last = kept.last, last != [dot, dot] {
        kept.removeLast()
      } else if !isAbsolute {
        kept.append(component)
      }
    }
    return (isAbsolute ? [slash] : []) + Array(kept.joined(separator: [slash]))
  }
}

// By whole pieces of memory: an array of bytes is compared and hashed byte by byte.
extension Path: Hashable {
  package static func == (a: Path, b: Path) -> Bool {
    a.bytes.withUnsafeBytes { a in
      b.bytes.withUnsafeBytes { b in
        guard a.count == b.count else { return false }
        if a.baseAddress == b.baseAddress { return true }
        var offset = 0
        while offset + 8 <= a.count {
          let mine = a.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
          if mine != b.loadUnaligned(fromByteOffset: offset, as: UInt64.self) { return false }
          offset += 8
        }
        return a[offset...].elementsEqual(b[offset...])
      }
    }
  }

  package func hash(into hasher: inout Hasher) {
    bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
  }
}

extension Path: Comparable {
  /// By bytes.
  package static func < (a: Path, b: Path) -> Bool {
    a.bytes.lexicographicallyPrecedes(b.bytes)
  }
}

extension Path: CustomStringConvertible, ExpressibleByStringLiteral {
  /// For people: bytes that are not UTF-8 are replaced, the workspace is `.`.
  package var description: String {
    isHere ? "." : String(decoding: bytes, as: UTF8.self)
  }

  /// As text that two paths share only if they are equal: bytes that are not UTF-8 as `\xNN`, a
  /// backslash doubled.
  package var exact: String {
    if let text = String(validating: bytes, as: UTF8.self), !bytes.contains(UInt8(ascii: "\\")) {
      return text
    }
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { byte -> [UInt8] in
        switch byte {
        case UInt8(ascii: "\\"): [byte, byte]
        case 0x80...:
          [UInt8(ascii: "\\"), UInt8(ascii: "x"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        default: [byte]
        }
      }, as: UTF8.self)
  }

  package init(stringLiteral text: String) {
    self.init(text)
  }
}

private let slash = UInt8(ascii: "/")
private let dot = UInt8(ascii: ".")
