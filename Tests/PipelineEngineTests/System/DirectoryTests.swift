import CPipelineSystem
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

@Suite("Directory") struct DirectoryTests {
  let scratch: ScratchDirectory
  var directory: Directory { scratch.directory }

  init() throws { scratch = try ScratchDirectory() }

  @Test("What is written is read back, and takes the place of what was there")
  func replace() throws {
    try directory.replace("a", with: [1, 2, 3])
    try directory.replace("a", with: [], durable: true)
    #expect(try directory.read("a") == [])
    let large = (0..<3_000_001).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try directory.replace("a", with: large, durable: true)
    #expect(try directory.read("a") == large)
    #expect(try scratch.names() == ["a"])
  }

  @Test("An error speaks of what others find: by its path from the workspace, or from the root")
  func shown() throws {
    try scratch.write("a/b/file", "")
    try directory.makeDirectories("a/b/full/of")
    let inner = try directory.directory("a").directory("b")
    func fault(_ body: () throws -> Void) -> String {
      do {
        try body()
        return "none"
      } catch {
        return String("\(error)".prefix { $0 != ":" })
      }
    }
    #expect(fault { _ = try inner.read("none") } == "cannot open 'a/b/none'")
    #expect(fault { _ = try inner.list("none") } == "cannot list 'a/b/none'")
    #expect(fault { _ = try inner.directory("none") } == "cannot open directory 'a/b/none'")
    #expect(fault { try inner.replace("full", with: []) } == "cannot write 'a/b/full'")
    #expect(fault { try inner.write([], to: "full") } == "cannot write 'a/b/full'")
    #expect(
      fault { try inner.rename("none", to: "new") } == "cannot rename to 'a/b/new' 'a/b/none'")
    #expect(
      fault { try inner.makeDirectories("file/deep") } == "cannot make directory 'a/b/file/deep'")
    let store = try Directory(opening: inner.path, shownAs: inner.path)
    #expect(fault { _ = try store.read("none") } == "cannot open '\(inner.path)/none'")
    let shadow = try directory.directory("a", shownAs: .here)
    #expect(fault { _ = try shadow.read("none") } == "cannot open 'none'")
  }

  @Test("A file that cannot take its place leaves nothing beside it")
  func failedReplace() throws {
    try scratch.write("d/x", "kept")
    let error = #expect(throws: SystemError.self) { try directory.replace("d", with: [1]) }
    #expect(error?.code == EISDIR || error?.code == ENOTEMPTY || error?.code == EEXIST)
    #expect(error?.description.hasPrefix("cannot write 'd': ") == true)
    do {
      let file = try directory.newFile("never")
      try file.write([1])
    }
    #expect(try scratch.names() == ["d"])
  }

  @Test("A status tells kind, size, names and executability; absence is nil")
  func status() throws {
    try scratch.write("f", "four")
    try directory.makeLink("l", to: Array("f".utf8))
    try directory.makeLink("nowhere", to: Array("missing".utf8))
    try directory.makeDirectories("d")
    #expect(try directory.status(of: "missing") == nil)
    #expect(try directory.status(of: "f/below") == nil)
    #expect(try directory.status(of: "nowhere", followingLinks: true) == nil)
    #expect(try directory.status(of: "nowhere")?.kind == .link)
    #expect(try directory.status(of: "l", followingLinks: true)?.sizeBytes == 4)
    #expect(try directory.status(of: "d")?.kind == .directory)
    #expect(try directory.status(of: .here)?.kind == .directory)
    let file = try #require(try directory.status(of: "f"))
    #expect(file.kind == .file && !file.isExecutable && file.linkCount == 1)
    try directory.setExecutable(true, of: "f")
    let changed = try #require(try directory.status(of: "f"))
    #expect(changed.isExecutable && changed.inode == file.inode)
    #expect(changed.modified == file.modified && changed.changed >= file.changed)
    try directory.setExecutable(false, of: "f")
    #expect(try directory.status(of: "f")?.permissions == file.permissions)
    #expect(try directory.readLink("l") == Array("f".utf8))
  }

  @Test("A listing is sorted by bytes and keeps names that are no text")
  func list() throws {
    let odd: [UInt8] = [0xFF, 0xFE, 0x0A, 0x80]
    try directory.replace(Path(odd), with: [7])
    try scratch.write("b", "")
    try scratch.write("B", "")
    try directory.makeDirectories("a")
    try directory.makeLink("c", to: odd)
    #expect(
      try directory.list() == [
        DirectoryEntry(name: [66], kind: .file), DirectoryEntry(name: [97], kind: .directory),
        DirectoryEntry(name: [98], kind: .file), DirectoryEntry(name: [99], kind: .link),
        DirectoryEntry(name: odd, kind: .file),
      ])
    #expect(try directory.read("c") == [7])
    try directory.rename(Path(odd), to: "plain")
    #expect(try directory.read("plain") == [7])
  }

  @Test("Look-alike names are different files", arguments: ["\u{E9}", "e\u{301}"])
  func unicode(name: String) throws {
    try scratch.write(Path(name), "x")
    #expect(try directory.list().map(\.name).count == 1)
    #expect(try scratch.text(Path(name)) == "x")
  }

  @Test("A zero byte in a path is refused, not cut off")
  func zeroByte() throws {
    try scratch.write("a", "x")
    let path = Path([97, 0, 98])
    #expect(throws: SystemError.self) { try directory.read(path) }
    #expect(throws: SystemError.self) { try directory.remove(path) }
    #expect(throws: SystemError.self) { try directory.replace(path, with: []) }
    #expect(throws: SystemError.self) { try directory.makeLink("l", to: [97, 0]) }
    #expect(try scratch.names() == ["a"])
  }

  @Test("What is no file is not read, and nothing waits for the writer of a pipe")
  func notAFile() throws {
    try directory.makeDirectories("d")
    #expect(throws: SystemError("read", "d", code: EISDIR)) { try directory.read("d") }
    let pipe = directory.path.appending("pipe").description
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(throws: SystemError.self) { try directory.read("pipe") }
    #expect(try directory.status(of: "pipe")?.kind == .other)
  }

  @Test("A copy equals its source and leaves the source's position alone")
  func copy() throws {
    let bytes = (0..<1_000_003).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 3) }
    try directory.replace("from", with: bytes)
    let source = try directory.open("from").descriptor
    try directory.copy(from: source, to: "to", permissions: 0o755, durable: true)
    #expect(try directory.read("to") == bytes)
    #expect(try directory.status(of: "to")?.isExecutable == true)
    #expect(try source.readAll() == bytes)
    #expect(try scratch.names() == ["from", "to"])
    try directory.copy(from: try directory.open("from").descriptor, to: "from")
    #expect(try directory.read("from") == bytes)
  }

  @Test("A link among the parents is refused for writing, and named")
  func linkedParent() throws {
    try scratch.write("outside/kept", "kept")
    try directory.makeDirectories("in")
    try directory.makeLink("in/link", to: Array("../outside".utf8))
    let write: [(Path) throws -> Void] = [
      { try directory.replace($0, with: [1]) }, { try directory.remove($0) },
      { try directory.makeDirectories($0.appending("more")) },
      { try directory.rename("outside/kept", to: $0) },
      { try directory.rename($0, to: "elsewhere") },
      { try directory.makeLink($0, to: [97]) }, { try directory.setPermissions(0, of: $0) },
    ]
    for write in write {
      let error = #expect(throws: SystemError.self) { try write("in/link/kept") }
      #expect(error?.description.hasSuffix("'in/link' is a symbolic link") == true)
    }
    #expect(try scratch.text("outside/kept") == "kept")
    #expect(try scratch.names("outside") == ["kept"])
    try directory.replace(
      "in/link/new", with: [1], links: .refusedUnless { $0 == "in/link" })
    try directory.makeDirectories("in/link/a/b", links: .followed)
    #expect(try scratch.names("outside") == ["a", "kept", "new"])
  }

  @Test("The first link on the way is found; the last component does not count")
  func firstLink() throws {
    try directory.makeDirectories("a/b/c")
    try directory.makeLink("a/b/l", to: Array("c".utf8))
    #expect(try directory.firstLink(onTheWayTo: "a/b/l/x/y") == "a/b/l")
    #expect(try directory.firstLink(onTheWayTo: "a/b/l") == nil)
    #expect(try directory.firstLink(onTheWayTo: "a/b/c/x") == nil)
    #expect(try directory.firstLink(onTheWayTo: "a/missing/x/y") == nil)
    try directory.makeDirectories("a/late")
    #expect(try directory.firstLink(onTheWayTo: "a/late/x") == nil)
    try directory.remove("a/late")
    try directory.makeLink("a/late", to: Array("b".utf8))
    #expect(try directory.firstLink(onTheWayTo: "a/late/x") == "a/late")
  }

  @Test("Paths longer than the system takes at once work")
  func longPath() throws {
    let deep = Path(Array(repeating: "component", count: 1200).joined(separator: "/"))
    #expect(deep.bytes.count > 10_000)
    try directory.makeDirectories(deep)
    try directory.replace(deep.appending("file"), with: [5])
    #expect(try directory.read(deep.appending("file")) == [5])
    #expect(try directory.list(deep).map(\.name) == [Array("file".utf8)])
    #expect(try directory.firstLink(onTheWayTo: deep) == nil)
    try directory.remove("component")
    #expect(try scratch.names() == [])
  }

  @Test("A name that is too long is an error with a hint")
  func longName() throws {
    let path = Path(String(repeating: "n", count: 5000))
    let error = #expect(throws: SystemError.self) { try directory.read(path) }
    #expect(error?.code == ENAMETOOLONG && error?.hint != nil)
  }

  @Test("An open directory stays itself when it is renamed")
  func renamed() throws {
    try directory.makeDirectories("a")
    let inner = try directory.directory("a")
    try directory.rename("a", to: "b")
    try inner.replace("x", with: [1])
    #expect(try scratch.names("b") == ["x"])
  }
}
