import Seeds
import Testing

@testable import PipelineEngine

@Suite("Secrets in output") struct SecretMaskTests {
  struct Case: Sendable {
    var secrets: [String]
    var text: String
    var masked: String
  }

  static let cases = [
    Case(secrets: [], text: "all", masked: "all"),
    Case(secrets: ["", " \n"], text: "a b\n", masked: "a b\n"),
    Case(secrets: ["token"], text: "a token, to be taken", masked: "a ***, to be taken"),
    Case(secrets: ["x"], text: "fox", masked: "fo***"),
    Case(secrets: ["abc", "abcdef"], text: "abcdef abcde abc", masked: "*** ***de ***"),
    Case(secrets: ["abcd", "cdef"], text: "-abcdef-", masked: "-***-"),
    Case(secrets: ["aa"], text: "aaaaab", masked: "***b"),
    Case(secrets: ["ab"], text: "abab", masked: "******"),
    Case(secrets: ["token\n"], text: "token", masked: "***"),
    Case(secrets: ["tokentoken"], text: "tokentoke", masked: "tokentoke"),
    Case(
      secrets: ["{\n  \"key\": \"v\"\n}\n"], text: "{ x }\n\"key\": \"v\"\n", masked: "{ x }\n***\n"
    ),
    Case(secrets: ["süß"], text: "so süß!", masked: "so ***!"),
  ]

  @Test("Secrets are replaced, the longest first, and overlapping ones together", arguments: cases)
  func masked(_ c: Case) {
    #expect(SecretMask(c.secrets).masked(c.text) == c.masked)
  }

  @Test(
    "Whatever pieces a text comes in, what is shown is the same, and no secret", arguments: 0..<300)
  func pieces(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    func word(_ length: ClosedRange<Int>) -> String {
      String(
        (0..<Int.random(in: length, using: &random)).map { _ in
          "abc\n".randomElement(using: &random) ?? "a"
        })
    }
    let secrets = (0..<Int.random(in: 1...4, using: &random)).map { _ in word(1...6) }
    let text = (0..<30).map { _ in
      Bool.random(using: &random) ? secrets.randomElement(using: &random) ?? "" : word(0...5)
    }.joined()
    let whole = SecretMask(secrets).masked(text)
    var mask = SecretMask(secrets)
    var out: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = Int.random(in: 1...9, using: &random)
      out += mask.feed(rest.prefix(count))
      rest = rest.dropFirst(count)
    }
    out += mask.flush()
    #expect(String(decoding: out, as: UTF8.self) == whole)
    for secret in secrets where secret.contains(where: { $0 != "\n" }) {
      // By bytes: texts would take a line feed behind a letter for something else.
      #expect(!whole.utf8.contains(secret.utf8))
    }
  }

  @Test("A piece in which no secret can begin is passed on, not copied: a flood costs little")
  func flood() {
    func place(_ bytes: [UInt8]) -> UnsafePointer<UInt8>? {
      bytes.withUnsafeBufferPointer { $0.baseAddress }
    }
    var mask = SecretMask(["secret"])
    let piece = Array(String(repeating: "17 0.25\n", count: 1_000).utf8)
    #expect(place(mask.feed(piece)) == place(piece))
    #expect(mask.feed(Array("sec".utf8)).isEmpty)
    #expect(mask.feed(piece) == Array("sec".utf8) + piece)
    #expect(place(mask.feed(piece)) == place(piece))
  }

  @Test("What cannot begin a secret is not held back")
  func latency() {
    var mask = SecretMask(["token"])
    #expect(mask.feed("epoch 1\nto".utf8) == Array("epoch 1\n".utf8))
    #expect(mask.feed("p".utf8) == Array("top".utf8))
    #expect(mask.feed("token".utf8) == Array("***".utf8))
    #expect(mask.flush() == [])
  }
}

@Suite("Log of a step") struct StepLogTests {
  @Test("That SwiftPM waits is seen in whatever pieces it comes, among much else")
  func waiting() throws {
    let scratch = try ScratchDirectory()
    let heard = Gathered()
    let log = StepLog(in: scratch.directory, at: "log", mask: SecretMask([])) { heard.add($0) }
    log.take(Array("Another instance of SwiftPM is known to have been here\n".utf8))
    #expect(!log.waitsForSwiftPM)
    log.take(Array("Another instance of Swi".utf8))
    #expect(!log.waitsForSwiftPM)
    log.take(Array("ftPM (PID: 1) is running, waiting until that process has finished…".utf8))
    for index in 0..<1_000 { log.take(Array("\n\(index)".utf8)) }
    #expect(log.waitsForSwiftPM)
    for _ in 0..<3_000 { log.take([UInt8](repeating: 10, count: 100)) }
    #expect(log.waitsForSwiftPM, "once seen, never forgotten")
    log.finish()
    #expect(try scratch.text("log") == heard.text)
  }
}

@Suite("Lines from pieces") struct LineSplitterTests {
  private static func lines(_ pieces: [String], limit: Int = 65_536) -> [String] {
    var splitter = LineSplitter(limit: limit)
    var lines = pieces.flatMap { splitter.feed($0.utf8) }
    if let rest = splitter.flush() { lines.append(rest) }
    return lines.map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(
    "Pieces become lines",
    arguments: [
      ([], []), (["a\nb\n"], ["a", "b"]), (["a", "b\n", "\nc"], ["ab", "", "c"]),
      (["50%\r", "99%\r\n"], ["50%\r99%\r"]),
    ])
  func lines(pieces: [String], lines: [String]) {
    #expect(LineSplitterTests.lines(pieces) == lines)
  }

  @Test("Without line feeds memory is bounded and nothing is lost")
  func longLines() {
    let text = String(repeating: "ä", count: 1_000)
    let lines = LineSplitterTests.lines([text], limit: 33)
    #expect(lines.joined() == text)
    #expect(lines.allSatisfy { $0.utf8.count <= 33 })
    #expect(lines.dropLast().allSatisfy { $0.utf8.count == 32 })
  }

  @Test("However it is cut, a text has the same lines", arguments: 0..<50)
  func pieces(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let text = (0..<400).map { _ in "ab\n".randomElement(using: &random) ?? "a" }
    var pieces = [""]
    for letter in text {
      if Int.random(in: 0..<4, using: &random) == 0 { pieces.append("") }
      pieces[pieces.count - 1].append(letter)
    }
    var lines = String(text).split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last == "" { lines.removeLast() }
    #expect(LineSplitterTests.lines(pieces) == lines.map(String.init))
  }

  @Test("Of an endless progress bar the last state remains")
  func progress() {
    let pieces = (0..<10_000).map { "\rstep \($0)" }
    #expect(
      LineSplitterTests.lines(pieces + ["\n"], limit: 64).last?.hasSuffix("\rstep 9999") == true)
    #expect(LineSplitterTests.lines(pieces + ["\n"], limit: 64).count == 1)
  }
}

extension Collection where Element: Equatable {
  /// Whether the elements of `part` stand somewhere in a row.
  fileprivate func contains(_ part: some Collection<Element>) -> Bool {
    indices.contains { self[$0...].starts(with: part) }
  }
}
