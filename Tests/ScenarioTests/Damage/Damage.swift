import Foundation
import Seeds

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What becomes of a file that a disk, a person or another program spoils.
enum Damage: String, CaseIterable {
  /// One bit is another.
  case flipped
  /// It ends early.
  case cut
  case emptied
  /// All of its bytes are zero.
  case zeroed
  /// It goes on behind its end.
  case appended
  /// It has the bytes of another of its kind.
  case exchanged
  case missing
  /// Something else is in its place.
  case directory, filledDirectory, link, pipe

  /// Does it to a file.
  ///
  /// - Parameters:
  ///   - others: files of its kind.
  /// - Returns: what was done; nil where the file would be as before.
  func strike(
    _ file: URL, others: [URL], _ random: inout SplitMix64
  ) throws -> String? {
    let bytes = try Data(contentsOf: file)
    switch self {
    case .flipped:
      guard !bytes.isEmpty else { return nil }
      var flipped = bytes
      let (place, bit) = (random.below(bytes.count), random.below(8))
      flipped[place] ^= 1 << bit
      try Damage.write(flipped, to: file)
      return "bit \(bit) of byte \(place) flipped"
    case .cut:
      guard !bytes.isEmpty else { return nil }
      let length = random.below(bytes.count)
      try Damage.write(bytes.prefix(length), to: file)
      return "cut from \(bytes.count) to \(length) bytes"
    case .emptied, .zeroed, .appended, .exchanged:
      guard let other = try others.randomElement(using: &random).map({ try Data(contentsOf: $0) })
      else { return nil }
      let new =
        switch self {
        case .emptied: Data()
        case .zeroed: Data(count: bytes.count)
        case .appended: bytes + Data("more\n".utf8)
        default: other
        }
      if new == bytes { return nil }
      try Damage.write(new, to: file)
    case .missing: try FileManager.default.removeItem(at: file)
    case .directory, .filledDirectory, .link, .pipe:
      try FileManager.default.removeItem(at: file)
      try putSomethingElse(at: file)
    }
    return rawValue
  }

  private func putSomethingElse(at file: URL) throws {
    let files = FileManager.default
    switch self {
    case .link:
      try files.createSymbolicLink(
        atPath: file.path, withDestinationPath: "leads-nowhere")
    case .pipe: mkfifo(file.path, 0o600)
    default: try files.createDirectory(at: file, withIntermediateDirectories: false)
    }
    if self == .filledDirectory {
      try Data("mine\n".utf8).write(to: file.appending(path: "mine"))
    }
  }

  /// Objects are read-only, and what is mapped must not change under its reader.
  static func write(_ bytes: Data, to file: URL) throws {
    try FileManager.default.removeItem(at: file)
    try bytes.write(to: file)
  }
}
