import Testing

@testable import PipelineModel

@Suite("Path") struct PathTests {
  struct Spelling: Sendable {
    var written: String
    var normal: String
  }

  static let spellings = [
    Spelling(written: "", normal: ""),
    Spelling(written: ".", normal: ""),
    Spelling(written: "./", normal: ""),
    Spelling(written: "./.", normal: ""),
    Spelling(written: "a", normal: "a"),
    Spelling(written: "a/", normal: "a"),
    Spelling(written: "./a", normal: "a"),
    Spelling(written: "a//b", normal: "a/b"),
    Spelling(written: "a/./b/.", normal: "a/b"),
    Spelling(written: "a/../b", normal: "b"),
    Spelling(written: "a/..", normal: ""),
    Spelling(written: "a/b/../..", normal: ""),
    Spelling(written: "a/../..", normal: ".."),
    Spelling(written: "..", normal: ".."),
    Spelling(written: "../", normal: ".."),
    Spelling(written: "../..", normal: "../.."),
    Spelling(written: "../a/../b", normal: "../b"),
    Spelling(written: "a/../../b", normal: "../b"),
    Spelling(written: "...", normal: "..."),
    Spelling(written: "..a/.b", normal: "..a/.b"),
    Spelling(written: "/", normal: "/"),
    Spelling(written: "//", normal: "/"),
    Spelling(written: "/.", normal: "/"),
    Spelling(written: "/..", normal: "/"),
    Spelling(written: "/../a", normal: "/a"),
    Spelling(written: "//a//b/", normal: "/a/b"),
    Spelling(written: "/a/../b", normal: "/b"),
    Spelling(written: "/a/..", normal: "/"),
    Spelling(written: "a b/~", normal: "a b/~"),
  ]

  @Test("Every spelling has one normal form", arguments: spellings)
  func normalForm(_ c: Spelling) {
    let path = Path(c.written)
    #expect(path.bytes == Array(c.normal.utf8))
    #expect(Path(path.bytes) == path, "normal form is its own")
    #expect(path.description == (c.normal.isEmpty ? "." : c.normal))
  }

  struct Kind: Sendable {
    var path: Path
    var isAbsolute = false
    var isHere = false
    var climbs = false
    var isInside = false
  }

  static let kinds = [
    Kind(path: "", isHere: true),
    Kind(path: "a", isInside: true),
    Kind(path: "a/b", isInside: true),
    Kind(path: "..", climbs: true),
    Kind(path: "../a", climbs: true),
    Kind(path: "a/../..", climbs: true),
    Kind(path: "..a", isInside: true),
    Kind(path: "...", isInside: true),
    Kind(path: "a/../b", isInside: true),
    Kind(path: "/", isAbsolute: true),
    Kind(path: "/a", isAbsolute: true),
    Kind(path: "/..", isAbsolute: true),
  ]

  @Test("A path is absolute, the workspace, inside it, or climbs out", arguments: kinds)
  func kind(_ c: Kind) {
    #expect(c.path.isAbsolute == c.isAbsolute)
    #expect(c.path.isHere == c.isHere)
    #expect(c.path.climbs == c.climbs)
    #expect(c.path.isInside == c.isInside)
  }

  struct Parts: Sendable {
    var path: Path
    var parent: Path
    var name: String
    var components: [String]
  }

  static let divisions = [
    Parts(path: "", parent: "..", name: "", components: []),
    Parts(path: "a", parent: "", name: "a", components: ["a"]),
    Parts(path: "a/b", parent: "a", name: "b", components: ["a", "b"]),
    Parts(path: "a/b/c", parent: "a/b", name: "c", components: ["a", "b", "c"]),
    Parts(path: "..", parent: "../..", name: "..", components: [".."]),
    Parts(path: "../..", parent: "../../..", name: "..", components: ["..", ".."]),
    Parts(path: "../a", parent: "..", name: "a", components: ["..", "a"]),
    Parts(path: "../..a", parent: "..", name: "..a", components: ["..", "..a"]),
    Parts(path: "/", parent: "/", name: "", components: []),
    Parts(path: "/a", parent: "/", name: "a", components: ["a"]),
    Parts(path: "/a/b", parent: "/a", name: "b", components: ["a", "b"]),
  ]

  @Test("A path has a parent, a name and components", arguments: divisions)
  func division(_ c: Parts) {
    #expect(c.path.parent == c.parent)
    #expect(c.path.name == Array(c.name.utf8)[...])
    #expect(c.path.components == c.components.map { Array($0.utf8)[...] })
  }

  struct Join: Sendable {
    var base: Path
    var other: Path
    var joined: Path
  }

  static let joins = [
    Join(base: "", other: "", joined: ""),
    Join(base: "", other: "a", joined: "a"),
    Join(base: "", other: "..", joined: ".."),
    Join(base: "a", other: "", joined: "a"),
    Join(base: "a", other: "b/c", joined: "a/b/c"),
    Join(base: "a", other: "..", joined: ""),
    Join(base: "a/b", other: "../c", joined: "a/c"),
    Join(base: "a", other: "../../c", joined: "../c"),
    Join(base: "..", other: "a", joined: "../a"),
    Join(base: "..", other: "..", joined: "../.."),
    Join(base: "../a", other: "..", joined: ".."),
    Join(base: "a", other: "/b", joined: "/b"),
    Join(base: "/", other: "a", joined: "/a"),
    Join(base: "/", other: "", joined: "/"),
    Join(base: "/", other: "../a", joined: "/a"),
    Join(base: "/a", other: "b", joined: "/a/b"),
    Join(base: "/a", other: "../../b", joined: "/b"),
  ]

  @Test("Appending reads a path from another", arguments: joins)
  func appending(_ c: Join) {
    #expect(c.base.appending(c.other) == c.joined)
    #expect(Path(c.base.appending(c.other).bytes) == c.joined, "normal form")
    #expect(c.base.appending(c.other.isHere ? "." : c.other.description) == c.joined)
  }

  @Test("An entry lies in its directory")
  func entries() {
    let name = Array("x".utf8)
    #expect(Path.here.entry(name) == "x")
    #expect(Path("a").entry(name) == "a/x")
    #expect(Path("/").entry(name) == "/x")
    #expect(Path("..").entry(name) == "../x")
    #expect(Path("a").entry(name).parent == "a")
  }

  struct Pair: Sendable {
    var a: Path
    var b: Path
    var aHoldsB = false
    var bHoldsA = false
  }

  static let pairs = [
    Pair(a: "", b: "", aHoldsB: true, bHoldsA: true),
    Pair(a: "a", b: "a", aHoldsB: true, bHoldsA: true),
    Pair(a: "a", b: "a/b", aHoldsB: true),
    Pair(a: "a", b: "ab"),
    Pair(a: "a/b", b: "a/bc"),
    Pair(a: "a", b: "b"),
    Pair(a: "a/b", b: "a/c"),
    Pair(a: "", b: "a/b", aHoldsB: true),
    Pair(a: "", b: "/"),
    Pair(a: "", b: "/a"),
    Pair(a: "a", b: "/a"),
    Pair(a: "/", b: "/", aHoldsB: true, bHoldsA: true),
    Pair(a: "/", b: "/a", aHoldsB: true),
    Pair(a: "/a", b: "/a/b", aHoldsB: true),
    Pair(a: "/a", b: "/ab"),
    // What climbs to a directory above holds all that is less high, and nothing higher.
    Pair(a: "..", b: "..", aHoldsB: true, bHoldsA: true),
    Pair(a: "..", b: "", aHoldsB: true),
    Pair(a: "..", b: "a/b", aHoldsB: true),
    Pair(a: "..", b: "../a", aHoldsB: true),
    Pair(a: "../..", b: "..", aHoldsB: true),
    Pair(a: "../..", b: "../a", aHoldsB: true),
    Pair(a: "../..", b: "a", aHoldsB: true),
    Pair(a: "..", b: "../../a"),
    Pair(a: "../a", b: "../a/b", aHoldsB: true),
    Pair(a: "../a", b: "../ab"),
    Pair(a: "../a", b: "../..", bHoldsA: true),
    Pair(a: "../a", b: "a"),
    Pair(a: "..", b: "/"),
    Pair(a: "..", b: "..a", aHoldsB: true),
    Pair(a: "..a", b: "..a/b", aHoldsB: true),
  ]

  @Test("A path holds what lies below it, component by component", arguments: pairs)
  func holding(_ c: Pair) {
    #expect(c.a.holds(c.b) == c.aHoldsB)
    #expect(c.b.holds(c.a) == c.bHoldsA)
    #expect(c.a.overlaps(c.b) == (c.aHoldsB || c.bHoldsA))
    #expect(c.b.overlaps(c.a) == c.a.overlaps(c.b))
  }

  struct View: Sendable {
    var path: Path
    var directory: Path
    var seen: Path
  }

  static let views = [
    View(path: "a", directory: "", seen: "a"),
    View(path: "", directory: "", seen: ""),
    View(path: "", directory: "a/b", seen: "../.."),
    View(path: "a", directory: "a", seen: ""),
    View(path: "a/b", directory: "a", seen: "b"),
    View(path: "a", directory: "a/b", seen: ".."),
    View(path: "a/c", directory: "a/b", seen: "../c"),
    View(path: "ab", directory: "a", seen: "../ab"),
    View(path: "x/b", directory: "a/b", seen: "../../x/b"),
    View(path: "../x", directory: "a", seen: "../../x"),
    View(path: "..", directory: "a/b", seen: "../../.."),
    View(path: "/x", directory: "a", seen: "/x"),
  ]

  @Test("A path seen from a directory leads back to itself", arguments: views)
  func seen(_ c: View) {
    #expect(c.path.seen(from: c.directory) == c.seen)
    #expect(c.directory.appending(c.seen) == c.path)
  }

  @Test("Names that only look alike are different names")
  func lookAlikes() {
    let composed = Path("caf\u{e9}")
    let decomposed = Path("cafe\u{301}")
    #expect("caf\u{e9}" == "cafe\u{301}", "Swift's String merges them")
    #expect(composed != decomposed)
    #expect(Set([composed, decomposed]).count == 2)
    #expect(!composed.overlaps(decomposed))
    // A combining mark makes one character with a slash before it, yet the slash still separates.
    #expect(Path("a/\u{301}b").parent == "a")
    #expect(Path("cafe").holds(Path("cafe/\u{301}")))
    #expect(Path("a\u{301}") > Path("a/"))
  }

  @Test("Bytes that are not UTF-8 are kept, and shown replaced")
  func foreignBytes() {
    let path = Path([0x61, 0x2f, 0xff, 0xc3, 0x2f, 0x2e, 0x2f, 0x80])
    #expect(path.bytes == [0x61, 0x2f, 0xff, 0xc3, 0x2f, 0x80])
    #expect(path.name == [0x80])
    #expect(path.parent.bytes == [0x61, 0x2f, 0xff, 0xc3])
    #expect(path.parent.entry([0x80] as [UInt8]) == path)
    #expect(path.description == "a/\u{fffd}\u{fffd}/\u{fffd}")
    #expect(Path([0xff] as [UInt8]) != Path([0xfe] as [UInt8]))
    #expect(Path("a").holds(path))
  }

  @Test("Order is by bytes")
  func order() {
    let sorted: [Path] = ["", "..", "/", "B", "a", "a-b", "a/b", "ab", "b", "\u{e9}"]
    #expect(sorted.reversed().sorted() == sorted)
  }
}
