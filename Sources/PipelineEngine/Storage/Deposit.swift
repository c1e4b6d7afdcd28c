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
    let deposit = Deposit(in: self)
    let found = try deposit.add(outputs, from: contents)
    try settle([deposit.arrivals])
    return found
  }

  /// Puts bytes into the store; returns when they are safe there.
  package func deposit(bytes: [UInt8]) throws -> Digest {
    let deposit = Deposit(in: self)
    let digest = try deposit.add(bytes)
    try settle([deposit.arrivals])
    return digest
  }
}

/// Objects on their way into a store.
///
/// They are written under temporary names. To be settled by whoever wants to name them, many steps'
/// together.
final class Deposit {
  private let store: Store
  private var added: Set<Digest> = []
  private(set) var arrivals = Arrivals()

  init(in store: Store) {
    self.store = store
  }

  /// Takes outputs, as `Store.deposit` does.
  func add(_ outputs: [Path], from contents: Contents) throws -> [Content] {
    let taking = OutputTaking(
      file: { try self.add(file: $0, status: $1, from: contents) },
      link: { try self.add($0) },
      listing: { _ = try self.add($0.bytes) })
    return try outputs.map { path in
      guard let content = try contents.take(output: path, taking) else {
        throw StorageError.missingOutput(path)
      }
      return content
    }
  }

  /// Takes bytes.
  func add(_ bytes: [UInt8]) throws -> Digest {
    let digest = SHA256.digest(bytes)
    try put(bytes, digest)
    return digest
  }

  /// Takes the result that names all these objects.
  func add(_ result: Result) throws {
    arrivals.result = try store.arrival(of: result)
  }

  private func put(_ bytes: [UInt8], _ digest: Digest) throws {
    if try keeps(digest, sizeBytes: bytes.count) { return }
    let file = try newFile()
    try bytes.withUnsafeBytes { try file.write($0) }
    try add(file, digest, sizeBytes: bytes.count)
  }

  private func add(file path: Path, status: FileStatus, from contents: Contents) throws -> Content {
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
    let content: Content
    if source.status.sizeBytes <= Deposit.smallBytes {
      // Only what the store does not have is written at all.
      let bytes = try source.bytes(of: path)
      content = Content(source.status, digest: SHA256.digest(bytes))
      try put(bytes, content.digest)
    } else {
      let file = try newFile()
      content = Content(source.status, digest: try file.take(source, of: path, isSynced: true))
      file.beginSync()
      try add(file, content.digest, sizeBytes: content.sizeBytes)
    }
    if isAskedAgain {
      contents.stamps.note(content, of: path, under: source.status, isAtRest: isAtRest)
    }
    return content
  }

  private static let smallBytes: Int64 = 65_536

  private func newFile() throws -> TemporaryFile {
    // Its own name is made up, and gone when it is read of.
    let temporary = try store.temporary
    return try TemporaryFile(
      in: temporary.descriptor, permissions: 0o600, for: temporary.shown(.here))
  }

  private func add(_ file: TemporaryFile, _ digest: Digest, sizeBytes: Int) throws {
    if try keeps(digest, sizeBytes: sizeBytes) { return }
    try file.setPermissions(0o444)
    let arrival = Arrival(file, of: digest)
    store.arriving.withLock { $0[digest] = WeakArrival(arrival: arrival) }
    arrivals.objects.append(arrival)
    added.insert(digest)
  }

  /// Whether the object is here or on its way. One that is here becomes young again, so that no
  /// collection takes it from under a result that is about to name it.
  private func keeps(_ digest: Digest, sizeBytes: Int) throws -> Bool {
    if added.contains(digest) { return true }
    if let other = store.arriving.withLock({ $0[digest]?.arrival }) {
      // Of another step, which may fail before it is settled: whoever comes first does it.
      arrivals.objects.append(other)
    } else {
      guard try store.hasObject(digest, sizeBytes: sizeBytes) else { return false }
      if !store.isSafe.withLock({ $0.contains(digest) }) { try renew(Store.place(of: digest)) }
    }
    added.insert(digest)
    return true
  }

  private func renew(_ place: Path) throws {
    let file = try store.objects.open(place)
    // Refused where another user made the object, who then keeps it.
    _ = pipeline_touch(file.descriptor.number)
    arrivals.directories.insert(Path("objects").appending(place.parent))
  }
}

/// An object that some step brings, as long as anybody holds it.
struct WeakArrival {
  weak var arrival: Arrival?
}
