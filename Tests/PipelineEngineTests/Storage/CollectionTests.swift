import PipelineModel
import Seeds
import Testing

@testable import PipelineEngine

@Suite("Collection") struct CollectionTests {
  private static let day: Int64 = 86_400_000_000_000

  private static func lock(_ store: Store) async throws -> FileLock {
    try #require(try await store.exclusive(command: "gc", onWait: { _ in }))
  }

  /// A store with results over shared objects: files, and directories of them.
  private struct Planted {
    let store: Store
    var results: [Result] = []
    /// By result: all objects it needs.
    var needs: [ActionKey: Set<Digest>] = [:]

    init(in scratch: StorageScratch, seed: UInt64) throws {
      store = try scratch.store()
      var random = SplitMix64(seed: seed)
      let contents = scratch.contents()
      for index in 0..<20 { _ = try store.deposit(bytes: Array("unused \(index)".utf8)) }
      for number in 0..<15 {
        var outputs: [Result.Output] = []
        var needed: Set<Digest> = []
        for output in 0..<Int.random(in: 0...3, using: &random) {
          let path = Path("r\(number)/o\(output)")
          let isDirectory = Bool.random(using: &random)
          let count = isDirectory ? Int.random(in: 1...4, using: &random) : 1
          for file in 0..<count {
            let text = "object \(Int.random(in: 0...25, using: &random))"
            try scratch.write(isDirectory ? path.appending("\(file)") : path, text)
            needed.insert(Digest(of: text))
          }
          let content = try #require(try store.deposit([path], from: contents).first)
          needed.insert(content.digest)
          outputs.append(.init(name: nil, path: path, content: content, isStored: true))
        }
        let log = try store.deposit(bytes: Array("log \(number % 7)".utf8))
        needed.insert(log)
        let result = Result.sample(
          "step-\(number)", outputs: outputs, log: log, finished: 1 + number)
        try store.record(result)
        results.append(result)
        needs[result.key] = needed
      }
    }
  }

  @Test("By age, what stays is whole and what goes leaves nothing", arguments: 0..<10)
  func reachability(seed: Int) async throws {
    let scratch = try StorageScratch()
    let planted = try Planted(in: scratch, seed: UInt64(seed))
    let store = planted.store
    var random = SplitMix64(seed: UInt64(seed) + 100)
    let roots = Set(planted.results.map(\.key).filter { _ in Bool.random(using: &random) })
    let rule = CollectionRule(roots: roots, age: .seconds(86_400))
    let lock = try await Self.lock(store)
    let later = SystemClock.now + 2 * Self.day
    let promise = try store.collect(rule, dryRun: true, holding: lock, now: later)
    let before = try Store.digests(in: store.objects)
    #expect(try store.keys().count == planted.results.count)
    let report = try store.collect(rule, dryRun: false, holding: lock, now: later)
    #expect(report == promise)
    #expect(try Set(store.keys()) == roots)
    let needed = roots.reduce(into: Set<Digest>()) { $0.formUnion(planted.needs[$1] ?? []) }
    #expect(try Set(Store.digests(in: store.objects)) == needed)
    #expect(Set(report.removedObjects) == Set(before).subtracting(needed))
    #expect(try await store.verify(heal: false).isSound)
    // A second one has nothing to do.
    let second = try store.collect(rule, dryRun: false, holding: lock, now: later)
    #expect(second.removedResults.isEmpty && second.removedObjects.isEmpty)
    #expect(second.removedBytes == 0 && second.keptBytes == report.keptBytes)
  }

  @Test("Young results stay; unnamed objects go; one that was refreshed is young again")
  func age() async throws {
    let scratch = try StorageScratch()
    let planted = try Planted(in: scratch, seed: 1)
    let store = planted.store
    let lock = try await Self.lock(store)
    let rule = CollectionRule(roots: [], age: .seconds(86_400))
    let report = try store.collect(rule, dryRun: false, holding: lock)
    #expect(report.removedResults.isEmpty)
    #expect(report.removedObjects.count >= 20)
    #expect(try await store.verify(heal: false).isSound)
  }

  @Test("By size, the longest unused go first, roots never", arguments: 0..<5)
  func size(seed: Int) async throws {
    let scratch = try StorageScratch()
    let planted = try Planted(in: scratch, seed: UInt64(seed))
    let store = planted.store
    let lock = try await Self.lock(store)
    let all = try store.collect(
      CollectionRule(roots: []), dryRun: false, holding: lock)
    let root = planted.results[0].key
    let limit = all.keptBytes / 2
    let report = try store.collect(
      CollectionRule(roots: [root], maximumBytes: limit), dryRun: false, holding: lock)
    #expect(report.keptBytes <= limit)
    #expect(!report.removedResults.contains(root))
    #expect(!report.removedResults.isEmpty)
    #expect(try await store.verify(heal: false).isSound)
    let nothing = try store.collect(
      CollectionRule(roots: [root], maximumBytes: 0), dryRun: false, holding: lock)
    #expect(nothing.keptResults == 1)
    #expect(try store.keys() == [root])
    #expect(try await store.verify(heal: false).isSound)
  }

  @Test("Pinned contents stay without a result")
  func pinned() async throws {
    let scratch = try StorageScratch()
    let store = try scratch.store()
    try scratch.write("model/a", "a")
    let content = try store.deposit(["model"], from: scratch.contents())[0]
    let lock = try await Self.lock(store)
    _ = try store.collect(
      CollectionRule(roots: [], pinned: [content]), dryRun: false, holding: lock)
    #expect(try store.contains(content))
    _ = try store.collect(CollectionRule(roots: []), dryRun: false, holding: lock)
    #expect(try !store.contains(content))
  }

  @Test("What was left half-written goes after a day; objects stay beside newer results")
  func leftovers() async throws {
    let scratch = try StorageScratch()
    let store = try scratch.store()
    let digest = try store.deposit(bytes: [1])
    try store.record(.sample("a"))
    let left: Path = ".pipeline/store/objects/tmp/left~"
    let key = Digest(of: "later")
    try scratch.write(left, "half")
    try scratch.write(
      Path(".pipeline/store/results").appending(Store.place(of: key)), "{\"schema\":9}\n{}\n")
    let lock = try await Self.lock(store)
    let rule = CollectionRule(roots: [])
    let report = try store.collect(rule, dryRun: false, holding: lock)
    #expect(report.note != nil)
    #expect(try scratch.directory.exists(left))
    #expect(try store.read(digest) == [1])
    _ = try store.collect(
      rule, dryRun: false, holding: lock, now: SystemClock.now + 2 * Self.day)
    #expect(try !scratch.directory.exists(left))
    #expect(try store.keys().count == 2)
  }
}

@Suite("Verification") struct VerificationTests {
  @Test("Every kind of damage is found with its step, healed, and then gone")
  func verify() async throws {
    let scratch = try StorageScratch()
    let store = try scratch.store()
    for name in ["a", "b", "c"] {
      try scratch.write(Path("\(name)/file"), "content of \(name)")
      let content = try store.deposit([Path(name)], from: scratch.contents())[0]
      try store.record(
        .sample(
          name,
          outputs: [.init(name: nil, path: Path(name), content: content, isStored: true)]))
    }
    let sound = try await store.verify(heal: false)
    #expect(sound.isSound && sound.objectCount == 6 && sound.resultCount == 3)
    let flipped = Digest(of: "content of a")
    let missing = Digest(of: "content of b")
    let result = Result.sample("c")
    try StoreTests.damage(flipped, in: scratch, with: Array("Content of a".utf8))
    try scratch.directory.remove(StoreTests.object(missing))
    try scratch.write(
      Path(".pipeline/store").appending(Store.resultPlace(of: result.key)), "{}\n")
    for heal in [false, true] {
      let found = try await store.verify(heal: heal)
      #expect(found.damagedObjects == [.init(digest: flipped, steps: ["a"])])
      #expect(found.missingObjects == [.init(digest: missing, steps: ["b"])])
      #expect(found.damagedResults == [result.key])
      #expect(scratch.warnings.take().count == (heal ? 2 : 0))
    }
    let healed = try await store.verify(heal: true)
    #expect(healed.damagedObjects.isEmpty && healed.damagedResults.isEmpty)
    #expect(
      healed.missingObjects.map(\.steps) == [["a"], ["b"]].sorted { $0[0] < $1[0] }
        || healed.missingObjects.map(\.steps) == [["b"], ["a"]])
    #expect(scratch.warnings.all.isEmpty)
  }
}
