import PipelineModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A whole file on its way into a store: under a temporary name until it gets its place.
///
/// Several steps may have written the same bytes; whoever is first gives them their place.
final class Arrival: Sendable {
  /// Of an object.
  let digest: Digest?
  /// As seen from the store.
  let place: Path
  private let file: TemporaryFile
  private let isPlaced = Locked(false)

  /// An object.
  ///
  /// - Parameter file: whole.
  convenience init(_ file: TemporaryFile, of digest: Digest) {
    self.init(file, digest, to: Path("objects").appending(Store.place(of: digest)))
  }

  /// A result, whole.
  convenience init(_ file: TemporaryFile, to place: Path) {
    self.init(file, nil, to: place)
  }

  private init(_ file: TemporaryFile, _ digest: Digest?, to place: Path) {
    file.close()
    self.file = file
    self.digest = digest
    self.place = place
  }

  /// Returns when its bytes are safe.
  func sync() throws {
    try isPlaced.withLock { if !$0 { try file.sync() } }
  }

  /// Moves it to its place, whose directory is there.
  ///
  /// - Parameter clear: called where a directory is in the way.
  func move(in store: Directory, clearing clear: (Path) throws -> Void) throws {
    try isPlaced.withLock { isPlaced in
      if isPlaced { return }
      do throws(SystemError) {
        // In the way may be the same bytes, by somebody quicker, or a damaged object.
        try file.move(to: store.descriptor, name: place.bytes)
      } catch  where error.code == EISDIR {
        try clear(place)
        try file.move(to: store.descriptor, name: place.bytes)
      }
      isPlaced = true
    }
  }
}

/// What one step brings into a store; dropped before it is settled, it leaves nothing behind.
struct Arrivals: Sendable {
  var objects: [Arrival] = []
  /// Named after what it names is safe.
  var result: Arrival?
  /// Directories of objects that were there already: who put them there may not have made their
  /// names durable yet.
  var directories: Set<Path> = []
}

extension Store {
  /// Makes safe what several steps bring: all objects, then their names, then the results, then
  /// their names. Nothing that is named is ever unsafe, wherever this is interrupted.
  ///
  /// - Throws: where it fails some of the results may be there, whole; none may be told of. Once the
  ///   disk could not keep something, always that: see `loss`.
  func settle(_ arrivals: [Arrivals]) throws {
    try settle(arrivals, Barrier(in: try directory))
  }

  /// The same with another barrier.
  func settle(_ arrivals: [Arrivals], _ barrier: Barrier) throws {
    let objects = arrivals.flatMap(\.objects)
    let results = arrivals.compactMap(\.result)
    try wait(barrier, for: objects.count + results.count) {
      for arrival in objects + results { try arrival.sync() }
    }
    let known = arrivals.reduce(into: Set<Path>()) { $0.formUnion($1.directories) }
    try give(objects, and: known, barrier)
    try give(results, and: [], barrier)
    let digests = objects.compactMap(\.digest)
    isSafe.withLock { $0.formUnion(digests) }
    arriving.withLock { arriving in
      for digest in digests { arriving[digest] = nil }
    }
  }

  private func give(_ arrivals: [Arrival], and known: Set<Path>, _ barrier: Barrier) throws {
    let directory = try directory
    var touched = known
    for arrival in arrivals {
      let parent = arrival.place.parent
      if !touched.contains(parent) {
        if try make(parent) { touched.insert(parent.parent) }
        touched.insert(parent)
      }
      try arrival.move(in: directory) {
        try setAside($0, "is no file", action: "set aside; the file is there again")
      }
    }
    try wait(barrier, for: touched.count) {
      for path in touched.sorted() { try directory.syncDirectory(path) }
    }
  }

  /// What the disk could not keep of what was written here or elsewhere, if that ever happened.
  ///
  /// It tells of it once, not always of whose bytes, and afterwards lets all seem safe. So nothing
  /// more is settled, and no file is believed to be what was written to it.
  package var loss: SystemError? { lost.withLock { $0 } }

  /// One thread at a time, however long it takes: else one would take for good news that another
  /// was told the bad news.
  private func wait(_ barrier: Barrier, for count: Int, sync: () throws -> Void) throws {
    try lost.withLock { lost in
      if let lost { throw lost }
      do {
        try barrier.wait(for: count, sync: sync)
      } catch let error as SystemError {
        lost = error
        throw error
      }
    }
  }

  /// - Returns: whether a directory of objects or results was missing, and was made.
  private func make(_ path: Path) throws -> Bool {
    if hasDirectory.withLock({ $0.contains(path) }) { return false }
    let isThere = try directory.exists(path)
    if !isThere { try directory.makeDirectories(path) }
    hasDirectory.withLock { _ = $0.insert(path) }
    return !isThere
  }
}
