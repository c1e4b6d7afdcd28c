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
  /// Makes a result known under its key, in place of an earlier one; returns when that is safe.
  ///
  /// The objects it names must be deposited before.
  package func record(_ result: Result) throws {
    var arrivals = Arrivals()
    arrivals.result = try arrival(of: result)
    try settle([arrivals])
  }

  /// A result that is to be settled after the objects it names, or together with them.
  func arrival(of result: Result) throws -> Arrival {
    let place = Store.resultPlace(of: result.key)
    let file = try TemporaryFile(
      in: temporary.descriptor, permissions: directory.permissions(0o666, ofNew: place),
      for: directory.shown(place))
    try ResultFile.bytes(of: result).withUnsafeBytes { try file.write($0) }
    return Arrival(file, to: place)
  }

  /// What is recorded under a key.
  ///
  /// - Returns: `nil` also where it is damaged, of which is warned once and which is then gone, or
  ///   was written by a later version of this program, which is left alone.
  package func result(for key: ActionKey) throws -> Result? {
    switch try reading(of: key) {
    case .result(let result)?: return result
    case .newer?, nil: return nil
    case .damaged?:
      try setAside(
        Store.resultPlace(of: key), "is damaged",
        action: "set aside; the step that made it executes again")
      return nil
    }
  }

  /// Marks a result as used now, so that a collection by age keeps it.
  package func refresh(_ key: ActionKey) throws {
    let place = Store.resultPlace(of: key)
    guard try isThere, try directory.exists(place) else { return }
    // Refused where another user made it.
    _ = pipeline_touch(try directory.open(place).descriptor.number)
  }

  /// All keys that something is recorded under, sorted.
  package func keys() throws -> [ActionKey] {
    guard try isThere else { return [] }
    return try Store.digests(in: directory.directory("results")).map { ActionKey(digest: $0) }
  }

  /// - Returns: `nil` where nothing is recorded.
  func reading(of key: ActionKey) throws -> ResultFile.Reading? {
    let place = Store.resultPlace(of: key)
    guard try isThere, let status = try directory.status(of: place) else { return nil }
    guard status.kind == .file else { return .damaged }
    do {
      return ResultFile.read(try Store.persisting { try directory.read(place) }, key: key)
    } catch let error as SystemError where error.code == ENOENT {
      return nil
    } catch let error as SystemError where error.isUnreadable {
      return .damaged
    }
  }

  /// Where a result is, as seen from the store.
  static func resultPlace(of key: ActionKey) -> Path {
    Path("results").appending(place(of: key.digest))
  }

  /// What the files `ab/cdef…` of a directory are named by, sorted; other names are passed over.
  static func digests(in directory: Directory) throws -> [Digest] {
    var found: [Digest] = []
    for prefix in try directory.list() where prefix.kind == .directory && prefix.name.count == 2 {
      for entry in try directory.list(Path(prefix.name)) {
        if let digest = Digest(Path.text(prefix.name + entry.name)) { found.append(digest) }
      }
    }
    return found
  }
}
