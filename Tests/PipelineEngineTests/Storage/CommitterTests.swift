import PipelineModel
import Testing

@testable import PipelineEngine

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

@Suite("Committing", .timeLimit(.minutes(1))) struct CommitterTests {
  private let scratch: StorageScratch
  private let store: Store

  init() throws {
    scratch = try StorageScratch()
    store = try scratch.store()
  }

  /// What a step brings that has written these texts.
  private func arrivals(_ step: String, _ texts: [String]) throws -> (Arrivals, Result) {
    let deposit = Deposit(in: store)
    let outputs = try texts.enumerated().map { index, text in
      let bytes = Array(text.utf8)
      return Result.Output(
        name: nil, path: Path("out/\(step)-\(index)"),
        content: Content(kind: .file, digest: try deposit.add(bytes), sizeBytes: bytes.count),
        isStored: true)
    }
    let result = Result.sample(step, outputs: outputs, log: try deposit.add([]))
    try deposit.add(result)
    return (deposit.arrivals, result)
  }

  private func isWhole(_ result: Result) throws -> Bool {
    try store.objects(of: result).allSatisfy { try store.objects.exists(Store.place(of: $0)) }
  }

  private var temporary: [DirectoryEntry] { get throws { try store.temporary.list() } }

  @Test("What many steps bring is there when they are told, and nothing else is left")
  func many() async throws {
    let committer = try Committer(store)
    var recordings: [(Recording, Result)] = []
    for index in 0..<40 {
      // Half of what they write is equal.
      let (arrivals, result) = try arrivals("s\(index)", ["own \(index)", "of all"])
      recordings.append((committer.commit(arrivals, holding: nil), result))
    }
    for (recording, result) in recordings {
      #expect(await recording.fault() == nil)
      #expect(try store.result(for: result.key) == result)
      #expect(try isWhole(result))
    }
    #expect(try temporary == [])
    #expect(committer.fault == nil)
  }

  @Test("A key is held until what was made under it is recorded, and no longer")
  func key() async throws {
    let (arrivals, result) = try arrivals("a", ["1"])
    let committer = try Committer(store)
    var lock = try await store.lock(result.key, command: "run", onWait: { _ in })
    #expect(lock != nil)
    let recording = committer.commit(arrivals, holding: lock)
    lock = nil
    recording.hurry()
    let next = try await store.lock(result.key, command: "run", onWait: { _ in })
    #expect(next != nil)
    #expect(try store.result(for: result.key) == result)
    #expect(await recording.fault() == nil)
  }

  @Test("Wherever it is interrupted, what is named is there", arguments: 0..<3)
  func interrupted(barrier: Int) throws {
    struct PowerLoss: Error {}
    let brought = try ["a", "b"].map { try arrivals($0, ["x of \($0)", "of both"]) }
    var passed = 0
    #expect(throws: PowerLoss.self) {
      try store.settle(
        brought.map(\.0),
        Barrier { _, sync in
          if passed == barrier { throw PowerLoss() }
          passed += 1
          try sync()
        })
    }
    let recorded = try store.keys().compactMap { try store.result(for: $0) }
    #expect(recorded.count == (barrier < 2 ? 0 : 2))
    for result in recorded { #expect(try isWhole(result)) }
    // The next attempt goes on from whatever is there.
    try store.settle(brought.map(\.0))
    for (_, result) in brought { #expect(try isWhole(result)) }
    #expect(try store.keys().count == 2)
  }

  /// A barrier that finds little to wait for, and all at once.
  private func barrier(_ syncAll: @escaping (Int32) -> Int32) throws -> Barrier {
    Barrier(in: try store.directory, waitingBytes: { 0 }, syncAll: syncAll)
  }

  @Test("What the disk could not keep is not asked for again, nor is anything else believed")
  func lost() async throws {
    let (lost, result) = try arrivals("a", ["1", "2", "3", "4"])
    let fault = #expect(throws: SystemError.self) {
      try store.settle([lost], barrier { _ in -EIO })
    }
    #expect(fault?.code == EIO)
    #expect(fault?.subject == store.path.description)
    #expect(store.loss == fault)
    // Both would succeed now.
    #expect(throws: SystemError.self) { try store.settle([lost], barrier { _ in 0 }) }
    #expect(throws: SystemError.self) { try store.settle([lost]) }
    let (other, _) = try arrivals("b", ["5"])
    #expect(throws: SystemError.self) { try store.settle([other]) }
    #expect(try store.keys() == [])
    #expect(try !isWhole(result))
  }

  @Test("Where the system cannot make all safe at once each file is", arguments: [ENOSYS, EPERM])
  func oneByOne(code: Int32) throws {
    let (brought, result) = try arrivals("a", ["1", "2", "3", "4"])
    try store.settle([brought], barrier { _ in -code })
    #expect(store.loss == nil)
    #expect(try isWhole(result))
    #expect(try store.result(for: result.key) == result)
  }

  @Test("A file that could not be made safe is lost for all who bring it")
  func sharedLoss() throws {
    let (first, _) = try arrivals("a", ["same"])
    let (second, _) = try arrivals("b", ["same"])
    // What is to be synced is not there.
    for entry in try temporary { try store.temporary.remove(Path(entry.name)) }
    for brought in [first, second] {
      let fault = #expect(throws: SystemError.self) { try store.settle([brought]) }
      #expect(fault?.code == ENOENT)
    }
    #expect(try store.keys() == [])
  }

  @Test("A thread that cannot be started keeps nobody waiting", arguments: [[0], [1], [0, 1, 3]])
  func noThread(refused: [Int]) async throws {
    let tries = Locked(0)
    let committer = try Committer(store) { body in
      let number = tries.withLock { tries in
        defer { tries += 1 }
        return tries
      }
      return refused.contains(number) ? -EAGAIN : startThread(body)
    }
    for index in 0..<6 {
      let (brought, result) = try arrivals("s\(index)", ["\(index)"])
      let recording = committer.commit(brought, holding: nil)
      recording.hurry()
      #expect(await recording.fault() == nil)
      #expect(try store.result(for: result.key) == result)
    }
    #expect(try temporary == [])
  }

  @Test("Bytes that another step brings, too, are there even if that one is given up")
  func shared() throws {
    var first: Arrivals? = try arrivals("a", ["same"]).0
    let (second, result) = try arrivals("b", ["same"])
    #expect(try temporary.count == 4)
    #expect(first?.objects.count == 2)
    first = nil
    try store.settle([second])
    #expect(try isWhole(result))
    #expect(try temporary == [])
  }

  @Test("What is given up leaves nothing")
  func givenUp() throws {
    _ = try arrivals("a", ["1", "2"])
    #expect(try temporary == [])
    #expect(try store.keys() == [])
  }

  @Test("What cannot be recorded is told to all, and no more is begun")
  func unrecordable() async throws {
    let committer = try Committer(store)
    try store.directory.remove("results")
    try store.directory.replace("results", with: [])
    let recordings = try (0..<5).map { index in
      committer.commit(try arrivals("s\(index)", ["\(index)"]).0, holding: nil)
    }
    for recording in recordings {
      #expect(await recording.fault() is SystemError)
    }
    #expect(committer.fault is SystemError)
    // Also if it could be by now.
    try store.directory.remove("results")
    try store.directory.makeDirectories("results")
    let later = committer.commit(try arrivals("later", ["later"]).0, holding: nil)
    #expect(await later.fault() is SystemError)
    #expect(try store.keys() == [])
    // The thread lets go of them when all have been told.
    for _ in 0..<500 where try temporary != [] { try await Task.sleep(for: .milliseconds(10)) }
    #expect(try temporary == [])
  }
}
