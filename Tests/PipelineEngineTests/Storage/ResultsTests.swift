import PipelineModel
import Testing

@testable import PipelineEngine

@Suite("Results") struct ResultsTests {
  private static func place(_ result: Result) -> Path {
    Path(".pipeline/store").appending(Store.resultPlace(of: result.key))
  }

  @Test("A result is found under its key, the newest one")
  func record() throws {
    let scratch = try StorageScratch()
    let store = try scratch.store()
    let result = Result.sample("train")
    #expect(try store.result(for: result.key) == nil)
    try store.record(result)
    #expect(try store.result(for: result.key) == result)
    let newer = Result.sample("train", finished: 2)
    try store.record(newer)
    #expect(try store.result(for: result.key) == newer)
    #expect(try store.keys() == [result.key])
    try store.refresh(result.key)
    #expect(try store.result(for: result.key) == newer)
  }

  @Test("A damaged result is absent, warned of once, and heals")
  func damaged() throws {
    let scratch = try StorageScratch()
    let store = try scratch.store()
    let result = Result.sample("train")
    try store.record(result)
    let bytes = try scratch.directory.read(Self.place(result))
    for length in [0, 1, bytes.count / 2, bytes.count - 1] {
      try scratch.write(Self.place(result), Array(bytes[..<length]))
      #expect(try store.result(for: result.key) == nil)
      #expect(try store.result(for: result.key) == nil)
      #expect(scratch.warnings.take().count == 1)
      try store.record(result)
      #expect(try store.result(for: result.key) == result)
      #expect(scratch.warnings.all.isEmpty)
    }
  }

  @Test("A result of a later version is absent and stays")
  func newer() throws {
    let scratch = try StorageScratch()
    let store = try scratch.store()
    let result = Result.sample("train")
    try scratch.write(Self.place(result), "{\"schema\":99}\n{}\n")
    #expect(try store.result(for: result.key) == nil)
    #expect(try scratch.text(Self.place(result)) == "{\"schema\":99}\n{}\n")
    #expect(scratch.warnings.all.isEmpty)
  }

  @Test("Two writers of one key leave one whole result")
  func concurrent() async throws {
    let scratch = try StorageScratch()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<8 {
        group.addTask { try scratch.store().record(.sample("train", finished: index)) }
      }
      try await group.waitForAll()
    }
    let store = try scratch.store()
    #expect(try store.result(for: Result.sample("train").key) != nil)
    #expect(scratch.warnings.all.isEmpty)
  }

  @Test("A key is locked by one at a time; runs share the store, a collection does not")
  func locks() async throws {
    let scratch = try StorageScratch()
    let store = try scratch.store()
    let other = try scratch.store()
    let key = Result.sample("train").key
    let mine = try await store.lock(key, command: "run", onWait: { _ in })
    guard case .busy(let holder) = try other.tryLock(key, command: "run") else {
      Issue.record("two hold one key")
      return
    }
    #expect(holder?.command == "run")
    guard case .held = try other.tryLock(Result.sample("b").key, command: "run") else {
      Issue.record("another key is locked too")
      return
    }
    withExtendedLifetime(mine) {}
    let runs = [
      try await store.shared(command: "run", onWait: { _ in }),
      try await other.shared(command: "run", onWait: { _ in }),
    ]
    let collection = Task {
      try await other.exclusive(command: "gc", onWait: { _ in })
    }
    try await Task.sleep(for: .milliseconds(60))
    collection.cancel()
    #expect(try await collection.value == nil)
    withExtendedLifetime(runs) {}
  }
}
