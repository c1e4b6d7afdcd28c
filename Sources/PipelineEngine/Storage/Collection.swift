import PipelineModel

/// What a collection took from the store, or would take.
package struct CollectionReport: Equatable, Sendable {
  /// In the order of age, the oldest first.
  package var removedResults: [ActionKey] = []
  /// Sorted.
  package var removedObjects: [Digest] = []
  /// Of results, objects and temporary files that go.
  package var removedBytes = 0
  /// Among them those of a later version.
  package var keptResults = 0
  /// Those that results which stay need, and all where there is a `note`.
  package var keptObjects = 0
  /// Of the results and objects that stay.
  package var keptBytes = 0
  /// Why no object goes though nobody names it; `nil` where that is not so.
  package var note: String?
}

/// What a collection may take.
package struct CollectionRule: Sendable {
  /// Results that stay whatever their age, with all they name.
  package var roots: Set<ActionKey>
  /// Contents that stay though no result that stays names them.
  package var pinned: [Content]
  /// Results unused for longer go; `nil` where age is no reason.
  package var age: Duration?
  /// Results go, the longest unused first, until all is not more than this.
  package var maximumBytes: Int?

  package init(
    roots: Set<ActionKey>, pinned: [Content] = [], age: Duration? = nil, maximumBytes: Int? = nil
  ) {
    self.roots = roots
    self.pinned = pinned
    self.age = age
    self.maximumBytes = maximumBytes
  }
}

extension Store {
  /// Removes what nobody needs: results by the rule, then objects that no result names, then what
  /// was left half-written more than a day ago.
  ///
  /// In this order, so that a sudden end leaves garbage, and never a result without its objects.
  ///
  /// - Parameter holding: the lock of `exclusive`.
  /// - Parameter now: nanoseconds since 1970.
  package func collect(
    _ rule: CollectionRule, dryRun: Bool, holding _: FileLock, now: Int64 = SystemClock.now
  ) throws -> CollectionReport {
    var collection = Collection(store: self, rule: rule, now: now)
    try collection.look()
    try collection.choose()
    if !dryRun { try collection.remove() }
    return collection.report
  }
}

private struct Collection {
  let store: Store
  let rule: CollectionRule
  let now: Int64
  var report = CollectionReport()

  private struct Entry {
    let key: ActionKey
    /// When it was made or last used: nanoseconds since 1970.
    let used: Int64
    let sizeBytes: Int
    let objects: [Digest]
  }

  private var results: [Entry] = []
  private var sizes: [Digest: Int] = [:]
  /// How many results that stay name an object.
  private var uses: [Digest: Int] = [:]
  private var leftovers: [Path] = []

  init(store: Store, rule: CollectionRule, now: Int64) {
    self.store = store
    self.rule = rule
    self.now = now
  }

  mutating func look() throws {
    for digest in try Store.digests(in: store.objects) {
      sizes[digest] = Int(try store.objects.status(of: Store.place(of: digest))?.sizeBytes ?? 0)
    }
    for key in try store.keys() {
      let place = Store.resultPlace(of: key)
      guard let status = try store.directory.status(of: place) else { continue }
      let reading = try store.reading(of: key)
      if reading == .newer {
        report.note = "objects stay, since results of a later version may need them"
        report.keptResults += 1
        report.keptBytes += Int(status.sizeBytes)
      }
      // A damaged one is left to whoever asks for it, or to `verify`: a dry run writes nothing.
      guard case .result(let result)? = reading else { continue }
      let changed = status.modified.seconds * 1_000_000_000 + Int64(status.modified.nanoseconds)
      results.append(
        Entry(
          key: key, used: max(changed, Int64(result.finished)), sizeBytes: Int(status.sizeBytes),
          objects: try store.objects(of: result)))
    }
    // Equal times in a fixed order, so that a dry run tells the truth.
    results.sort { ($0.used, $0.key.digest) < ($1.used, $1.key.digest) }
    try findLeftovers()
  }

  /// Decides which results and objects go.
  mutating func choose() throws {
    for content in rule.pinned {
      for digest in try store.objects(of: content) { uses[digest, default: 0] += 1 }
    }
    for entry in results { for digest in entry.objects { uses[digest, default: 0] += 1 } }
    var total = uses.keys.reduce(results.reduce(0) { $0 + $1.sizeBytes }) { $0 + (sizes[$1] ?? 0) }
    for entry in results {
      let isOld = rule.age.map { now - entry.used > $0.inNanoseconds } ?? false
      let isTooMuch = rule.maximumBytes.map { total > $0 } ?? false
      guard isOld || isTooMuch, !rule.roots.contains(entry.key) else {
        report.keptResults += 1
        continue
      }
      report.removedResults.append(entry.key)
      report.removedBytes += entry.sizeBytes
      total -= entry.sizeBytes
      for digest in entry.objects {
        uses[digest, default: 0] -= 1
        if uses[digest] == 0 { total -= sizes[digest] ?? 0 }
      }
    }
    for (digest, size) in sizes.sorted(by: { $0.key < $1.key }) {
      if uses[digest, default: 0] > 0 || report.note != nil {
        report.keptObjects += 1
        report.keptBytes += size
      } else {
        report.removedObjects.append(digest)
        report.removedBytes += size
      }
    }
    let gone = Set(report.removedResults)
    for entry in results where !gone.contains(entry.key) { report.keptBytes += entry.sizeBytes }
  }

  func remove() throws {
    let places = report.removedResults.map { Store.resultPlace(of: $0) }
    for place in places { try store.directory.remove(place) }
    // Results are gone for good before an object of theirs is.
    for directory in Set(places.map(\.parent)).sorted() {
      try store.directory.syncDirectory(directory)
    }
    for digest in report.removedObjects { try store.objects.remove(Store.place(of: digest)) }
    for path in leftovers { try store.directory.remove(path) }
  }

  /// Temporary files, lock files and damaged ones that nobody has touched for a day or, damaged
  /// ones, a month.
  private mutating func findLeftovers() throws {
    var directories: [(path: Path, days: Int64)] = [
      ("objects/tmp", 1), ("locks", 1), ("damaged", 30),
    ]
    for entry in try store.directory.list("results") where entry.kind == .directory {
      directories.append((Path("results").entry(entry.name), 1))
    }
    for (directory, days) in directories {
      for entry in try store.directory.list(directory) {
        let isResult = directory.components.first?.elementsEqual("results".utf8) ?? false
        if isResult, entry.name.last != UInt8(ascii: "~") { continue }
        let path = directory.entry(entry.name)
        guard let status = try store.directory.status(of: path) else { continue }
        if now / 1_000_000_000 - status.modified.seconds > days * 86_400 {
          leftovers.append(path)
          report.removedBytes += Int(status.sizeBytes)
        }
      }
    }
  }
}

extension Store {
  /// Every object that a result needs, each once.
  func objects(of result: Result) throws -> [Digest] {
    var found = Set([result.log, result.metrics].compactMap(\.self))
    for output in result.outputs where output.isStored {
      found.formUnion(try objects(of: output.content))
    }
    return found.sorted()
  }

  /// Every object that makes up a content; of a directory whose listing is gone, the listing.
  func objects(of content: Content) throws -> [Digest] {
    guard content.kind == .directory, let listing = try soundListing(content.digest) else {
      return [content.digest]
    }
    return [content.digest]
      + listing.entries.filter { $0.kind != .directory }.map(\.digest)
  }

  /// A directory's listing; `nil` where it is missing or damaged, which is left as it is.
  private func soundListing(_ digest: Digest) throws -> Listing? {
    let place = Store.place(of: digest)
    guard try objects.status(of: place)?.kind == .file else { return nil }
    let bytes = try objects.read(place)
    return SHA256.digest(bytes) == digest ? Listing(reading: bytes) : nil
  }
}
