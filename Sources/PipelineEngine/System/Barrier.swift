import CPipelineSystem
import PipelineModel

/// Waits until what was written is safe from a loss of power: file by file, or, where there are
/// many, all that was written to their file system at once.
///
/// Each file costs a turn of the disk, all together cost one; but with them goes what others have
/// written, which may be much. So the whole is taken where the files are many for what waits.
struct Barrier {
  private let pass: (Int, () throws -> Void) throws -> Void

  /// - Parameter directory: on the file system of all files.
  init(in directory: Directory) {
    pass = { count, sync in
      if count == 0 || (Barrier.prefersAll(count) && Barrier.syncAll(directory)) { return }
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
  func wait(for count: Int, sync: () throws -> Void) throws { try pass(count, sync) }

  /// - Returns: false where each file has to be looked at, which also tells whose bytes were lost.
  private static func syncAll(_ directory: Directory) -> Bool {
    pipeline_sync_all(directory.descriptor.number) == 0
  }

  private static func prefersAll(_ count: Int) -> Bool {
    guard count >= fewest else { return false }
    let waiting = pipeline_unsynced_bytes()
    return waiting >= 0 && waiting <= most + Int64(count) * mostForOne
  }

  private static let fewest = 4
  /// A disk of today takes half a second for that.
  private static let most: Int64 = 256 << 20
  private static let mostForOne: Int64 = 256 << 10
}
