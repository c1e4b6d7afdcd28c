import CPipelineSystem
import PipelineModel

/// A file being written beside its place, which takes that place when it is committed.
///
/// Dropped without that, or failing in it, it leaves nothing behind.
package struct NewFile: ~Copyable {
  private let number: Int32
  private let temporary: [UInt8]
  private let place: Whereabouts
  private let path: Path
  private var isOpen = true
  private var isPending = true

  /// Takes over a file that was just made under its temporary name.
  init(number: Int32, temporary: [UInt8], place: Whereabouts, path: Path) {
    self.number = number
    self.temporary = temporary
    self.place = place
    self.path = path
  }

  deinit {
    if isOpen { _ = pipeline_close(number) }
    if isPending {
      _ = withCString(temporary) { pipeline_remove_file(place.parent.number, $0) }
    }
  }

  /// Adds all of `bytes` at the end.
  package func write(_ bytes: [UInt8]) throws(SystemError) {
    let result = bytes.withUnsafeBytes { pipeline_write(number, $0.baseAddress, $0.count) }
    try checked(result, "write", path)
  }

  /// Adds all of `bytes` at the end.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
    try checked(pipeline_write(number, bytes.baseAddress, bytes.count), "write", path)
  }

  /// The status of the file so far.
  package func status() throws(SystemError) -> FileStatus {
    var status = pipeline_status()
    try checked(pipeline_status_of(number, &status), "look at", path)
    return FileStatus(status)
  }

  /// Sets the lower twelve bits of the mode, whatever the process's mask.
  package func setPermissions(_ permissions: UInt32) throws(SystemError) {
    try checked(pipeline_set_permissions(number, permissions), "change permissions of", path)
  }

  /// Puts the file in its place.
  ///
  /// - Parameter durable: returns only when a loss of power cannot take it back.
  package consuming func commit(durable: Bool) throws(SystemError) {
    // A failed sync is never tried again: the second one would succeed, the bytes being gone.
    if durable { try checked(pipeline_sync(number), "write", path) }
    isOpen = false
    try checked(pipeline_close(number), "write", path)
    let result = withCString(temporary) { from in
      withCString(place.name) {
        pipeline_rename(place.parent.number, from, place.parent.number, $0)
      }
    }
    try checked(result, "write", path)
    isPending = false
    if durable { try checked(pipeline_sync(place.parent.number), "write", path) }
  }

  /// A name that nobody has. It ends in `~`, so it counts in no directory if it is left behind.
  static func temporaryName(for path: Path) throws(SystemError) -> [UInt8] {
    try unusedName(beginning, for: path)
  }

  /// The same, for what was there before and is moved out of the way.
  static func asideName(for path: Path) throws(SystemError) -> [UInt8] {
    try unusedName(asideBeginning, for: path)
  }

  /// Whether `temporaryName` or `asideName` made it.
  static func isTemporaryName(_ name: [UInt8]) -> Bool {
    name.starts(with: beginning.utf8) && name.last == UInt8(ascii: "~")
  }

  /// Whether `asideName` made it.
  static func isAsideName(_ name: [UInt8]) -> Bool {
    isTemporaryName(name) && name.starts(with: asideBeginning.utf8)
  }

  private static let beginning = ".pipewright-"
  // No hexadecimal number begins so.
  private static let asideBeginning = ".pipewright-aside-"

  private static func unusedName(
    _ beginning: String, for path: Path
  ) throws(SystemError) -> [UInt8] {
    var random: UInt64 = 0
    let result = withUnsafeMutableBytes(of: &random) {
      pipeline_random($0.baseAddress, $0.count)
    }
    try checked(result, "write", path)
    return Array("\(beginning)\(String(random, radix: 16))~".utf8)
  }
}
