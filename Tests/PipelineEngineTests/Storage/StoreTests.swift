import PipelineModel
import Seeds
import Testing

@testable import PipelineEngine

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

@Suite("Store") struct StoreTests {
  /// Files, executables, empty directories, links and odd names, the same for the same seed.
  static func plant(_ path: Path, in scratch: StorageScratch, seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    try scratch.directory.makeDirectories(path)
    for index in 0..<Int.random(in: 1...150, using: &random) {
      let depth = Int.random(in: 0...3, using: &random)
      var place = path
      for _ in 0..<depth { place = place.appending("d\(Int.random(in: 0...3, using: &random))") }
      place = place.entry([UInt8(ascii: "f"), 0xF0 + UInt8(index % 16)] + Array("\(index)".utf8))
      switch Int.random(in: 0...9, using: &random) {
      case 0: try scratch.directory.makeDirectories(place)
      case 1: try scratch.link(place, to: "../f")
      case 2: try scratch.write(place, "same", isExecutable: true)
      default:
        let count = Int.random(in: 0...5000, using: &random)
        try scratch.write(place, (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
      }
    }
    // At the top a link upwards would leave the directory.
    for entry in try scratch.directory.list(path) where entry.kind == .link {
      try scratch.directory.remove(path.entry(entry.name))
    }
  }

  static func object(_ digest: Digest) -> Path {
    Path(".pipeline/store/objects").appending(Store.place(of: digest))
  }

  /// Removes an object and puts other bytes in its place.
  static func damage(_ digest: Digest, in scratch: StorageScratch, with bytes: [UInt8]) throws {
    try scratch.directory.remove(object(digest))
    try scratch.write(object(digest), bytes)
  }

  @Test("What is deposited can be materialised, whatever the tree", arguments: 0..<12)
  func roundTrip(seed: Int) throws {
    let scratch = try StorageScratch()
    let store = try scratch.store()
    try Self.plant("out", in: scratch, seed: UInt64(seed))
    let contents = scratch.contents()
    let content = try #require(try store.deposit(["out"], from: contents).first)
    #expect(try contents.content(ofOutput: "out") == content)
    #expect(try store.contains(content))
    try store.materialise(content, at: "deep/er/copy", in: scratch.directory)
    #expect(try contents.content(ofOutput: "deep/er/copy") == content)
    #expect(try scratch.directory.list("deep/er").map(\.name) == [Array("copy".utf8)])
    #expect(try store.temporary.list().isEmpty)
    // Once more, over what is there.
    try store.materialise(content, at: "deep/er/copy", in: scratch.directory)
    #expect(try contents.content(ofOutput: "deep/er/copy") == content)
    #expect(try scratch.directory.list("deep/er").map(\.name) == [Array("copy".utf8)])
  }

  @Test("Objects are read-only files named by their bytes")
  func objects() throws {
    let scratch = try StorageScratch()
    let store = try scratch.store()
    let digest = try store.deposit(bytes: Array("log".utf8))
    let status = try #require(try scratch.directory.status(of: Self.object(digest)))
    #expect(status.permissions == 0o444)
    #expect(try store.read(digest) == Array("log".utf8))
    #expect(try store.deposit(bytes: Array("log".utf8)) == digest)
    #expect(try store.deposit(bytes: []) == Digest(of: ""))
    #expect(throws: StorageError.missing(Digest(of: "?"))) { try store.read(Digest(of: "?")) }
  }

  @Test("What is materialised gets the usual permissions, and is no link to the store")
  func permissions() throws {
    let scratch = try StorageScratch()
    let store = try scratch.store()
    try scratch.write("a", "x")
    try scratch.write("b", "y", isExecutable: true)
    let found = try store.deposit(["a", "b"], from: scratch.contents())
    for (content, path) in zip(found, ["a", "b"] as [Path]) {
      let expected = try scratch.directory.status(of: path)?.permissions
      try scratch.directory.remove(path)
      try store.materialise(content, at: path, in: scratch.directory)
      let status = try #require(try scratch.directory.status(of: path))
      #expect(status.permissions == expected)
      #expect(status.linkCount == 1)
    }
  }

  @Test("Damage is found on use, set aside with one warning, and heals")
  func damage() throws {
    let scratch = try StorageScratch()
    let store = try scratch.store()
    let contents = scratch.contents()
    try scratch.write("out/a", "content")
    let content = try #require(try store.deposit(["out"], from: contents).first)
    let file = Digest(of: "content")
    try scratch.directory.remove("out")
    try scratch.write("kept", "before")
    for digest in [file, content.digest] {
      for bytes in [Array("cOntent".utf8), Array("conten".utf8), []] {
        try Self.damage(digest, in: scratch, with: bytes)
        if digest == file { #expect(try store.contains(content) == (bytes.count == 7)) }
        #expect(throws: StorageError.damaged(digest)) {
          try store.materialise(content, at: "kept", in: scratch.directory)
        }
        #expect(try scratch.text("kept") == "before")
        #expect(throws: StorageError.missing(digest)) {
          try store.materialise(content, at: "kept", in: scratch.directory)
        }
        #expect(try !store.contains(content))
        #expect(scratch.warnings.take().count == 1)
        // The step executes again.
        try scratch.write("out/a", "content")
        #expect(try store.deposit(["out"], from: contents) == [content])
        #expect(try store.contains(content))
        try scratch.directory.remove("out")
      }
    }
    try store.materialise(content, at: "kept", in: scratch.directory)
    #expect(try scratch.text("kept/a") == "content")
    #expect(scratch.warnings.all.isEmpty)
    #expect(
      try !scratch.directory.list().contains { $0.name.starts(with: Array(".pipewright".utf8)) })
  }

  @Test("An object of another size is replaced by depositing")
  func replaced() throws {
    let scratch = try StorageScratch()
    let store = try scratch.store()
    let digest = try store.deposit(bytes: Array("content".utf8))
    try Self.damage(digest, in: scratch, with: [1])
    #expect(try store.deposit(bytes: Array("content".utf8)) == digest)
    #expect(try store.read(digest) == Array("content".utf8))
  }

  @Test("A directory is replaced whole; a file takes a directory's place and the other way round")
  func replacing() throws {
    let scratch = try StorageScratch()
    let store = try scratch.store()
    try scratch.write("d/a", "a")
    try scratch.write("f", "f")
    let found = try store.deposit(["d", "f"], from: scratch.contents())
    try scratch.write("d/stale", "s")
    try store.materialise(found[0], at: "d", in: scratch.directory)
    #expect(try scratch.tree("d") == ["a file"])
    try store.materialise(found[1], at: "d", in: scratch.directory)
    #expect(try scratch.text("d") == "f")
    try store.materialise(found[0], at: "d", in: scratch.directory)
    #expect(try scratch.tree("d") == ["a file"])
  }

  @Test("Nothing is written through a planted link")
  func plantedLinks() throws {
    let scratch = try StorageScratch()
    let elsewhere = try StorageScratch()
    let store = try scratch.store()
    try scratch.write("a", "a")
    try scratch.write("d/sub/b", "b")
    let found = try store.deposit(["a", "d"], from: scratch.contents())
    try elsewhere.write("victim", "untouched")
    try scratch.link("out", to: elsewhere.path.description)
    try scratch.link("file", to: elsewhere.path.appending("victim").description)
    for content in found {
      #expect(throws: SystemError.self) {
        try store.materialise(content, at: "out/x", in: scratch.directory)
      }
      #expect(throws: StorageError.outputIsLink("file")) {
        try store.materialise(content, at: "file", in: scratch.directory)
      }
      #expect(throws: StorageError.outputIsLink("out")) {
        try store.materialise(content, at: "out", in: scratch.directory)
      }
      #expect(throws: StorageError.notInside("../x")) {
        try store.materialise(content, at: "../x", in: scratch.directory)
      }
    }
    #expect(try elsewhere.tree("") == ["victim file"])
    let allowing = scratch.contents(outside: [elsewhere.path])
    try store.materialise(found[1], at: "out/x", in: scratch.directory, links: allowing.links)
    #expect(try elsewhere.tree("") == ["victim file", "x/sub/b file"])
  }

  @Test("A listing that was made to do harm is refused")
  func harmfulListings() throws {
    let scratch = try StorageScratch()
    let store = try scratch.store()
    let file = try store.deposit(bytes: Array("x".utf8))
    func content(_ text: String) throws -> Content {
      Content(kind: .directory, digest: try store.deposit(bytes: Array(text.utf8)), sizeBytes: 1)
    }
    for path in ["../x", "/x", "a/../../x", "", ".", "a//b", "a/"] {
      let harmful = try content("\(path)\0f \(file.hex) 1\n")
      #expect(throws: StorageError.self) {
        try store.materialise(harmful, at: "out", in: scratch.directory)
      }
    }
    for target in ["/etc", "..", "a/../.."] {
      let link = try store.deposit(bytes: Array(target.utf8))
      let harmful = try content("l\0l \(link.hex) \(target.utf8.count)\n")
      #expect(throws: StorageError.damaged(harmful.digest)) {
        try store.materialise(harmful, at: "out", in: scratch.directory)
      }
      let through = try content(
        "l\0l \(link.hex) \(target.utf8.count)\nl/x\0f \(file.hex) 1\n")
      #expect(throws: StorageError.self) {
        try store.materialise(through, at: "out", in: scratch.directory)
      }
    }
    #expect(try scratch.directory.list().map(\.name) == [Array(".pipeline".utf8)])
  }

  @Test("Two depositors at once leave one sound store")
  func concurrent() async throws {
    let scratch = try StorageScratch()
    for seed in 0..<4 {
      try Self.plant(Path("out\(seed)"), in: scratch, seed: UInt64(seed))
      try Self.plant(Path("copy\(seed)"), in: scratch, seed: UInt64(seed))
    }
    let found = try await withThrowingTaskGroup(of: [Content].self) { group in
      for name in ["out", "copy", "out", "copy"] {
        group.addTask {
          let store = try scratch.store()
          let paths = (0..<4).map { Path("\(name)\($0)") }
          return try store.deposit(paths, from: scratch.contents())
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(found).count == 1)
    let store = try scratch.store()
    for content in found[0] { #expect(try store.contains(content)) }
    #expect(try await store.verify(heal: false).isSound)
    #expect(try store.temporary.list().isEmpty)
  }

  @Test("A missing output, or one with what cannot be stored, deposits nothing that counts")
  func refused() throws {
    let scratch = try StorageScratch()
    let store = try scratch.store()
    #expect(throws: StorageError.missingOutput("absent")) {
      try store.deposit(["absent"], from: scratch.contents())
    }
    try scratch.write("d/a", "a")
    try scratch.link("d/b", to: "/etc/passwd")
    #expect(throws: StorageError.self) { try store.deposit(["d"], from: scratch.contents()) }
    #expect(try store.temporary.list().isEmpty)
    #expect(try store.keys().isEmpty)
  }

  #if os(Linux)
    @Test("A full disk is an error that leaves no temporary file", .enabled(if: getuid() == 0))
    func fullDisk() throws {
      let scratch = try StorageScratch()
      let disk = try StorageScratch()
      guard mount("tmpfs", disk.path.description, "tmpfs", 0, "size=1m") == 0 else { return }
      defer { umount2(disk.path.description, Int32(MNT_DETACH)) }
      let store = try Store(opening: disk.path.appending("store"), warnings: scratch.warnings)
      var random = SplitMix64(seed: 1)
      try scratch.write(
        "big", (0..<(2 << 20)).map { _ in UInt8.random(in: 0...255, using: &random) })
      try scratch.write("small", "small")
      let temporary = disk.path.appending("store/objects/tmp")
      #expect(throws: SystemError("write", temporary, code: ENOSPC)) {
        try store.deposit(["small", "big"], from: scratch.contents())
      }
      #expect(try store.temporary.list().isEmpty)
      let found = try store.deposit(["small"], from: scratch.contents())
      #expect(try store.contains(found[0]))
    }
  #endif
}
