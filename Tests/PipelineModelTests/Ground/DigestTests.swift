import CPipelineDigest
import Testing

@testable import PipelineModel

/// The kernels that this processor has; the portable one is always among them.
private let kernels: [pipeline_sha256_kernel] = [.portable, .x86, .arm].filter {
  var state = pipeline_sha256()
  return pipeline_sha256_begin_with(&state, $0)
}

/// The digest of `pieces`, given one after the other to the kernel.
private func digest(_ pieces: [ArraySlice<UInt8>], with kernel: pipeline_sha256_kernel) -> Digest {
  var state = pipeline_sha256()
  #expect(pipeline_sha256_begin_with(&state, kernel))
  for piece in pieces {
    piece.withUnsafeBytes { pipeline_sha256_update(&state, $0.baseAddress, $0.count) }
  }
  var bytes = [UInt8](repeating: 0, count: 32)
  pipeline_sha256_finish(&state, &bytes)
  return Digest(bytes: bytes)
}

/// Bytes that look random and are the same every time (Vigna's splitmix64).
private func scrambled(_ count: Int, seed: UInt64) -> [UInt8] {
  (0..<count).map { index in
    var z = seed &+ UInt64(index + 1) &* 0x9e37_79b9_7f4a_7c15
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return UInt8(truncatingIfNeeded: z ^ z >> 31)
  }
}

@Suite("SHA-256") struct SHA256Tests {
  struct Vector: Sendable, CustomTestStringConvertible {
    var name: String
    var message: [UInt8]
    var hex: String

    var testDescription: String { name }
  }

  /// The examples that NIST publishes with FIPS 180-4.
  static let vectors = [
    Vector(
      name: "empty", message: [],
      hex: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    Vector(
      name: "abc", message: Array("abc".utf8),
      hex: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    Vector(
      name: "448 bits",
      message: Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
      hex: "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
    Vector(
      name: "896 bits",
      message: Array(
        ("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
          + "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu").utf8),
      hex: "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"),
    Vector(
      name: "one million a", message: [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000),
      hex: "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
  ]

  @Test("Published vectors hold for every kernel", arguments: vectors)
  func published(_ vector: Vector) {
    #expect(SHA256.digest(vector.message).hex == vector.hex)
    for kernel in kernels {
      #expect(digest([vector.message[...]], with: kernel).hex == vector.hex)
    }
  }

  @Test("Where a message is cut does not matter")
  func splits() {
    let message = scrambled(64 * 3 + 17, seed: 1)
    let whole = SHA256.digest(message)
    for kernel in kernels {
      for cut in 0...message.count {
        #expect(digest([message[..<cut], message[cut...]], with: kernel) == whole)
        // The middle piece begins and ends within blocks, or spans none.
        let second = min(cut + 65, message.count)
        let pieces = [message[..<cut], message[cut..<second], message[second...]]
        #expect(digest(pieces, with: kernel) == whole)
      }
      #expect(digest(message.indices.map { message[$0...$0] }, with: kernel) == whole)
    }
  }

  @Test("The kernels agree on every length")
  func agreement() {
    for length in 0...1000 {
      let message = scrambled(length, seed: UInt64(length))
      let digests = kernels.map { digest([message[...]], with: $0) }
      #expect(digests.allSatisfy { $0 == digests.first }, "\(length) bytes")
      #expect(SHA256.digest(message) == digests.first, "\(length) bytes")
    }
  }

  @Test("A digest may be taken while more is to come, and a copy goes on by itself")
  func copies() {
    let message = scrambled(150, seed: 7)
    var one = SHA256()
    one.update(Array(message[..<70]))
    #expect(one.finish() == SHA256.digest(Array(message[..<70])))
    var other = one
    other.update([1, 2, 3])
    one.update(Array(message[70...]))
    #expect(one.finish() == SHA256.digest(message))
    #expect(other.finish() == SHA256.digest(Array(message[..<70]) + [1, 2, 3]))
  }

  @Test("No bytes at no address are no bytes")
  func nothing() {
    var hasher = SHA256()
    hasher.update(UnsafeRawBufferPointer(start: nil, count: 0))
    #expect(hasher.finish() == SHA256.digest([]))
  }

  @Test("The kernel in use is one that the processor has, and not the portable one if it has more")
  func dispatch() {
    let used = pipeline_sha256_in_use()
    #expect(kernels.contains(used))
    #expect(kernels.count == 1 || used != .portable)
    #expect(!String(cString: pipeline_sha256_name(used)).isEmpty)
  }

  @Test("A kernel that the processor lacks is refused and changes nothing")
  func refusal() {
    var state = pipeline_sha256()
    pipeline_sha256_begin(&state)
    #if arch(x86_64)
      #expect(!pipeline_sha256_begin_with(&state, .arm))
    #else
      #expect(!pipeline_sha256_begin_with(&state, .x86))
    #endif
    var bytes = [UInt8](repeating: 0, count: 32)
    pipeline_sha256_finish(&state, &bytes)
    #expect(Digest(bytes: bytes) == SHA256.digest([]))
  }
}

@Suite("Digest") struct DigestTests {
  static let hex = "0123456789abcdef00112233445566778899aabbccddeeff0f1e2d3c4b5a6978"

  @Test("Text is read back as it was written, with and without prefix")
  func roundTrip() throws {
    let digest = try #require(Digest(DigestTests.hex))
    #expect(digest.hex == DigestTests.hex)
    #expect(digest.description == "sha256:" + DigestTests.hex)
    #expect(digest.short == "01234567")
    #expect(Digest(digest.description) == digest)
    #expect(Digest(bytes: digest.bytes) == digest)
    #expect(digest.bytes.first == 0x01)
    #expect(digest.bytes.last == 0x78)
  }

  @Test("Any digest survives its text", arguments: 0..<50 as Range<UInt64>)
  func roundTrips(_ seed: UInt64) {
    let bytes = scrambled(32, seed: seed)
    let digest = Digest(bytes: bytes)
    #expect(digest.bytes == bytes)
    #expect(Digest(digest.description) == digest)
    #expect(Digest(digest.hex) == digest)
  }

  static let bad: [String] = [
    "", "sha256:", "sha256:\(hex.dropLast())", "\(hex)0", "\(hex.dropLast(2))", "0x\(hex)",
    hex.uppercased(), "SHA256:\(hex)", "sha512:\(hex)", "sha256:sha256:\(hex)", "sha256-\(hex)",
    " \(hex)", "\(hex)\n", "+\(hex.dropFirst())", "0x\(hex.dropLast(2))",
    // The neighbours of the digits and of the letters.
    "\(hex.dropLast())/", "\(hex.dropLast()):", "\(hex.dropLast())`", "\(hex.dropLast())g",
    // As many bytes, or as many characters, as a digest has.
    "\(hex.dropLast(2))\u{e9}", "\(hex.dropLast())\u{e9}", "\(hex.dropLast())\u{ff10}",
  ]

  @Test("Bad text is no digest", arguments: bad)
  func refused(_ text: String) {
    #expect(Digest(text) == nil)
  }

  @Test("Order is that of the text, first byte first")
  func order() {
    let digests = (0..<40).map { Digest(bytes: scrambled(32, seed: $0)) }
    #expect(digests.sorted().map(\.hex) == digests.map(\.hex).sorted())
    let zero = Digest(bytes: [UInt8](repeating: 0, count: 32))
    let last = Digest(bytes: [UInt8](repeating: 0, count: 31) + [1])
    #expect(zero < last)
    #expect(zero != last)
  }

  @Test("The digest of a text is that of its bytes, so look-alikes differ")
  func text() {
    #expect(Digest(of: "abc").hex == SHA256Tests.vectors[1].hex)
    #expect(Digest(of: "\u{e9}") != Digest(of: "e\u{301}"))
  }
}
