/// Replaces secrets in a stream by `***`, wherever the stream is cut into pieces.
///
/// Secrets that overlap in the output are hidden together, so that none leaves a part of another.
/// What could be the beginning of a secret is held back until it is known.
package struct SecretMask: Sendable {
  /// The longest first; none empty.
  private let secrets: [[UInt8]]
  /// By byte: whether a secret begins with it.
  private let begins: [Bool]
  /// Not yet given out.
  private var held: [UInt8] = []
  /// How many of the held bytes belong to a secret that has been replaced.
  private var hidden = 0

  /// - Parameter values: of the secrets. Empty ones hide nothing. What stands between blanks and
  ///   line breaks at a value's ends counts too, and of a value with several lines each line of at
  ///   least four bytes: shorter ones, as the braces of a key file, are in any output.
  package init(_ values: some Sequence<String>) {
    var secrets: Set<[UInt8]> = []
    for value in values {
      let bytes = Array(value.utf8)
      secrets.insert(bytes)
      secrets.insert(SecretMask.trimmed(bytes[...]))
      let lines = bytes.split(whereSeparator: SecretMask.isLineBreak)
      for line in lines where lines.count > 1 {
        let core = SecretMask.trimmed(line)
        if core.count >= SecretMask.shortestLine { secrets.insert(core) }
      }
    }
    // A value of blanks alone would hide every blank there is.
    let useful = secrets.filter { !$0.allSatisfy(SecretMask.isBlank) }
    self.secrets = useful.sorted {
      $0.count == $1.count ? $0.lexicographicallyPrecedes($1) : $0.count > $1.count
    }
    var begins = [Bool](repeating: false, count: 256)
    for secret in self.secrets { begins[Int(secret[0])] = true }
    self.begins = begins
  }

  /// Whether there is any secret.
  package var hidesSomething: Bool { !secrets.isEmpty }

  /// Takes the next piece.
  ///
  /// - Returns: what can be told of it and of what was held back.
  package mutating func feed(_ bytes: some Collection<UInt8>) -> [UInt8] {
    feed(Array(bytes))
  }

  /// The same for a piece as it was read, which is given back as it is where no secret can begin.
  package mutating func feed(_ bytes: [UInt8]) -> [UInt8] {
    guard !secrets.isEmpty else { return bytes }
    if held.isEmpty, nextBeginning(in: bytes, from: 0) == bytes.count { return bytes }
    held += bytes
    return release(isEnd: false)
  }

  /// The rest: nothing more comes.
  package mutating func flush() -> [UInt8] {
    defer { hidden = 0 }
    return release(isEnd: true)
  }

  /// A text that stands for itself.
  package func masked(_ text: String) -> String {
    var mask = self
    let bytes = mask.feed(text.utf8)
    return String(decoding: bytes + mask.flush(), as: UTF8.self)
  }

  private mutating func release(isEnd: Bool) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(held.count)
    var position = 0
    while true {
      let next = nextBeginning(in: held, from: position)
      out += held[min(max(position, hidden), next)..<next]
      position = next
      // A longer secret could still begin here, whatever shorter one is complete.
      if position == held.count || (!isEnd && isBeginning(at: position)) { break }
      if let length = match(at: position) {
        if position >= hidden { out += SecretMask.sign }
        hidden = max(hidden, position + length)
      }
      if position >= hidden { out.append(held[position]) }
      position += 1
    }
    held.removeFirst(position)
    hidden = max(0, hidden - position)
    return out
  }

  /// Where the next byte stands with which a secret begins; the end where none does.
  private func nextBeginning(in bytes: [UInt8], from start: Int) -> Int {
    bytes.withUnsafeBufferPointer { bytes in
      begins.withUnsafeBufferPointer { begins in
        var position = start
        while position < bytes.count, !begins[Int(bytes[position])] { position += 1 }
        return position
      }
    }
  }

  /// Whether all that is held from here on is the beginning of a secret, and less than all of it.
  private func isBeginning(at position: Int) -> Bool {
    let count = held.count - position
    // The longest is the first; most of what is held is not this near the end.
    guard let longest = secrets.first, longest.count > count else { return false }
    return secrets.contains { $0.count > count && hasCommon($0, count, at: position) }
  }

  /// The length of the longest secret that stands here.
  private func match(at position: Int) -> Int? {
    let count = held.count - position
    return secrets.first { $0.count <= count && hasCommon($0, $0.count, at: position) }?.count
  }

  /// Whether the first bytes of a secret stand here, that many.
  private func hasCommon(_ secret: [UInt8], _ count: Int, at position: Int) -> Bool {
    var index = 0
    while index < count, held[position + index] == secret[index] { index += 1 }
    return index == count
  }

  private static let sign = Array("***".utf8)
  private static let shortestLine = 4

  private static func isLineBreak(_ byte: UInt8) -> Bool { byte == 10 || byte == 13 }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 32 || byte == 9 || isLineBreak(byte)
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    let front = bytes.drop(while: isBlank)
    guard let end = front.lastIndex(where: { !isBlank($0) }) else { return [] }
    return Array(front[...end])
  }
}
