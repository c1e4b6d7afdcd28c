import PipelineModel
import Seeds
import Testing

@testable import PipelineEngine

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

@Suite("Reading files") struct FileReadingTests {
  /// On both sides of a piece, and of where reading and hashing begin to have threads of their own.
  static let sizes = [
    0, 1, 1 << 20, 1 << 20 | 1, 4 << 20 - 1, 4 << 20, 4 << 20 + 1, 9 << 20 + 12_345,
  ]

  private static func bytes(_ count: Int) -> [UInt8] {
    var random = SplitMix64(seed: UInt64(count))
    return (0..<(count + 7) / 8).flatMap { _ in
      withUnsafeBytes(of: random.next()) { [UInt8]($0) }
    }.suffix(count)
  }

  @Test("A digest is that of all bytes, which are passed on in order", arguments: sizes)
  func digest(_ size: Int) throws {
    let scratch = try StorageScratch()
    let bytes = Self.bytes(size)
    try scratch.write("file", bytes)
    let file = try scratch.directory.openFile("file", followingLinks: true)
    let passed = Locked<[UInt8]>([])
    #expect(
      try file.digest(of: "file") { piece in passed.withLock { $0 += piece } }
        == SHA256.digest(bytes))
    #expect(passed.withLock { $0 } == bytes)
    let again = try scratch.directory.openFile("file", followingLinks: true)
    #expect(try again.digest(of: "file") == SHA256.digest(bytes))
  }

  @Test("A change in the middle is seen, whether the size is another or not", arguments: sizes)
  func change(_ size: Int) async throws {
    guard size > 0 else { return }
    let scratch = try StorageScratch()
    try scratch.write("file", Self.bytes(size))
    let file = try scratch.directory.openFile("file", followingLinks: true)
    #expect(throws: StorageError.changedWhileRead("file")) {
      _ = try file.digest(of: "file") { _ in
        try scratch.directory.openForAppending("file").write([2])
      }
    }
    // A clock that ticks slowly could not tell the two writings apart.
    try await Task.sleep(for: .milliseconds(30))
    let equal = try scratch.directory.openFile("file", followingLinks: true)
    let number = open(scratch.path.appending("file").description, O_WRONLY)
    defer { close(number) }
    #expect(throws: StorageError.changedWhileRead("file")) {
      _ = try equal.digest(of: "file") { _ in #expect(pwrite(number, "x", 1, 0) == 1) }
    }
  }

  @Test("What cannot be passed on is told, and ends the reading", arguments: sizes)
  func sink(_ size: Int) throws {
    struct Full: Error {}
    let scratch = try StorageScratch()
    try scratch.write("file", Self.bytes(size))
    let file = try scratch.directory.openFile("file", followingLinks: true)
    #expect(throws: Full.self) {
      _ = try file.digest(of: "file") { piece in
        if piece.count > 0 || size == 0 { throw Full() }
      }
    }
  }
}
