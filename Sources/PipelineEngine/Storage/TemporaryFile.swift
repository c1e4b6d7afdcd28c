import CPipelineSystem
import PipelineModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A new file under a name that nobody has, which is moved to its place when it is whole.
///
/// Dropped before that, it leaves nothing behind. Used by one thread at a time.
final class TemporaryFile: @unchecked Sendable {
  private let directory: Descriptor
  private let name: [UInt8]
  private let path: Path
  /// Nil once it is closed.
  private var descriptor: Descriptor?
  private var isPlaced = false
  /// How many bytes were written so far, up to where the disk was asked to begin with them, and up
  /// to where no memory keeps them.
  private var written: Int64 = 0
  private var begun: Int64 = 0
  private var gone: Int64 = 0

  /// An empty file.
  ///
  /// - Parameter permissions: less the process's mask.
  /// - Parameter path: for messages.
  init(in directory: Descriptor, permissions: UInt32, for path: Path) throws(SystemError) {
    self.directory = directory
    self.path = path
    name = try NewFile.temporaryName(for: path)
    let number = withCString(name) {
      pipeline_open(directory.number, $0, Int32(PIPELINE_NEW), permissions)
    }
    descriptor = Descriptor(owning: try checked(number, "write", path), of: path)
  }

  deinit {
    if !isPlaced { _ = withCString(name) { pipeline_remove_file(directory.number, $0) } }
  }

  /// Adds bytes at the end.
  func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
    try checked(pipeline_write(try number, bytes.baseAddress, bytes.count), "write", path)
  }

  /// The same of a file that is to be synced: the disk begins before the last byte is here, and what
  /// it has done needs no memory any more. So a large one takes as much as a small one, and drives
  /// nothing out of memory that somebody reads.
  private func writeOut(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
    try write(bytes)
    written += Int64(bytes.count)
    if written - begun < TemporaryFile.begunBytes { return }
    pipeline_begin_sync(try number, begun, written - begun)
    begun = written
    let done = written - TemporaryFile.begunBytes * 8
    if done <= gone { return }
    try checked(pipeline_let_go(try number, gone, done - gone), "write", path)
    gone = done
  }

  /// Enough for the disk to be quick, little enough for it to be soon at work.
  private static let begunBytes: Int64 = 8 << 20

  /// Gives the file, still empty, the content of another.
  ///
  /// Where the blocks can be shared the digest is taken of the copy, else on the way; so it is
  /// always that of the bytes which are here.
  ///
  /// - Parameters:
  ///   - path: the other's, for messages.
  ///   - isSynced: whether the file will be synced.
  func take(_ source: OpenFile, of path: Path, isSynced: Bool = false) throws -> Digest {
    if try share(source), let descriptor {
      let copy = OpenFile(descriptor: descriptor, status: try descriptor.status())
      guard Stamp(try source.descriptor.status()) == Stamp(source.status) else {
        throw StorageError.changedWhileRead(path)
      }
      return try copy.digest(of: path)
    }
    return try source.digest(of: path) { isSynced ? try self.writeOut($0) : try self.write($0) }
  }

  /// Sets the lower twelve bits of the mode, whatever the process's mask.
  func setPermissions(_ permissions: UInt32) throws(SystemError) {
    try checked(
      pipeline_set_permissions(try number, permissions), "change permissions of", path)
  }

  /// Lets the disk begin with the bytes, so that one commit of the file system's journal serves
  /// many files that are synced one after the other (measured: two to ten times faster).
  func beginSync() {
    #if os(Linux)
      // It also lets go of the pages; whoever needs an object soon has the original at hand.
      if let descriptor { _ = posix_fadvise(descriptor.number, 0, 0, POSIX_FADV_DONTNEED) }
    #endif
  }

  /// Returns when the bytes are safe from a loss of power.
  ///
  /// After a failure the file must be dropped: a second try would succeed, the bytes being gone.
  func sync() throws(SystemError) {
    if let descriptor {
      try checked(pipeline_sync(descriptor.number), "write", path)
      return
    }
    let number = withCString(name) {
      pipeline_open(directory.number, $0, Int32(PIPELINE_READ_UNLINKED), 0)
    }
    let file = Descriptor(owning: try checked(number, "write", path), of: path)
    try checked(pipeline_sync(file.number), "write", path)
  }

  /// Ends writing, so that many that wait for their places hold nothing open.
  func close() { descriptor = nil }

  /// Moves the file to its place, over a file that is there.
  func move(to parent: Descriptor, name new: [UInt8]) throws(SystemError) {
    let result = withCString(name) { from in
      withCString(new) { pipeline_rename(directory.number, from, parent.number, $0) }
    }
    try checked(result, "write", path)
    isPlaced = true
    descriptor = nil
  }

  private var number: Int32 {
    get throws(SystemError) {
      guard let descriptor else { throw SystemError("write", path, code: EBADF) }
      return descriptor.number
    }
  }

  /// - Returns: whether the file now shares the source's blocks.
  private func share(_ source: OpenFile) throws -> Bool {
    #if canImport(Darwin)
      // A clone cannot be put into a file that exists: one with the same permissions replaces it.
      let permissions = try descriptor?.status().permissions ?? 0o600
      _ = withCString(name) { pipeline_remove_file(directory.number, $0) }
      let cloned = withCString(name) {
        fclonefileat(source.descriptor.number, directory.number, $0, 0)
      }
      if cloned == 0 {
        _ = withCString(name) {
          pipeline_set_permissions_at(directory.number, $0, permissions | 0o600)
        }
      }
      let how = Int32(cloned == 0 ? PIPELINE_MAKE : PIPELINE_NEW)
      let opened = withCString(name) {
        pipeline_open(directory.number, $0, how, permissions | 0o600)
      }
      descriptor = Descriptor(owning: try checked(opened, "write", path), of: path)
      try setPermissions(permissions)
      return cloned == 0
    #else
      return ioctl(try number, ficlone, source.descriptor.number) == 0
    #endif
  }
}

#if !canImport(Darwin)
  /// Linux's request to share blocks, `_IOW(0x94, 9, int)`.
  private let ficlone: UInt = 0x4004_9409
#endif
