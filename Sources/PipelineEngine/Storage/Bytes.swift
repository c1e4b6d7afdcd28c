import PipelineModel

/// Bytes that numbers and texts are added to.
struct ByteWriter {
  /// All that was added.
  var bytes: [UInt8] = []

  /// No bytes, with room for that many.
  init(capacity: Int) {
    bytes.reserveCapacity(capacity)
  }

  /// Adds bytes as they are.
  mutating func add(_ more: [UInt8]) {
    bytes += more
  }

  /// Adds a number, its lowest byte first.
  mutating func add(_ number: some FixedWidthInteger) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// Adds the 32 bytes of a digest.
  mutating func add(_ digest: Digest) {
    let words = digest.words
    for word in [words.0, words.1, words.2, words.3] {
      withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) }
    }
  }

  /// The length in four bytes, then the bytes.
  mutating func addText(_ text: [UInt8]) {
    add(UInt32(text.count))
    bytes += text
  }

  /// Of all bytes from a position on.
  func digest(from start: Int) -> Digest {
    bytes.withUnsafeBytes { all in
      var digest = SHA256()
      digest.update(UnsafeRawBufferPointer(rebasing: all[start...]))
      return digest.finish()
    }
  }
}

/// Takes from bytes what `ByteWriter` added. Past the end it gives zeros, and says so.
struct ByteReader {
  private let bytes: UnsafeRawBufferPointer
  private var position: Int
  private(set) var hasFailed = false

  /// Begins at a position; the bytes must outlive the reader.
  init(bytes: UnsafeRawBufferPointer, position: Int) {
    self.bytes = bytes
    self.position = position
  }

  /// How many bytes are left.
  var remaining: Int { bytes.count - position }

  /// Says that what was taken makes no sense.
  mutating func fail() {
    hasFailed = true
  }

  /// Takes a number.
  mutating func number<Number: FixedWidthInteger>(_: Number.Type) -> Number {
    guard let piece = take(MemoryLayout<Number>.size) else { return 0 }
    return Number(littleEndian: piece.loadUnaligned(as: Number.self))
  }

  /// Takes a digest.
  mutating func digest() -> Digest {
    guard let piece = take(32) else { return Digest(bytes: []) }
    func word(_ index: Int) -> UInt64 {
      UInt64(bigEndian: piece.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
    }
    // A digest is its four words. Made from a sequence of bytes it takes 3 µs, for a hundred
    // thousand stamps a third of a second.
    return unsafeBitCast((word(0), word(1), word(2), word(3)), to: Digest.self)
  }

  /// Takes a length and as many bytes.
  mutating func text() -> [UInt8] {
    let count = Int(number(UInt32.self))
    return take(count).map(Array.init) ?? []
  }

  /// The same as text; what is no UTF-8 in it is replaced.
  mutating func string() -> String {
    let count = Int(number(UInt32.self))
    return take(count).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  private mutating func take(_ count: Int) -> UnsafeRawBufferPointer? {
    guard !hasFailed, count <= remaining else {
      hasFailed = true
      return nil
    }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<(position + count)])
  }
}
