import Seeds

/// Bytes that are changed by chance, with what readers stumble over.
struct Mutation {
  private(set) var bytes: [UInt8]
  private let isText: Bool
  /// Another sample, of which pieces are taken.
  private let donor: [UInt8]

  init(_ bytes: [UInt8], isText: Bool, donor: [UInt8]) {
    self.bytes = bytes
    self.isText = isText
    self.donor = donor
  }

  /// Changes something.
  mutating func change(_ random: inout SplitMix64) {
    if isText, !random.oneIn(3) {
      changeText(&random)
    } else {
      changeBytes(&random)
    }
  }

  // MARK: Bytes

  private mutating func changeBytes(_ random: inout SplitMix64) {
    if bytes.isEmpty { bytes = donor }
    guard !bytes.isEmpty else { return }
    let place = random.below(bytes.count)
    switch random.below(9) {
    case 0: bytes[place] ^= 1 << UInt8(random.below(8))
    case 1: bytes[place] = UInt8(random.below(256))
    case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.below(8)))
    case 3: bytes.removeLast(bytes.count - place)
    case 4: bytes.insert(contentsOf: piece(of: bytes, &random), at: place)
    case 5: bytes.insert(contentsOf: piece(of: donor, &random), at: place)
    case 6:
      let piece = piece(of: bytes, &random)
      bytes.replaceSubrange(place..<min(bytes.count, place + piece.count), with: piece)
    case 7: overwrite(with: Mutation.number(&random), at: place & ~3)
    default: overwrite(with: Mutation.number(&random) + Mutation.number(&random), at: place & ~7)
    }
  }

  /// Some bytes in a row, sometimes many times.
  private func piece(of bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
    guard !bytes.isEmpty else { return [] }
    let start = random.below(bytes.count)
    let piece = bytes[start..<min(bytes.count, start + 1 + random.below(48))]
    return Array(repeatElement(piece, count: [1, 1, 1, 2, 40][random.below(5)]).joined())
  }

  private mutating func overwrite(with number: [UInt8], at place: Int) {
    for (offset, byte) in number.enumerated() where place + offset < bytes.count {
      bytes[place + offset] = byte
    }
  }

  /// Four bytes, lowest first: such as lead beyond an end.
  private static func number(_ random: inout SplitMix64) -> [UInt8] {
    let numbers: [UInt32] = [
      0, 1, 2, 0xFF, 0xFFFF, 0x1_0000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFE, 0xFFFF_FFFF,
      UInt32(random.below(4096)),
    ]
    let number = numbers[random.below(numbers.count)]
    return (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * UInt32($0))) }
  }

  // MARK: Text

  private mutating func changeText(_ random: inout SplitMix64) {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { Array($0) }
    let line = random.below(lines.count)
    switch random.below(9) {
    case 0: lines.insert(lines[random.below(lines.count)], at: line)
    case 1: lines.swapAt(line, random.below(lines.count))
    case 2: lines[line] = [UInt8](repeating: 32, count: 1 + random.below(6)) + lines[line]
    case 3: lines[line] = Array(lines[line].drop { $0 == 32 })
    case 4: lines.remove(at: line)
    case 5:
      let lead = lines[line].prefix { $0 == 32 }
      let entry = "\(Words.key(&random)): \(Words.value(&random))"
      lines.insert(Array(lead) + Array(entry.utf8), at: line)
    case 6: return bytes.insert(contentsOf: Words.bytes(&random), at: random.below(bytes.count + 1))
    default: return replaceWord(&random)
    }
    bytes = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
  }

  /// Puts another key or value in the place of one.
  private mutating func replaceWord(_ random: inout SplitMix64) {
    let isEnd: (UInt8) -> Bool = { " \n:,[]{}\"'".utf8.contains($0) }
    guard !bytes.isEmpty else { return }
    let place = random.below(bytes.count)
    guard let start = bytes[place...].firstIndex(where: { !isEnd($0) }) else { return }
    let front = bytes[..<start].lastIndex(where: isEnd).map { $0 + 1 } ?? 0
    let end = bytes[start...].firstIndex(where: isEnd) ?? bytes.count
    let isKey = end < bytes.count && bytes[end] == UInt8(ascii: ":")
    let word = isKey && !random.oneIn(4) ? Words.key(&random) : Words.value(&random)
    bytes.replaceSubrange(front..<end, with: Array(word.utf8))
  }
}
