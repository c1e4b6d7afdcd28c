import PipelineModel
import Testing

@testable import PipelineEngine

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

@Suite("Contents") struct ContentsTests {
  private static let odd = Path([0x6F, 0xFF, 0xFE, 0x0A, 0x22])

  @Test("A file's content is its bytes and whether it can be executed")
  func files() throws {
    let scratch = try StorageScratch()
    try scratch.write("a", "x")
    try scratch.write("b", "x", isExecutable: true)
    try scratch.write("empty", "")
    let contents = scratch.contents()
    let a = Content(kind: .file, digest: Digest(of: "x"), sizeBytes: 1)
    #expect(try contents.content(ofInput: "a") == a)
    #expect(try contents.content(ofOutput: "a") == a)
    #expect(
      try contents.content(ofInput: "b")
        == Content(kind: .executable, digest: Digest(of: "x"), sizeBytes: 1))
    #expect(try contents.content(ofInput: "empty")?.digest == Digest(of: ""))
    #expect(try contents.content(ofInput: "absent") == nil)
    #expect(try contents.content(ofInput: "a/below") == nil)
    #expect(try contents.content(ofOutput: "absent/below") == nil)
  }

  @Test("A directory's listing has what counts, empty directories and names of any bytes")
  func directories() throws {
    let scratch = try StorageScratch()
    for path in ["d/a", "d/sub/b", "d/x.pyc", "d/__pycache__/c", "d/.git/d", "d/t/only.tmp"] {
      try scratch.write(Path(path), "x")
    }
    try scratch.write(Path("d").appending(Self.odd), "odd")
    try scratch.directory.makeDirectories("d/empty/deep")
    let contents = scratch.contents(ignore: ["*.tmp", "d/sub/*"])
    let listing = try contents.listing(ofInput: "d")
    #expect(
      listing.entries.map { "\($0.path.bytes == Self.odd.bytes ? "odd" : $0.path.description)" }
        == ["a", "empty/deep", "odd", "sub", "t"])
    #expect(try contents.content(ofOutput: "d") == listing.content)
    #expect(try contents.content(ofInput: "d") == listing.content)
    #expect(Listing(reading: listing.bytes) == listing)
    try scratch.write(Path("d").appending(Self.odd), "even")
    #expect(try contents.content(ofInput: "d") != listing.content)
  }

  @Test("Links of inputs are followed, wherever they lead")
  func followedLinks() throws {
    let scratch = try StorageScratch()
    let elsewhere = try StorageScratch()
    try elsewhere.write("far/file", "far")
    try scratch.write("d/a", "a")
    try scratch.link("d/link", to: "a")
    try scratch.link("d/far", to: elsewhere.path.appending("far").description)
    try scratch.link("whole", to: "d")
    let contents = scratch.contents()
    #expect(try scratch.tree("d") == ["a file", "far/file file", "link file"])
    #expect(try contents.content(ofInput: "whole") == contents.content(ofInput: "d"))
    #expect(try contents.content(ofInput: "d/link")?.digest == Digest(of: "a"))
    let absolute = elsewhere.path.appending("far")
    #expect(try contents.content(ofInput: absolute)?.kind == .directory)
  }

  @Test("Loops, links to nowhere and special files are errors that name the path")
  func refusedInputs() throws {
    let scratch = try StorageScratch()
    try scratch.link("loop/self", to: ".")
    try scratch.link("around/a", to: "b")
    try scratch.link("around/b", to: "a")
    try scratch.link("lost/link", to: "nowhere")
    try scratch.link("lostParent", to: "nowhere")
    try scratch.pipe("pipe")
    try scratch.write("special/file", "x")
    try scratch.pipe("special/pipe")
    let cases: [(Path, StorageError)] = [
      ("loop", .linkLoop("loop/self")), ("around", .linkLoop("around/a")),
      ("around/a", .linkLoop("around/a")), ("lost", .danglingLink("lost/link")),
      ("lost/link", .danglingLink("lost/link")),
      ("lostParent/file", .danglingLink("lostParent")), ("pipe", .notAFile("pipe")),
      ("special", .notAFile("special/pipe")),
    ]
    for (path, error) in cases {
      #expect(throws: error) { try scratch.contents().content(ofInput: path) }
    }
  }

  @Test("Links of outputs are not followed")
  func refusedOutputs() throws {
    let scratch = try StorageScratch()
    try scratch.write("real/a", "a")
    try scratch.link("link", to: "real")
    try scratch.link("fileLink", to: "real/a")
    try scratch.pipe("pipe")
    let contents = scratch.contents()
    #expect(throws: StorageError.outputIsLink("link")) { try contents.content(ofOutput: "link") }
    #expect(throws: StorageError.outputIsLink("fileLink")) {
      try contents.content(ofOutput: "fileLink")
    }
    #expect(throws: StorageError.linkedParent("link/a", link: "link")) {
      try contents.content(ofOutput: "link/a")
    }
    #expect(throws: StorageError.notAFile("pipe")) { try contents.content(ofOutput: "pipe") }
    for path: Path in ["../a", "/etc/passwd", ""] {
      #expect(throws: StorageError.notInside(path)) { try contents.content(ofOutput: path) }
    }
  }

  @Test("A parent may be a link into an outside directory, in whatever spelling")
  func outside() throws {
    let scratch = try StorageScratch()
    let disk = try StorageScratch()
    try disk.write("models/m", "m")
    try scratch.link("Models", to: "\(disk.path)/../\(Path(disk.path.name))/models")
    #expect(throws: StorageError.linkedParent("Models/m", link: "Models")) {
      try scratch.contents(outside: ["/nowhere"]).content(ofOutput: "Models/m")
    }
    for allowed in [disk.path, disk.path.appending("models"), Path("Models")] {
      let contents = scratch.contents(outside: [allowed])
      #expect(try contents.content(ofOutput: "Models/m")?.digest == Digest(of: "m"))
    }
    // Beside an outside directory whose name it begins with.
    #expect(throws: StorageError.self) {
      try scratch.contents(outside: [disk.path.appending("mod")]).content(ofOutput: "Models/m")
    }
  }

  @Test(
    "A link in an output directory stays inside",
    arguments: [
      ("a", true), ("../a", true), ("./../sub/x", true), ("..", true), ("nowhere", true),
      ("../..", false), ("../../a", false), ("/etc/passwd", false), ("x/../../..", false),
      ("up/../..", false), ("", false),
    ])
  func escapes(target: String, isInside: Bool) throws {
    #expect(Path.staysInside(target: Array(target.utf8), ofLinkAt: "sub/link") == isInside)
    guard !target.isEmpty else { return }
    let scratch = try StorageScratch()
    try scratch.write("out/a", "a")
    try scratch.link("out/sub/link", to: target)
    let contents = scratch.contents()
    if isInside {
      let expected = Listing([
        .init(path: "a", kind: .file, digest: Digest(of: "a"), sizeBytes: 1),
        .init(
          path: "sub/link", kind: .link, digest: Digest(of: target),
          sizeBytes: target.utf8.count),
      ])
      #expect(try contents.content(ofOutput: "out") == expected.content)
    } else {
      #expect(throws: StorageError.escapingLink("out/sub/link", target: Array(target.utf8))) {
        try contents.content(ofOutput: "out")
      }
    }
  }

  @Test("What an output directory holds that is ignored, but for what tools make by themselves")
  func uncounted() throws {
    let scratch = try StorageScratch()
    try scratch.write("clean/a/b", "x")
    for name in ["__pycache__/b.tmp", "c.pyc", ".DS_Store", ".ipynb_checkpoints/d"] {
      try scratch.write(Path("clean/a/\(name)"), "x")
    }
    try scratch.write("dirty/a/b.tmp", "x")
    try scratch.write("dirty/.git/c", "x")
    let contents = scratch.contents(ignore: ["*.tmp"])
    #expect(try contents.uncounted(in: "clean").isEmpty)
    #expect(try contents.uncounted(in: "dirty") == ["dirty/.git", "dirty/a/b.tmp"])
    #expect(try contents.uncounted(in: "absent").isEmpty)
    #expect(try contents.uncounted(in: "dirty/a/b.tmp").isEmpty)
  }

  @Test("A mark tells a change of what is not read")
  func mark() throws {
    let scratch = try StorageScratch()
    try scratch.write("d/a", "x")
    let contents = scratch.contents()
    let first = try contents.mark(of: ["d"])
    #expect(try contents.mark(of: ["d"]) == first)
    try scratch.write("d/sub/b", "y")
    let second = try contents.mark(of: ["d"])
    #expect(second != first)
    try scratch.write("d/sub/b", "yy")
    #expect(try contents.mark(of: ["d"]) != second)
  }

  @Test("A pattern matches files and links to files, sorted by bytes")
  func globs() throws {
    let scratch = try StorageScratch()
    for path in [
      "d/b.csv", "d/a.csv", "d/B.csv", "d/sub/c.csv", "d/.hidden.csv", "d/x.txt", "e.csv",
    ] {
      try scratch.write(Path(path), "x")
    }
    try scratch.write("d/.git/z.csv", "x")
    try scratch.directory.makeDirectories("d/directory.csv")
    try scratch.link("d/l.csv", to: "x.txt")
    try scratch.link("d/m.csv", to: "sub")
    try scratch.link("d/dangling.txt", to: "nowhere")
    let contents = scratch.contents()
    func matches(_ pattern: String) throws -> [String] {
      try contents.matches(of: Glob(Path(pattern))).map(\.description)
    }
    #expect(try matches("d/*.csv") == ["d/B.csv", "d/a.csv", "d/b.csv", "d/l.csv"])
    #expect(try matches("d/sub/*.csv") == ["d/sub/c.csv"])
    #expect(try matches("*.csv") == ["e.csv"])
    #expect(try matches("absent/*.csv").isEmpty)
    #expect(try matches("d/**/c.csv") == ["d/m.csv/c.csv", "d/sub/c.csv"])
    #expect(throws: StorageError.danglingLink("d/dangling.txt")) { try matches("d/*.txt") }
  }

  @Test("A directory deeper than any call stack or path limit")
  func depth() throws {
    let scratch = try StorageScratch()
    let deep = Path((0..<300).map { _ in "a-directory-with-a-name" }.joined(separator: "/"))
    try scratch.write(Path("top").appending(deep).appending("a"), "x")
    let listing = try scratch.contents().listing(ofInput: "top")
    #expect(listing.entries.map(\.path) == [deep.appending("a")])
    #expect(try scratch.contents().content(ofOutput: "top") == listing.content)
  }

  @Test("What cannot be read is an error with its path", .enabled(if: getuid() != 0))
  func unreadable() throws {
    let scratch = try StorageScratch()
    try scratch.write("d/secret", "x")
    try scratch.directory.setPermissions(0, of: "d/secret")
    #expect(throws: SystemError("open", "d/secret" as Path, code: EACCES)) {
      try scratch.contents().content(ofInput: "d")
    }
  }
}
