import CPipelineSystem
import PipelineModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The clock of the file system that a directory lies on.
///
/// It stamps files, and is not this machine's: it ticks more slowly, and over a network it is
/// another machine's. Told by touching a file that nobody else uses.
package struct FileSystemClock: Sendable {
  private let file: Descriptor
  /// How long after a file's last change its stamp can be believed, by this clock.
  package let granularity: Duration

  /// - Parameter path: of the private file; made if there is none.
  package init(in directory: Directory, file path: Path) throws(SystemError) {
    file = try directory.openOwn(path, for: .readingAndWriting)
    let isFine =
      try checked(pipeline_has_fine_times(file.number), "look at", directory.shown(path)) == 1
    let time = try FileSystemClock.touch(file)
    // ext2 and ext3 say they are ext4; whole seconds give them away.
    if isFine, time.nanoseconds != 0 {
      granularity = try FileSystemClock.tellsEveryChange(file) ? .zero : FileSystemClock.fine
    } else {
      granularity = FileSystemClock.coarse
    }
  }

  /// Whether a file that was looked at gets another time with every change, however soon.
  ///
  /// So it is with Linux 6.13 and later on ext4, xfs, btrfs and tmpfs: a stamp that was asked for is
  /// never given again. There a stamp can be believed at once. Tried, since no call tells: where
  /// times go on by ticks of milliseconds, eight changes within microseconds cannot all differ.
  ///
  /// - SeeAlso: the kernel's Documentation/filesystems/multigrain-ts.rst.
  private static func tellsEveryChange(_ file: Descriptor) throws(SystemError) -> Bool {
    var last = try file.status().changed
    for round in 0..<8 {
      var byte = UInt8(round)
      guard pwrite(file.number, &byte, 1, 0) == 1 else { return false }
      let status = try file.status()
      guard status.changed > last, status.modified == status.changed else { return false }
      last = status.changed
    }
    return true
  }

  /// The time now, as a file that is changed now is stamped.
  package func now() throws(SystemError) -> FileTime {
    try FileSystemClock.touch(file)
  }

  /// How long after its last change the stamp of a file can be believed, by the clock of the file
  /// system that it lies on.
  package static func granularity(
    of path: Path, in directory: Directory
  ) throws(SystemError) -> Duration {
    let file = try directory.open(path)
    let result = pipeline_has_fine_times(file.descriptor.number)
    return try checked(result, "look at", path) == 1 ? fine : coarse
  }

  private static let fine = Duration.milliseconds(20)
  private static let coarse = Duration.seconds(2)

  private static func touch(_ file: Descriptor) throws(SystemError) -> FileTime {
    try checked(pipeline_touch(file.number), "touch", "clock")
    return try file.status().modified
  }
}
