import PipelineModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What reading the whole store found.
package struct Verification: Equatable, Sendable {
  /// An object that is not what its name says, or is not there.
  package struct Fault: Equatable, Sendable {
    package let digest: Digest
    /// The steps whose results name it, as they were named then; sorted.
    package let steps: [String]
  }

  /// Sorted by digest.
  package var damagedObjects: [Fault] = []
  /// Sorted by digest.
  package var missingObjects: [Fault] = []
  /// Sorted.
  package var damagedResults: [ActionKey] = []
  /// What is wrong with the history, in SQLite's words; nil where nothing is.
  package var history: String?
  /// Whether the index cannot be used. It is made anew.
  package var isIndexDamaged = false
  /// Outputs that a repair has stored again, sorted.
  package var storedAgain: [Path] = []
  /// How many runs a repair has put into a new history.
  package var recordedAgain = 0
  /// How many moves a repair has added to the registry's file, which had lost them.
  package var mirroredAgain = 0
  /// How many objects were read.
  package var objectCount = 0
  /// How many results could be read.
  package var resultCount = 0

  /// Whether nothing is damaged or missing.
  package var isSound: Bool {
    damagedObjects.isEmpty && missingObjects.isEmpty && damagedResults.isEmpty
      && history == nil && !isIndexDamaged
  }
}

extension Store {
  /// Reads every object and every result.
  ///
  /// - Parameter heal: whether what is damaged is set aside; its steps then execute again. Without
  ///   it nothing is written.
  package func verify(heal: Bool) async throws -> Verification {
    var verification = Verification()
    guard try isThere else { return verification }
    // Results first: of those that a run records meanwhile, the objects are not asked for.
    var users: [Digest: [ActionKey: String]] = [:]
    for key in try keys() {
      switch try reading(of: key) {
      case .newer?, nil: continue
      case .damaged?: verification.damagedResults.append(key)
      case .result(let result)?:
        verification.resultCount += 1
        for digest in try objects(of: result) {
          users[digest, default: [:]][key] = result.step.description
        }
      }
    }
    let digests = try Store.digests(in: objects)
    let damaged = try await damaged(of: digests)
    verification.objectCount = digests.count
    func fault(_ digest: Digest) -> Verification.Fault {
      Verification.Fault(
        digest: digest,
        steps: Set((users[digest] ?? [:]).values)
          .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }
    verification.damagedObjects = damaged.sorted().map(fault)
    let there = Set(digests)
    verification.missingObjects = try users.filter { digest, keys in
      try !there.contains(digest) && isMissing(digest, for: keys.keys)
    }.keys.sorted().map(fault)
    if heal {
      for digest in damaged.sorted() { _ = try damage(of: digest) }
      for key in verification.damagedResults { _ = try result(for: key) }
    }
    return verification
  }

  /// Looks again: a collection beside this takes results, and then their objects.
  private func isMissing(_ digest: Digest, for keys: some Sequence<ActionKey>) throws -> Bool {
    if try objects.exists(Store.place(of: digest)) { return false }
    return try keys.contains { try directory.exists(Store.resultPlace(of: $0)) }
  }

  /// Which objects' bytes are not those of their names; several are read at once.
  func damaged(of digests: [Digest]) async throws -> Set<Digest> {
    try await withThrowingTaskGroup(of: [Digest].self) { group in
      let pieceCount = 64
      for start in 0..<min(pieceCount, digests.count) {
        group.addTask {
          var damaged: [Digest] = []
          for index in stride(from: start, to: digests.count, by: pieceCount) {
            try Task.checkCancellation()
            if try !self.isSound(digests[index]) { damaged.append(digests[index]) }
          }
          return damaged
        }
      }
      var all: Set<Digest> = []
      for try await piece in group { all.formUnion(piece) }
      return all
    }
  }

  private func isSound(_ digest: Digest) throws -> Bool {
    let place = Store.place(of: digest)
    do {
      return try Store.persisting {
        try objects.openFile(place, followingLinks: false).digest(of: place) == digest
      }
    } catch StorageError.notAFile, StorageError.changedWhileRead {
      return false
    } catch let error as SystemError where error.code == ENOENT {
      // Taken by a collection meanwhile; who misses it is told of below.
      return true
    } catch let error as SystemError where error.isUnreadable {
      return false
    }
  }
}
