import PipelineModel

/// Size, times and identity of a file: equal ones mean "probably unchanged" without reading.
package struct Stamp: Equatable, Sendable {
  package let sizeBytes: Int64
  package let modified: FileTime
  package let changed: FileTime
  package let inode: UInt64
  package let device: UInt64

  package init(
    sizeBytes: Int64, modified: FileTime, changed: FileTime, inode: UInt64, device: UInt64
  ) {
    self.sizeBytes = sizeBytes
    self.modified = modified
    self.changed = changed
    self.inode = inode
    self.device = device
  }

  /// The stamp of a file with that status.
  package init(_ status: FileStatus) {
    self.init(
      sizeBytes: status.sizeBytes, modified: status.modified, changed: status.changed,
      inode: status.inode, device: status.device)
  }
}

/// By which clock, and how long after its last change, the stamp of a file is believed.
package struct StampClock: Sendable {
  /// The time now, as files on a device are stamped.
  package let now: @Sendable (_ device: UInt64) throws -> FileTime
  /// How long after its last change a file's stamp is believed. Asked once a device.
  package let margin: @Sendable (_ file: Path, _ directory: Directory) throws -> Duration

  package init(
    now: @escaping @Sendable (_ device: UInt64) throws -> FileTime,
    margin: @escaping @Sendable (_ file: Path, _ directory: Directory) throws -> Duration
  ) {
    self.now = now
    self.margin = margin
  }

  /// The clock of the file system that `directory` is on.
  ///
  /// Files on other devices are read by this machine's clock, which local file systems share. It
  /// may differ from a file server's, where only a file that is rewritten at equal size within one
  /// of the server's ticks could go unseen.
  ///
  /// - Parameter path: of a private file in the directory; made if there is none.
  package init(in directory: Directory, file path: Path) throws(SystemError) {
    let clock = try FileSystemClock(in: directory, file: path)
    let home = try directory.open(path).status.device
    now = { device in try device == home ? clock.now() : FileTime.byThisMachine }
    margin = { file, directory in
      let isHome = try directory.status(of: file, followingLinks: true)?.device == home
      return isHome ? clock.granularity : try FileSystemClock.granularity(of: file, in: directory)
    }
  }

  /// This machine's clock for all files, where no file may be touched.
  package static let thisMachine = StampClock(
    now: { _ in FileTime.byThisMachine },
    margin: { file, directory in try FileSystemClock.granularity(of: file, in: directory) })
}

extension FileTime {
  /// Now.
  fileprivate static var byThisMachine: FileTime {
    let now = SystemClock.now
    return FileTime(seconds: now / 1_000_000_000, nanoseconds: Int32(now % 1_000_000_000))
  }
}
