import PipelineModel

/// A part of a table that is being made: bytes one behind the other, in memory that has room for
/// all that can be added.
struct TablePart {
  /// Where it begins in the memory.
  let offset: Int
  /// How many bytes were added.
  private(set) var count = 0
  private let room: UnsafeMutableRawBufferPointer

  /// - Parameter range: in `memory`, which must outlive this.
  init(_ memory: UnsafeMutableRawBufferPointer, _ range: Range<Int>) {
    offset = range.lowerBound
    room = UnsafeMutableRawBufferPointer(rebasing: memory[range])
  }

  /// Adds bytes as they are.
  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    precondition(bytes.count <= room.count - count, "a table was given too little room")
    UnsafeMutableRawBufferPointer(rebasing: room[count...]).copyMemory(from: bytes)
    count += bytes.count
  }

  /// Adds bytes, and NUL behind them.
  mutating func addName(_ bytes: UnsafeRawBufferPointer) {
    add(bytes)
    add(UInt8(0))
  }

  /// Adds a number, its lowest byte first.
  mutating func add(_ number: some FixedWidthInteger) {
    withUnsafeBytes(of: number.littleEndian) { add($0) }
  }

  /// Adds the 32 bytes of a digest.
  mutating func add(_ digest: Digest) {
    let words = digest.words
    withUnsafeBytes(
      of: (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian)
    ) { add($0) }
  }

  /// Adds a stamp, as an entry of a `SightingTable` begins.
  mutating func add(_ stamp: Stamp) {
    add(stamp.sizeBytes)
    add(stamp.modified.seconds)
    add(stamp.changed.seconds)
    add(stamp.inode)
    add(stamp.device)
    add(stamp.modified.nanoseconds)
    add(stamp.changed.nanoseconds)
  }

  /// Puts a number in the place of bytes that were added.
  mutating func put(_ number: some FixedWidthInteger, at position: Int) {
    withUnsafeBytes(of: number.littleEndian) { bytes in
      precondition(position + bytes.count <= count, "a table has no such place")
      UnsafeMutableRawBufferPointer(rebasing: room[position...]).copyMemory(from: bytes)
    }
  }
}
