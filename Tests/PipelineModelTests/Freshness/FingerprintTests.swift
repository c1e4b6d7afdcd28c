import Seeds
import Testing

@testable import PipelineModel

@Suite("Fingerprint") struct FingerprintTests {
  static let digest = Digest(of: "x").description
  static let base: [Field] = [
    Field(.format, value: "1"),
    Field(.command, value: "train --fast"),
    Field(.shell, value: "sh"),
    Field(.directory, value: "Work"),
    Field(.stepName, value: "train@seed=1"),
    Field(.source, "train.py", value: digest),
    Field(.component, "Train", value: digest),
    Field(.variable, "OMP_NUM_THREADS", value: "1"),
    Field(.tool, "python3", value: "executable \(digest)"),
    Field(.parameter, "train.rate", value: "0.1"),
    Field(.matrix, "seed", value: "1"),
    Field(.input, "clean", path: "Data/clean.csv", value: digest),
    Field(.input, "parts[]", path: "Data/1", value: digest),
    Field(.input, "parts[]", path: "Data/2", value: digest),
    Field(.output, "model", path: "Models/model.json", value: ""),
    Field(.platform, value: "linux-x86_64"),
  ]

  @Test("Fields are read as they were written, also what has to be quoted and what has no path")
  func text() throws {
    let odd = [
      Field(.input, "a\"b\\", path: "", value: "line\nline"),
      Field(.input, "e\u{301}", path: "\u{e9}", value: "\u{1}"),
    ]
    for fields in [FingerprintTests.base, odd, []] {
      var bytes: [UInt8] = []
      Fingerprint(fields).writeFields(to: &bytes)
      let read = try #require(try JSON.read(bytes).list)
      #expect(read.map { Field(json: $0) } == fields.map { $0 })
    }
  }

  @Test("A content is told by its description and by no other text")
  func described() {
    let digest = Digest(of: "x")
    let file = Content(kind: .file, digest: digest, sizeBytes: 1)
    let program = Content(kind: .executable, digest: digest, sizeBytes: 1)
    let texts = [
      digest.description, "executable \(digest)", digest.hex, "\(digest)0", "sha256:",
      Digest(of: "y").description, "SHA256:\(digest.hex)", "",
    ]
    for text in texts {
      #expect(file.isDescribed(by: text) == (text == file.description), "\(text)")
      #expect(program.isDescribed(by: text) == (text == program.description), "\(text)")
    }
  }

  @Test("Every kind of field is among those tried")
  func allKinds() {
    #expect(Set(FingerprintTests.base.map(\.kind)) == Set(Field.Kind.allCases))
  }

  @Test(
    "A changed value of any field changes the key and is the only reason", arguments: base.indices)
  func changed(_ index: Int) {
    let old = Fingerprint(FingerprintTests.base)
    let field = FingerprintTests.base[index]
    var fields = FingerprintTests.base
    fields[index] = Field(field.kind, field.name, path: field.path, value: field.value + "'")
    let new = Fingerprint(fields)
    #expect(new.key != old.key)
    #expect(new.changes(since: old) == [.changed(from: field, to: fields[index])])
    #expect(old.changes(since: new) == [.changed(from: fields[index], to: field)])
  }

  @Test(
    "A field that comes or goes changes the key and is the only reason", arguments: base.indices)
  func removed(_ index: Int) {
    let old = Fingerprint(FingerprintTests.base)
    var fields = FingerprintTests.base
    let field = fields.remove(at: index)
    let new = Fingerprint(fields)
    #expect(new.key != old.key)
    #expect(new.changes(since: old) == [.removed(field)])
    #expect(old.changes(since: new) == [.added(field)])
  }

  @Test("A name that changes is one field gone and one come", arguments: base.indices)
  func renamed(_ index: Int) {
    let old = Fingerprint(FingerprintTests.base)
    let field = FingerprintTests.base[index]
    var fields = FingerprintTests.base
    fields[index] = Field(field.kind, "z" + field.name, path: field.path, value: field.value)
    let new = Fingerprint(fields)
    #expect(new.key != old.key)
    #expect(new.changes(since: old) == [.added(fields[index]), .removed(field)])
  }

  @Test("A moved input or output is changed; a moved element of a list is another element")
  func moved() {
    let old = Fingerprint(FingerprintTests.base)
    for (index, field) in FingerprintTests.base.enumerated() {
      guard let path = field.path else { continue }
      var fields = FingerprintTests.base
      fields[index] = Field(field.kind, field.name, path: path + "2", value: field.value)
      let new = Fingerprint(fields)
      #expect(new.key != old.key)
      let isElement = field.name.hasSuffix(Field.elementMark)
      #expect(
        new.changes(since: old)
          == (isElement
            ? [.added(fields[index]), .removed(field)] : [.changed(from: field, to: fields[index])])
      )
    }
  }

  @Test("A list in another order has another key, and says so")
  func reordered() {
    let a = Field(.input, "x[]", path: "a", value: FingerprintTests.digest)
    let b = Field(.input, "x[]", path: "b", value: FingerprintTests.digest)
    let old = Fingerprint([a, b])
    #expect(Fingerprint([b, a]).key != old.key)
    #expect(Fingerprint([b, a]).changes(since: old) == [.changed(from: a, to: b)])
    #expect(Fingerprint([a, b, b]).key != old.key)
    #expect(Fingerprint([a, b, b]).changes(since: old) == [.added(b)])
    #expect(old.changes(since: Fingerprint([a, b, b])) == [.removed(b)])
  }

  @Test("Reasons follow the order of the kinds, whatever changed first")
  func order() {
    let old = Fingerprint(FingerprintTests.base)
    let fields = FingerprintTests.base.reversed().map {
      Field($0.kind, $0.name, path: $0.path, value: $0.value + "'")
    }
    let kinds = Fingerprint(fields).changes(since: old).compactMap { reason -> Field.Kind? in
      if case .changed(_, let field) = reason { field.kind } else { nil }
    }
    let order = Field.Kind.allCases
    #expect(kinds.count == FingerprintTests.base.count)
    #expect(kinds.compactMap(order.firstIndex) == kinds.compactMap(order.firstIndex).sorted())
  }

  /// Pairs that would be one, were fields only written one after the other.
  static let tricks: [([Field], [Field])] = [
    ([Field(.parameter, "ab", value: "c")], [Field(.parameter, "a", value: "bc")]),
    ([Field(.parameter, "a", value: "b")], [Field(.parameter, "", value: "ab")]),
    ([Field(.input, "a", path: "b", value: "c")], [Field(.input, "a", path: "", value: "bc")]),
    ([Field(.input, "a", path: "b", value: "c")], [Field(.input, "ab", path: nil, value: "c")]),
    ([Field(.input, "a", path: nil, value: "c")], [Field(.input, "a", path: "", value: "c")]),
    (
      [Field(.variable, "A", value: "1"), Field(.variable, "B", value: "2")],
      [Field(.variable, "A", value: "1\u{7}\u{1}B2")]
    ),
    ([Field(.variable, "A", value: "1")], [Field(.parameter, "A", value: "1")]),
    ([Field(.command, value: "")], []),
    ([Field(.command, value: "a\0b")], [Field(.command, value: "a")]),
    ([Field(.parameter, "n", value: "1")], [Field(.parameter, "n", value: "\"1\"")]),
    ([Field(.parameter, "n", value: "1.10")], [Field(.parameter, "n", value: "1.1")]),
    (
      [Field(.source, "caf\u{e9}", value: "1")], [Field(.source, "cafe\u{301}", value: "1")]
    ),
    ([Field(.command, value: "caf\u{e9}")], [Field(.command, value: "cafe\u{301}")]),
  ]

  @Test("Two fingerprints never share a key", arguments: tricks.indices)
  func framing(_ index: Int) {
    let (a, b) = FingerprintTests.tricks[index]
    #expect(Fingerprint(a).key != Fingerprint(b).key)
    #expect(Fingerprint(a) != Fingerprint(b))
    #expect(!Fingerprint(a).changes(since: Fingerprint(b)).isEmpty)
    #expect(!Fingerprint(b).changes(since: Fingerprint(a)).isEmpty)
  }

  @Test("Keys, equality and reasons agree on random fingerprints")
  func seeds() {
    for seed in 0..<2000 as Range<UInt64> {
      var random = SplitMix64(seed: seed)
      let pair = (0..<2).map { _ in
        Fingerprint(
          (0..<random.below(5)).map { _ in
            let texts = ["", "a", "b", "ab", "[]", "a[]"]
            return Field(
              [.parameter, .input, .source][random.below(3)], texts[random.below(6)],
              path: random.oneIn(2) ? nil : texts[random.below(4)], value: texts[random.below(4)])
          })
      }
      let isSame = pair[0].fields == pair[1].fields
      #expect((pair[0].key == pair[1].key) == isSame, "seed \(seed)")
      #expect(pair[0].changes(since: pair[1]).isEmpty == isSame, "seed \(seed)")
    }
  }

  @Test(
    "The key stays what it was, else no old result is found; if it must change, so does the format")
  func golden() {
    #expect(
      Fingerprint(FingerprintTests.base).key.digest.hex
        == "99b473f19c96e125fc59086e5c8a199105da4a09e00144d0a42cc573c9aaec29")
  }
}
