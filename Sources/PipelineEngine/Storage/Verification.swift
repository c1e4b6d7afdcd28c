import PipelineModel

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
  /// How many objects were read.
  package var objectCount = 0
  /// How many results could be read.
  package var resultCount = 0

  /// Whether nothing is damaged or missing.
  package var isSound: Bool {
    damagedObjects.isEmpty && missingObjects.isEmpty && damagedResults.isEmpty
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
    let digests = try Store.digests(in: objects)
    let damaged = try await damaged(of: digests)
    verification.objectCount = digests.count
    let sound = Set(digests).subtracting(damaged)
    var users: [Digest: Set<String>] = [:]
    for key in try keys() {
      switch try reading(of: key) {
      case .newer?, nil: continue
      case .damaged?: verification.damagedResults.append(key)
      case .result(let result)?:
        verification.resultCount += 1
        for digest in try objects(of: result) {
          users[digest, default: []].insert(result.step.description)
        }
      }
    }
    func fault(_ digest: Digest) -> Verification.Fault {
      Verification.Fault(
        digest: digest,
        steps: (users[digest] ?? []).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }
    verification.damagedObjects = damaged.sorted().map(fault)
    verification.missingObjects =
      users.keys.filter { !sound.contains($0) && !damaged.contains($0) }.sorted().map(fault)
    if heal {
      for digest in damaged.sorted() { _ = try damage(of: digest) }
      for key in verification.damagedResults { _ = try result(for: key) }
    }
    return verification
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
      return try objects.openFile(place, followingLinks: false).digest(of: place) == digest
    } catch StorageError.notAFile, StorageError.changedWhileRead {
      return false
    }
  }
}
