import Seeds
import Testing

@testable import PipelineModel

@Suite("Listing") struct ListingTests {
  static func entry(_ path: Path, _ kind: Listing.Kind = .file, size: Int = 3) -> Listing.Entry {
    .init(path: path, kind: kind, digest: Digest(of: "\(path)"), sizeBytes: size)
  }

  static let hex = Digest(of: "x").hex

  @Test("What is written reads back, whatever the names")
  func roundTrip() throws {
    let listing = Listing([
      ListingTests.entry("b"), ListingTests.entry("a/c", .executable),
      ListingTests.entry("a/b", .link),
      ListingTests.entry("a-b"), ListingTests.entry("empty", .directory, size: 0),
      ListingTests.entry(Path("line\nbreak f \(ListingTests.hex) 3")), ListingTests.entry("x y"),
      ListingTests.entry(Path([0xFF, 0xFE])), ListingTests.entry("caf\u{e9}"),
      ListingTests.entry("cafe\u{301}"), ListingTests.entry("..x"),
      ListingTests.entry("big", size: .max / 2),
    ])
    #expect(listing.entries.map(\.path) == listing.entries.map(\.path).sorted())
    #expect(Listing(reading: listing.bytes) == listing)
    #expect(Listing(reading: []) == Listing([]))
  }

  @Test("The order of entries does not matter, all else does")
  func digest() {
    let entries = [ListingTests.entry("a"), ListingTests.entry("b"), ListingTests.entry("c/d")]
    let whole = Listing(entries).content
    #expect(Listing(entries.reversed()).content == whole)
    #expect(whole.kind == .directory)
    #expect(whole.sizeBytes == 9)
    #expect(Listing(Array(entries.dropLast())).content != whole)
    #expect(Listing([]).content != whole)
    let others = [
      ListingTests.entry("a", .executable), ListingTests.entry("a", .link),
      .init(path: "a", kind: .file, digest: Digest(of: "other"), sizeBytes: 3),
      .init(path: "A", kind: .file, digest: Digest(of: "a"), sizeBytes: 3),
    ]
    for other in others { #expect(Listing([other] + entries.dropFirst()).content != whole) }
  }

  @Test("A file, an executable and a directory of one digest differ")
  func kinds() {
    let contents = [Content.Kind.file, .executable, .directory].map {
      Content(kind: $0, digest: Digest(of: "x"), sizeBytes: 1)
    }
    #expect(Set(contents).count == 3)
    #expect(Set(contents.map(\.description)).count == 3)
    #expect(
      contents[0] == Content(kind: .file, digest: Digest(of: "x"), sizeBytes: 9),
      "the size follows from the digest")
  }

  static func line(_ path: String, _ rest: String = "f \(hex) 3\n") -> String { path + "\0" + rest }

  static let hostile: [(name: String, text: String)] = [
    ("absolute", line("/etc/passwd")),
    ("climbing", line("../x")),
    ("climbing later", line("a/../../x")),
    ("not in normal form", line("a/./b")),
    ("doubled slash", line("a//b")),
    ("slash at the end", line("a/")),
    ("dot", line(".")),
    ("no name", line("")),
    ("twice", line("a") + line("a")),
    ("not sorted", line("b") + line("a")),
    ("below a file", line("a") + line("a/b")),
    ("below a link", line("a", "l \(hex) 3\n") + line("a/b")),
    ("deep below an executable", line("a", "x \(hex) 3\n") + line("a/b/c/d")),
    ("below a file with others between", line("a") + line("a-b") + line("a/b")),
    ("unknown kind", line("a", "s \(hex) 3\n")),
    ("no kind", line("a", " \(hex) 3\n")),
    ("short digest", line("a", "f abc 3\n")),
    ("digest in upper case", line("a", "f \(hex.uppercased()) 3\n")),
    ("digest with a prefix", line("a", "f sha256:\(hex) 3\n")),
    ("negative size", line("a", "f \(hex) -3\n")),
    ("signed size", line("a", "f \(hex) +3\n")),
    ("padded size", line("a", "f \(hex) 03\n")),
    ("huge size", line("a", "f \(hex) 99999999999999999999\n")),
    (
      "sizes that together are too large",
      line("a", "f \(hex) \(Int.max)\n") + line("b", "f \(hex) \(Int.max)\n")
    ),
    ("two blanks", line("a", "f  \(hex) 3\n")),
    ("a field too many", line("a", "f \(hex) 3 4\n")),
    ("cut off", line("a", "f \(hex) 3")),
    ("no NUL", "a f \(hex) 3\n"),
    ("NUL in a name", "a\0b\0f \(hex) 3\n"),
    ("more behind", line("a") + "x"),
  ]

  @Test("What must never be materialised is not read", arguments: hostile.indices)
  func refused(_ index: Int) {
    let (name, text) = ListingTests.hostile[index]
    #expect(Listing(reading: Array(text.utf8)) == nil, "\(name)")
  }

  @Test("The line that the hostile ones are made from is fine")
  func harmless() {
    #expect(Listing(reading: Array(ListingTests.line("a").utf8))?.entries.count == 1)
    #expect(
      Listing(reading: Array((ListingTests.line("a") + ListingTests.line("b/c")).utf8))?.content
        .sizeBytes == 6)
  }

  @Test("Any bytes are refused or written back as they were")
  func anyBytes() {
    let good = Listing([ListingTests.entry("a"), ListingTests.entry("b/c", .link)]).bytes
    for seed in 0..<3000 as Range<UInt64> {
      var random = SplitMix64(seed: seed)
      var bytes = good
      for _ in 0...random.below(3) {
        let place = random.below(bytes.count)
        switch random.below(3) {
        case 0: bytes[place] = UInt8(random.below(256))
        case 1: bytes.remove(at: place)
        default: bytes.insert(bytes[random.below(bytes.count)], at: place)
        }
      }
      if let listing = Listing(reading: bytes) { #expect(listing.bytes == bytes, "seed \(seed)") }
    }
  }
}
