/// A path as the file system sees it: bytes, not text.
///
/// Relative to the workspace, or absolute. Normal form: no empty and no `.` component, `..` only
/// at the front of a relative path, no slash at the end; the workspace itself is the empty path.
/// Two paths are equal iff their bytes are: Swift's `String` would merge names that only look alike.
package struct Path: Hashable, Sendable {
  package let bytes: [UInt8]

  /// The path in normal form. `a/../b` becomes `b`, without asking whether `a` is a link.
  package init(_ bytes: some Collection<UInt8>) {
    self.bytes = Path.normalised(bytes)
  }

  package init(_ text: String) {
    self.init(Array(text.utf8))
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
    bytes.starts(with: [dot, dot]) && (bytes.count == 2 || bytes[2] == slash)
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

  /// The path without its last component.
  package var parent: Path {
    if isHere || (climbs && name == [dot, dot]) { return appending("..") }
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

  /// Whether `other` is this path or lies below it.
  package func holds(_ other: Path) -> Bool {
    if isHere { return !other.isAbsolute && !other.climbs }
    // `..` holds the workspace though their bytes share nothing, and not `../..`, which begins so.
    if name == [dot, dot] { return !other.isAbsolute && other.height <= height }
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

  private static func normalised(_ bytes: some Collection<UInt8>) -> [UInt8] {
    let isAbsolute = bytes.first == slash
    var kept: [Array<UInt8>.SubSequence] = []
    for component in Array(bytes).split(separator: slash) where component != [dot] {
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
