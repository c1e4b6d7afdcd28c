import PipelineModel

/// What was seen at a path: enough to tell by its status alone whether it is still so.
package struct Sighting: Equatable, Sendable {
  package enum Kind: UInt8, Sendable {
    case file = 0
    case executable = 1
    /// The names in it, as far as they count.
    case directory = 2
    /// Nothing.
    case absent = 3
    /// A file that has only to stay as it is; its digest is not told.
    case unread = 4
  }

  package let kind: Kind
  package let stamp: Stamp
  /// Of a file's bytes; meaningless for what is none.
  package let digest: Digest
  /// Days since 1970, so that what nobody asks for any more can be forgotten.
  package var lastUse: Int32

  package init(kind: Kind, stamp: Stamp, digest: Digest, lastUse: Int32) {
    self.kind = kind
    self.stamp = stamp
    self.digest = digest
    self.lastUse = lastUse
  }

  /// A file that was read.
  package init(_ content: Content, under stamp: Stamp, lastUse: Int32) {
    self.init(
      kind: content.kind == .executable ? .executable : .file, stamp: stamp,
      digest: content.digest, lastUse: lastUse)
  }

  /// A directory that was listed.
  package init(directory stamp: Stamp, lastUse: Int32) {
    self.init(kind: .directory, stamp: stamp, digest: Sighting.none, lastUse: lastUse)
  }

  /// A file that has only to stay as it is.
  static func unread(_ stamp: Stamp, lastUse: Int32) -> Sighting {
    Sighting(kind: .unread, stamp: stamp, digest: none, lastUse: lastUse)
  }

  /// A path at which there was nothing.
  package static func absent(lastUse: Int32) -> Sighting {
    Sighting(kind: .absent, stamp: .nothing, digest: none, lastUse: lastUse)
  }

  /// What the file held; nil for what is no file.
  package var content: Content? {
    switch kind {
    case .file, .executable:
      Content(
        kind: kind == .file ? .file : .executable, digest: digest,
        sizeBytes: Int(clamping: stamp.sizeBytes))
    case .directory, .absent, .unread: nil
    }
  }

  /// Whether the other says the same of what is there, though its times may be others.
  func agrees(with other: Sighting) -> Bool {
    guard kind == other.kind else { return false }
    return switch kind {
    case .file, .executable: digest == other.digest
    case .directory, .unread: stamp == other.stamp
    case .absent: true
    }
  }

  private static let none = Digest(bytes: [])
}

extension Stamp {
  /// Of what is not there.
  static let nothing = Stamp(
    sizeBytes: 0, modified: FileTime(seconds: 0, nanoseconds: 0),
    changed: FileTime(seconds: 0, nanoseconds: 0), inode: 0, device: 0)
}
