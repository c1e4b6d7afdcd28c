import CPipelineSystem
import PipelineModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Waits until what was written is safe from a loss of power: file by file, or, where there are
/// many, all that was written to their file system at once.
///
/// Each file costs a turn of the disk, all together cost one; but with them goes what others have
/// written, which may be much. So the whole is taken where the files are many for what waits.
struct Barrier {
  private let pass: (Int, () throws -> Void) throws -> Void

  /// - Parameters:
  ///   - directory: on the file system of all files.
  ///   - waitingBytes: how much was written and is not safe yet, whoever wrote it; negative where
  ///     that is unknown.
  ///   - syncAll: given an open directory, makes all of its file system safe; what it returns is
  ///     negative where it could not.
  init(
    in directory: Directory, waitingBytes: @escaping () -> Int64 = pipeline_unsynced_bytes,
    syncAll: @escaping (Int32) -> Int32 = pipeline_sync_all
  ) {
    pass = { count, sync in
      if count == 0 { return }
      if Barrier.prefersAll(count, of: waitingBytes) {
        let result = syncAll(directory.descriptor.number)
        // A system that cannot do it, or does not let us, has lost nothing. All else is about files
        // that nobody can name: each of them would say of itself that it is safe.
        if result != -ENOSYS, result != -EPERM {
          try checked(result, "write", directory.path)
          return
        }
      }
      try sync()
    }
  }

  /// One that does something else, to be interrupted there.
  ///
  /// - Parameter pass: given a number of files, and what makes each of them safe.
  init(_ pass: @escaping (_ count: Int, _ sync: () throws -> Void) throws -> Void) {
    self.pass = pass
  }

  /// Calls `sync`, which makes each of `count` files safe, or has them made safe at once.
  ///
  /// - Throws: where anything may be lost. To be believed the first time: asked again, the system
  ///   would say that all is well, the bytes being gone.
  func wait(for count: Int, sync: () throws -> Void) throws { try pass(count, sync) }

  private static func prefersAll(_ count: Int, of waitingBytes: () -> Int64) -> Bool {
    guard count >= fewest else { return false }
    let waiting = waitingBytes()
    return waiting >= 0 && waiting <= most + Int64(count) * mostForOne
  }

  private static let fewest = 4
  /// A disk of today takes half a second for that.
  private static let most: Int64 = 256 << 20
  private static let mostForOne: Int64 = 256 << 10
}
