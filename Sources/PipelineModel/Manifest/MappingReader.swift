/// A map whose keys are known, each found at most once.
struct Fields {
  private let entries: [Syntax.Entry]

  init(_ entries: [Syntax.Entry]) {
    self.entries = entries
  }

  subscript(key: String) -> Syntax? {
    entry(key)?.value
  }

  func entry(_ key: String) -> Syntax.Entry? {
    entries.firstIndex { $0.key == key }.map { entries[$0] }
  }
}

extension FormReader {
  /// The entries of a map that must not have a key twice; of two, the first stays.
  mutating func entries(_ syntax: Syntax, of key: String, takes: String = "a map")
    -> [Syntax.Entry]
  {
    guard let entries = syntax.entries else {
      wrongType(syntax, of: key, takes: takes)
      return []
    }
    guard FormReader.hasEqualKeys(entries) else { return entries }
    // Keys are bytes: String would take two for one that only look alike.
    var first: [[UInt8]: Span] = [:]
    return entries.filter { entry in
      guard let before = first.updateValue(entry.keySpan, forKey: Array(entry.key.utf8)) else {
        return true
      }
      first[Array(entry.key.utf8)] = before
      report(
        "duplicate-key",
        "'\(entry.key.clipped)' stands twice in '\(key)', first on line \(before.line)",
        hint: "remove one, or rename it", at: entry.keySpan)
      return false
    }
  }

  private static func hasEqualKeys(_ entries: [Syntax.Entry]) -> Bool {
    if entries.count > 24 {
      var seen: Set<String> = []
      return !entries.allSatisfy { seen.insert($0.key).inserted }
    }
    for (index, entry) in entries.enumerated() {
      for other in entries[..<index] where other.key == entry.key { return true }
    }
    return false
  }

  /// The entries of a map that has no other keys than the known.
  ///
  /// - Parameter owner: what the keys belong to: `a step`.
  mutating func fields(
    _ syntax: Syntax, of key: String, owner: String, known: [String]
  ) -> Fields {
    let all = entries(syntax, of: key)
    func isKnown(_ entry: Syntax.Entry) -> Bool {
      known.contains { $0.utf8.elementsEqual(entry.key.utf8) }
    }
    if all.allSatisfy(isKnown) { return Fields(all) }
    return Fields(
      all.filter { entry in
        if isKnown(entry) { return true }
        let near = nearest(to: entry.key.lowercased(), among: known)
        report(
          "unknown-key", "'\(entry.key.clipped)' is no key of \(owner)",
          hint: "write \(near ?? FormReader.alternatives(known))",
          at: entry.keySpan)
        return false
      })
  }
}
