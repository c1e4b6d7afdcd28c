import CPipelineSystem

/// What kind of thing a name in a directory stands for.
package enum FileKind: Equatable, Sendable {
  case file
  case directory
  /// A symbolic link.
  case link
  /// A pipe, socket or device.
  case other

  /// From one of the `PIPELINE_` numbers.
  init(_ kind: Int32) {
    switch Int(kind) {
    case Int(PIPELINE_FILE): self = .file
    case Int(PIPELINE_DIRECTORY): self = .directory
    case Int(PIPELINE_LINK): self = .link
    default: self = .other
    }
  }
}

/// A moment by the clock of a file system.
package struct FileTime: Hashable, Sendable, Comparable {
  /// Since 1970.
  package let seconds: Int64
  /// 0 to 999 999 999.
  package let nanoseconds: Int32

  package init(seconds: Int64, nanoseconds: Int32) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  /// Earlier.
  package static func < (a: FileTime, b: FileTime) -> Bool {
    (a.seconds, a.nanoseconds) < (b.seconds, b.nanoseconds)
  }

  /// The moment that much later; a duration of centuries is cut off.
  package func advanced(by duration: Duration) -> FileTime {
    let parts = duration.components
    let sum = Int64(nanoseconds) + parts.attoseconds / 1_000_000_000
    let carry = sum < 0 ? Int64(-1) : sum / 1_000_000_000
    let (later, overflow) = seconds.addingReportingOverflow(parts.seconds)
    let (total, carried) = later.addingReportingOverflow(carry)
    return FileTime(
      seconds: overflow || carried ? .max : total,
      nanoseconds: Int32(sum - carry * 1_000_000_000))
  }
}

/// What the file system knows of a file without reading it.
package struct FileStatus: Equatable, Sendable {
  package let kind: FileKind
  package let sizeBytes: Int64
  /// When its content was last written; programs can set it.
  package let modified: FileTime
  /// When its content or status was last changed; no program can set it.
  package let changed: FileTime
  /// Its number, unlike that of any other file of `device`.
  package let inode: UInt64
  package let device: UInt64
  /// The lower twelve bits of its mode.
  package let permissions: UInt32
  /// The number of its names.
  package let linkCount: UInt64
  /// The user whose file it is.
  package let owner: UInt32

  /// As C tells it.
  init(_ status: pipeline_status) {
    kind = FileKind(status.kind)
    sizeBytes = status.size
    modified = FileTime(
      seconds: status.modified_seconds, nanoseconds: status.modified_nanoseconds)
    changed = FileTime(seconds: status.changed_seconds, nanoseconds: status.changed_nanoseconds)
    inode = status.inode
    device = status.device
    permissions = status.permissions
    linkCount = status.links
    owner = status.owner
  }

  /// Whether its owner may execute it.
  package var isExecutable: Bool { permissions & 0o100 != 0 }
}
