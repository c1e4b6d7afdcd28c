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

  /// Takes the next piece.
  ///
  /// - Returns: what can be told of it and of what was held back.
  package mutating func feed(_ bytes: some Collection<UInt8>) -> [UInt8] {
    guard !secrets.isEmpty else { return Array(bytes) }
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
    var position = 0
    while position < held.count {
      if begins[Int(held[position])] {
        // A longer secret could still begin here, whatever shorter one is complete.
        if !isEnd, isBeginning(at: position) { break }
        if let length = match(at: position) {
          if position >= hidden { out += SecretMask.sign }
          hidden = max(hidden, position + length)
        }
      }
      if position >= hidden { out.append(held[position]) }
      position += 1
    }
    held.removeFirst(position)
    hidden = max(0, hidden - position)
    return out
  }

  /// Whether all that is held from here on is the beginning of a secret, and less than all of it.
  private func isBeginning(at position: Int) -> Bool {
    let rest = held[position...]
    return secrets.contains { $0.count > rest.count && $0.starts(with: rest) }
  }

  /// The length of the longest secret that stands here.
  private func match(at position: Int) -> Int? {
    let rest = held[position...]
    return secrets.first { $0.count <= rest.count && rest.starts(with: $0) }?.count
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
