import PipelineModel
import Testing

@testable import PipelineEngine

@Suite("Result file") struct ResultFileTests {
  private static var full: Result {
    let digest = Digest(of: "x")
    return .sample(
      "train@seed=1",
      outputs: [
        .init(
          name: Name("model"), path: "Models/m.json",
          content: Content(kind: .file, digest: digest, sizeBytes: 1), isStored: true),
        .init(
          name: nil, path: Path([0x61, 0xFF, 0x2F, 0x0A]),
          content: Content(kind: .directory, digest: digest, sizeBytes: 9), isStored: false),
      ], log: digest, metrics: nil, finished: .max, seconds: 0.1)
  }

  @Test("What is written is read")
  func roundTrip() {
    for result in [Self.full, .sample("clean")] {
      let bytes = ResultFile.bytes(of: result)
      #expect(ResultFile.read(bytes, key: result.key) == .result(result))
      #expect(bytes.split(separator: UInt8(ascii: "\n")).count == 2)
    }
  }

  @Test("Cut at any length it is damaged")
  func truncated() {
    let bytes = ResultFile.bytes(of: Self.full)
    for length in 0..<bytes.count {
      #expect(ResultFile.read(Array(bytes[..<length]), key: Self.full.key) == .damaged)
    }
    #expect(ResultFile.read(bytes + bytes, key: Self.full.key) == .damaged)
  }

  @Test("With any bit flipped it is no result")
  func flipped() {
    let bytes = ResultFile.bytes(of: Self.full)
    for index in bytes.indices {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[index] ^= 1 << UInt8(bit)
        if case .result = ResultFile.read(damaged, key: Self.full.key) {
          Issue.record("bit \(bit) of byte \(index) goes unseen")
        }
      }
    }
  }

  static let impossible: [(String, String)] = [
    ("\"seconds\":0.1", "\"seconds\":1e999"), ("\"seconds\":0.1", "\"seconds\":1e10"),
    ("\"cpuSeconds\":1e-07", "\"cpuSeconds\":-1"),
    ("\"attempts\":3", "\"attempts\":-1"),
    ("\"finished\":\(Int.max)", "\"finished\":\(Int.min)"),
    ("\"peakMemoryBytes\":1099511627776", "\"peakMemoryBytes\":-1"),
  ]

  @Test("Numbers that no execution has are damage, under a right digest too", arguments: impossible)
  func senseless(_ old: String, _ new: String) {
    let text = String(decoding: ResultFile.bytes(of: Self.full), as: UTF8.self)
    let body = text.split(separator: "\n")[1].replacing(old, with: new)
    #expect(!text.contains(body))
    let head = "{\"schema\":1,\"digest\":\"\(SHA256.digest(Array(body.utf8)))\"}"
    let bytes = Array("\(head)\n\(body)\n".utf8)
    #expect(ResultFile.read(bytes, key: Self.full.key) == .damaged)
  }

  @Test("Under another key it is damaged; of a later schema it is newer")
  func foreign() {
    let bytes = ResultFile.bytes(of: Self.full)
    #expect(ResultFile.read(bytes, key: ActionKey(digest: Digest(of: ""))) == .damaged)
    let later = Array("{\"schema\":2,\"anything\":[]}\nwhatever\n".utf8)
    #expect(ResultFile.read(later, key: Self.full.key) == .newer)
  }
}
