import PipelineModel
import Seeds
import Testing

@Suite("Differences of texts") struct TextDifferenceTests {
  struct Case: Sendable {
    let old: String
    let new: String
    /// As `diff -U1` writes it, without the two lines of names.
    let patch: [String]
  }

  static let cases = [
    Case(old: "a\nb\n", new: "a\nb\n", patch: []),
    Case(old: "", new: "", patch: []),
    Case(old: "", new: "a\nb\n", patch: ["@ 0,0 1,2", "+a", "+b"]),
    Case(old: "a\n", new: "", patch: ["@ 1,1 0,0", "-a"]),
    Case(
      old: "a\nb\nc\nd\n", new: "a\nx\nc\nd\n", patch: ["@ 1,3 1,3", " a", "-b", "+x", " c"]),
    Case(
      old: "1\n2\n3\n4\n5\n6\n", new: "0\n1\n2\n3\n4\n5\n",
      patch: ["@ 1,1 1,2", "+0", " 1", "@ 5,2 6,1", " 5", "-6"]),
    Case(old: "a", new: "a\n", patch: ["@ 1,1 1,1", "-a (no line end)", "+a"]),
    Case(old: "\u{E9}\n", new: "e\u{301}\n", patch: ["@ 1,1 1,1", "-\u{E9}", "+e\u{301}"]),
  ]

  @Test("Changes stand in hunks with a line around them", arguments: cases)
  func hunks(_ c: Case) throws {
    let difference = try #require(
      TextDifference(from: Array(c.old.utf8), to: Array(c.new.utf8), around: 1))
    let lines = difference.hunks.flatMap { hunk in
      ["@ \(hunk.oldStart),\(hunk.oldCount) \(hunk.newStart),\(hunk.newCount)"]
        + hunk.lines.map { line in
          switch line {
          case .same(let text): " " + text
          case .removed(let text): "-" + text
          case .added(let text): "+" + text
          }
        }
    }
    #expect(lines == c.patch)
  }

  @Test("What is no text, or differs in too many lines, is not told line by line")
  func refused() {
    #expect(TextDifference(from: [0, 1], to: [65]) == nil)
    #expect(TextDifference(from: [0xFF, 10], to: [65]) == nil)
    let many = (0..<4_000).map { "line \($0)\n" }.joined()
    #expect(TextDifference(from: [], to: Array(many.utf8)) == nil)
    // However long a text is, what is the same at both ends costs nothing.
    #expect(TextDifference(from: Array(many.utf8), to: Array((many + "x\n").utf8))?.addedCount == 1)
  }

  @Test("The hunks lead from one text to the other", arguments: 0..<50)
  func patch(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    func text() -> [String] {
      (0..<Int.random(in: 0...30, using: &random)).map { _ in
        "\(Int.random(in: 0...5, using: &random))"
      }
    }
    let (old, new) = (text(), text())
    let bytes = [old, new].map { Array($0.map { $0 + "\n" }.joined().utf8) }
    let difference = try #require(TextDifference(from: bytes[0], to: bytes[1]))
    var result = old
    // From the last to the first, so that places stay what they are.
    for hunk in difference.hunks.reversed() {
      let start = hunk.oldCount == 0 ? hunk.oldStart : hunk.oldStart - 1
      var (before, after): ([String], [String]) = ([], [])
      for line in hunk.lines {
        switch line {
        case .same(let text):
          before.append(text)
          after.append(text)
        case .removed(let text): before.append(text)
        case .added(let text): after.append(text)
        }
      }
      #expect(Array(result[start..<start + before.count]) == before)
      result.replaceSubrange(start..<start + before.count, with: after)
    }
    #expect(result == new)
  }
}
