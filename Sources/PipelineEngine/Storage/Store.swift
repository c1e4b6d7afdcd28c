import CPipelineSystem
import PipelineModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The content-addressed keeper of objects and results.
///
/// `objects/ab/cdef…` are read-only files named by the SHA-256 of their bytes; `results/ab/cdef…`
/// are named by action key. Both appear whole, by renaming. `damaged` holds what was set aside,
/// `objects/tmp` what is being written. Several processes may use one store at once: what they
/// write under one name is equal.
package final class Store: Sendable {
  /// Told of all damage that is found.
  package let warnings: Warnings
  /// Absolute.
  let path: Path
  private let opened = Locked<Directories?>(nil)
  /// Objects that this process is bringing.
  let arriving = Locked<[Digest: WeakArrival]>([:])
  /// Objects that this process has brought, until somebody finds one damaged.
  let isSafe = Locked<Set<Digest>>([])
  /// Directories of objects and results that are there.
  let hasDirectory = Locked<Set<Path>>([])
  /// What the disk could not keep, if that ever happened.
  let lost = Locked<SystemError?>(nil)
  /// Keys that this process holds.
  let heldKeys = HeldKeys()
  /// Whether another workspace has ever used it.
  private let isShared = Locked(true)

  private struct Directories {
    let store: Directory
    let objects: Directory
    let temporary: Directory
  }

  /// Opens a store, which is made if there is none.
  ///
  /// - Parameter path: absolute.
  package convenience init(opening path: Path, warnings: Warnings) throws {
    self.init(readingAt: path, warnings: warnings)
    _ = try make()
  }

  /// A store that is empty as long as there is none, and is made when something is put into it.
  ///
  /// - Parameter path: absolute.
  package init(readingAt path: Path, warnings: Warnings) {
    self.path = path
    self.warnings = warnings
  }

  /// The path as seen from a workspace whose own store this is; nil for any other.
  func isOwn(of workspace: Directory) -> Path? {
    let own = StateDirectory.storePath(of: workspace)
    return own == path ? StateDirectory.name.appending("store") : nil
  }

  // MARK: Directories

  /// Whether there is one. Nothing may be read of it before that was asked.
  package var isThere: Bool {
    get throws {
      if opened.withLock({ $0 != nil }) { return true }
      return try Directory(opening: "/").status(of: path.appending("objects"), followingLinks: true)
        != nil
    }
  }

  /// The store itself; made if there is none.
  package var directory: Directory { get throws { try make().store } }

  /// `objects`; made if there is none.
  var objects: Directory { get throws { try make().objects } }

  /// `objects/tmp`; made if there is none.
  var temporary: Directory { get throws { try make().temporary } }

  private func make() throws -> Directories {
    if let known = opened.withLock({ $0 }) { return known }
    let top = try Directory(opening: "/")
    // Directories that get a new name, which is to be as safe as what will be below it.
    var named = try top.exists(path.appending("objects")) ? [] : [path]
    while let last = named.last, last != "/", try !top.exists(last) { named.append(last.parent) }
    try top.makeDirectories(path, links: .followed)
    let store = try Directory(opening: path, shownAs: path)
    for name in ["objects/tmp", "results", "locks", "damaged"] {
      try store.makeDirectories(Path(name))
    }
    for directory in named { try top.syncDirectory(directory) }
    for file in ["lock", "shared"] as [Path] { try clearPlace(of: file, in: store) }
    let made = Directories(
      store: store, objects: try store.directory("objects"),
      temporary: try store.directory("objects/tmp"))
    opened.withLock { $0 = $0 ?? made }
    return made
  }

  /// Sets aside what stands in the place of a file of its own and is none.
  private func clearPlace(of file: Path, in store: Directory) throws {
    guard let kind = try store.status(of: file)?.kind, kind != .file else { return }
    try setAside(file, "is no file", action: "set aside", in: store)
  }

  /// Says whether it is the workspace's own; one that another has ever used is not.
  func noteOwner(isOwn: Bool) throws {
    let mark = Path("shared")
    var isKnown = try directory.exists(mark)
    if !isOwn, !isKnown {
      try directory.replace(mark, with: [])
      isKnown = true
    }
    isShared.withLock { $0 = isKnown }
  }

  // MARK: Objects

  /// `ab/cdef…`: where a digest's file is, in `objects` and in `results`.
  static func place(of digest: Digest) -> Path {
    var name: [UInt8] = []
    name.reserveCapacity(65)
    name += digest.hex.utf8
    name.insert(UInt8(ascii: "/"), at: 2)
    // In normal form, so it need not be brought into it.
    return Path.here.entry(name)
  }

  /// Whether there is an object of that digest and size. Its bytes are not read.
  func hasObject(_ digest: Digest, sizeBytes: Int) throws -> Bool {
    guard try isThere, let status = try objects.status(of: Store.place(of: digest)) else {
      return false
    }
    return status.kind == .file && status.sizeBytes == Int64(sizeBytes)
  }

  /// Whether everything that makes up a content is here. Only listings are read.
  package func contains(_ content: Content) throws -> Bool {
    switch content.kind {
    case .file, .executable:
      return try hasObject(content.digest, sizeBytes: content.sizeBytes)
    case .directory:
      guard let listing = try listing(content.digest) else { return false }
      for entry in listing.entries where entry.kind != .directory {
        if try !hasObject(entry.digest, sizeBytes: entry.sizeBytes) { return false }
      }
      return true
    }
  }

  /// The listing of a directory; `nil` where it is missing or damaged.
  package func listing(_ digest: Digest) throws -> Listing? {
    do {
      return Listing(reading: try read(digest))
    } catch StorageError.missing, StorageError.damaged {
      return nil
    }
  }

  /// The bytes of a small object: a log, metrics, a listing.
  ///
  /// - Throws: `missing`; `damaged`, after which it is missing.
  package func read(_ digest: Digest) throws -> [UInt8] {
    let bytes = try Store.persisting {
      let file = try openObject(digest)
      return try file.descriptor.readAll(expecting: file.status.sizeBytes)
    }
    guard SHA256.digest(bytes) == digest else { throw try damage(of: digest) }
    return bytes
  }

  /// An object open for reading; its bytes are not verified.
  func openObject(_ digest: Digest) throws -> OpenFile {
    let place = Store.place(of: digest)
    guard try isThere, try objects.exists(place) else { throw StorageError.missing(digest) }
    do {
      return try Store.persisting { try objects.openFile(place, followingLinks: false) }
    } catch StorageError.notAFile, StorageError.changedWhileRead {
      throw try damage(of: digest)
    } catch let error as SystemError where error.isUnreadable {
      throw try damage(of: digest)
    }
  }

  /// Does it once more where the disk could not read: a disturbance that passes is no damage.
  static func persisting<Answer>(_ body: () throws -> Answer) throws -> Answer {
    do {
      return try body()
    } catch let error as SystemError where error.code == EIO {
      return try body()
    }
  }

  /// Sets a damaged object aside.
  ///
  /// - Returns: the error to be thrown.
  func damage(of digest: Digest) throws -> StorageError {
    let place = Path("objects").appending(Store.place(of: digest))
    isSafe.withLock { _ = $0.remove(digest) }
    try setAside(place, "is damaged", action: "set aside; the step that made it executes again")
    return .damaged(digest)
  }

  /// Moves something damaged out of the way, so that it heals, and warns of it.
  func setAside(_ place: Path, _ fact: String, action: String) throws {
    try setAside(place, fact, action: action, in: directory)
  }

  private func setAside(
    _ place: Path, _ fact: String, action: String, in directory: Directory
  ) throws {
    let name = Path.text(place.bytes.map { $0 == UInt8(ascii: "/") ? UInt8(ascii: "-") : $0 })
    let subject = path.appending(place).description
    do {
      try directory.rename(place, to: Path("damaged").appending(name))
    } catch  where error.code == ENOENT {
      return
    } catch  where error.code == EROFS {
      warnings.add(StorageWarning(subject, fact, action: "left, since the store is read-only"))
      return
    } catch {
      // Where it cannot be kept for a look it must at least go.
      try directory.remove(place)
    }
    warnings.add(StorageWarning(subject, fact, action: action))
  }

  // MARK: Locks

  /// What a run holds as long as it uses the store. Several may.
  ///
  /// - Returns: `nil` when the task was cancelled.
  package func shared(
    command: String, onWait: (FileLock.Holder?) -> Void
  ) async throws -> FileLock? {
    try await FileLock.acquire(
      .shared, on: "lock", in: directory, command: command, onWait: onWait)
  }

  /// What a collection holds: nobody else uses the store meanwhile.
  ///
  /// - Returns: `nil` when the task was cancelled.
  package func exclusive(
    command: String, onWait: (FileLock.Holder?) -> Void
  ) async throws -> FileLock? {
    try await FileLock.acquire(
      .exclusive, on: "lock", in: directory, command: command, onWait: onWait)
  }

  /// What is held while a step executes, so that two projects on one store execute a key once.
  ///
  /// Two keys that begin with the same eight digits wait for each other, which is rare and safe.
  /// Of a store that only one workspace uses, whose runs follow each other, nobody but this process
  /// can have a key: no file is locked then.
  ///
  /// - Parameter isForAll: whether even those are kept out who only read in this workspace.
  /// - Returns: `nil` when the task was cancelled, or `isCancelled` answered yes.
  package func lock(
    _ key: ActionKey, isForAll: Bool = false, command: String,
    onWait: (FileLock.Holder?) -> Void, isCancelled: () -> Bool = { false }
  ) async throws -> KeyLock? {
    guard
      let held = try await heldKeys.acquire(
        key, command: command, onWait: onWait, isCancelled: isCancelled)
    else { return nil }
    guard isForAll || isShared.withLock({ $0 }) else { return held }
    try clearPlace(of: Store.lockPath(key), in: directory)
    let file = try await FileLock.acquire(
      .exclusive, on: Store.lockPath(key), in: directory, command: command, onWait: onWait,
      isCancelled: isCancelled)
    guard let file else { return nil }
    held.hold(file)
    return held
  }

  /// The same without waiting.
  package func tryLock(_ key: ActionKey, command: String) throws -> FileLock.Attempt {
    try clearPlace(of: Store.lockPath(key), in: directory)
    return try FileLock.attempt(
      .exclusive, on: Store.lockPath(key), in: directory, command: command)
  }

  private static func lockPath(_ key: ActionKey) -> Path {
    Path("locks").appending(String(key.digest.hex.prefix(8)))
  }
}
