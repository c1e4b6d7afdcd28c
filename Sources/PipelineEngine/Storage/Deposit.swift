import CPipelineSystem
import PipelineModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension Store {
  /// Puts all objects of these outputs into the store; returns when they are safe there.
  ///
  /// Each file is read once: the digest is taken of what is stored. Files are objects before the
  /// listings that name them.
  ///
  /// - Returns: what the outputs hold, in the same order.
  /// - Throws: `missingOutput`, `changedWhileRead`, and what `content(ofOutput:)` throws. Nothing
  ///   may then be recorded; objects that are already in place are unused, not wrong.
  package func deposit(_ outputs: [Path], from contents: Contents) throws -> [Content] {
    let deposit = Deposit(store: self)
    let taking = OutputTaking(
      file: { try deposit.add(file: $0, status: $1, from: contents) },
      link: { try deposit.add($0) },
      listing: { _ = try deposit.add($0.bytes) })
    var found: [Content] = []
    for path in outputs {
      guard let content = try contents.take(output: path, taking) else {
        throw StorageError.missingOutput(path)
      }
      found.append(content)
    }
    try deposit.finish()
    return found
  }

  /// Puts bytes into the store; returns when they are safe there.
  package func deposit(bytes: [UInt8]) throws -> Digest {
    let deposit = Deposit(store: self)
    let digest = try deposit.add(bytes)
    try deposit.finish()
    return digest
  }
}

/// Objects on their way into a store.
///
/// They are written under temporary names, made durable together, and then renamed.
private final class Deposit {
  private struct Pending {
    let file: TemporaryFile
    let digest: Digest
  }

  private let store: Store
  private var pending: [Pending] = []
  private var added: Set<Digest> = []
  /// Directories that gained names.
  private var directories: Set<Path> = []

  /// Each holds a descriptor open.
  private static let batchCount = 64

  init(store: Store) {
    self.store = store
  }

  func add(file path: Path, status: FileStatus, from contents: Contents) throws -> Content {
    if let known = contents.stamps.content(of: path, under: status),
      try keeps(known.digest, sizeBytes: known.sizeBytes)
    {
      return known
    }
    let source = try contents.workspace.openFile(path, followingLinks: false)
    // Logs and metrics are never asked for again: no stamp of theirs is worth waiting for.
    let isAskedAgain = !StateDirectory.name.holds(path)
    let isAtRest =
      try isAskedAgain
      && contents.stamps.isAtRest(source.status, of: path, in: contents.workspace)
    let file = try TemporaryFile(in: store.temporary.descriptor, permissions: 0o600, for: path)
    let content = Content(source.status, digest: try file.take(source))
    if isAskedAgain {
      contents.stamps.note(content, of: path, under: source.status, isAtRest: isAtRest)
    }
    try add(file, content.digest, sizeBytes: content.sizeBytes)
    return content
  }

  func add(_ bytes: [UInt8]) throws -> Digest {
    let digest = SHA256.digest(bytes)
    if try keeps(digest, sizeBytes: bytes.count) { return digest }
    let file = try TemporaryFile(
      in: store.temporary.descriptor, permissions: 0o600, for: Store.place(of: digest))
    try bytes.withUnsafeBytes { try file.write($0) }
    try add(file, digest, sizeBytes: bytes.count)
    return digest
  }

  /// Returns when everything is in its place, and safe.
  func finish() throws {
    try flush()
    for directory in directories.sorted() { try store.objects.syncDirectory(directory) }
    directories = []
  }

  private func add(_ file: TemporaryFile, _ digest: Digest, sizeBytes: Int) throws {
    if try keeps(digest, sizeBytes: sizeBytes) { return }
    pending.append(Pending(file: file, digest: digest))
    added.insert(digest)
    if pending.count == Deposit.batchCount { try flush() }
  }

  /// Whether the object is here or on its way. One that is here becomes young again, so that no
  /// collection takes it from under a result that is about to name it.
  private func keeps(_ digest: Digest, sizeBytes: Int) throws -> Bool {
    if added.contains(digest) { return true }
    guard try store.hasObject(digest, sizeBytes: sizeBytes) else { return false }
    let file = try store.objects.open(Store.place(of: digest))
    // Refused where another user made the object, who then keeps it.
    _ = pipeline_touch(file.descriptor.number)
    // Who put it there may not have made its name durable yet.
    directories.insert(Store.place(of: digest).parent)
    added.insert(digest)
    return true
  }

  private func flush() throws {
    for object in pending { object.file.beginSync() }
    for object in pending { try object.file.sync() }
    for object in pending {
      let place = Store.place(of: object.digest)
      if try store.objects.status(of: place.parent) == nil {
        try store.objects.makeDirectories(place.parent)
        directories.insert(.here)
      }
      directories.insert(place.parent)
      try object.file.setPermissions(0o444)
      // In the way may be the same bytes, by somebody quicker, or a damaged object.
      try object.file.move(to: store.objects.descriptor, name: place.bytes)
    }
    pending = []
  }
}
