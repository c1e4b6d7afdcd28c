/// A pattern for the files below a directory: `Data/*.csv`, `Data/**/part-?.csv`.
///
/// `*`, `?` and `[a-z]` stay within one component, `**` stands for any number of them. A name that
/// begins with a dot is matched only where the pattern's component begins with one, or by `[.]`.
package struct Glob: Hashable, Sendable {
  package let pattern: Path

  package init(_ pattern: Path) {
    self.pattern = pattern
  }

  /// Whether a text has any character that makes it a pattern.
  package static func isPattern(_ text: String) -> Bool {
    text.utf8.contains(where: isWildcard)
  }

  /// The directory that all matches lie in: the components before the first with a wildcard.
  package var base: Path {
    var base = Path(pattern.isAbsolute ? "/" : "")
    for component in pattern.components.dropLast() {
      if Glob.hasWildcard(component) { break }
      base = base.entry(component)
    }
    return base
  }

  /// Whether the pattern matches all of the path.
  package func matches(_ path: Path) -> Bool {
    match(path, orBeginsSo: false)
  }

  /// Whether the path, or some path below it, could match.
  package func mayMatchBelow(_ path: Path) -> Bool {
    match(path, orBeginsSo: true)
  }

  private func match(_ path: Path, orBeginsSo: Bool) -> Bool {
    guard path.isAbsolute == pattern.isAbsolute else { return false }
    let patterns = pattern.components
    let names = path.components
    // The set of pattern positions that the names so far can have led to, so no backtracking.
    var states = Glob.closure([0], patterns)
    for name in names {
      if orBeginsSo, states.contains(patterns.count) { return true }
      var next: Set<Int> = []
      for state in states where state < patterns.count {
        if patterns[state].elementsEqual([star, star]) {
          if name.first != UInt8(ascii: ".") { next.insert(state) }
        } else if Glob.matches(name, patterns[state]) {
          next.insert(state + 1)
        }
      }
      states = Glob.closure(next, patterns)
      if states.isEmpty { return false }
    }
    return orBeginsSo || states.contains(patterns.count)
  }

  private static func closure(_ states: Set<Int>, _ patterns: [ArraySlice<UInt8>]) -> Set<Int> {
    var all = states
    for state in states.sorted() {
      var skipped = state
      while skipped < patterns.count, patterns[skipped].elementsEqual([star, star]) {
        skipped += 1
        all.insert(skipped)
      }
    }
    return all
  }

  private static func hasWildcard(_ component: ArraySlice<UInt8>) -> Bool {
    component.contains(where: isWildcard)
  }

  private static func isWildcard(_ byte: UInt8) -> Bool {
    byte == star || byte == mark || byte == UInt8(ascii: "[")
  }

  /// Whether one component matches one component's pattern.
  ///
  /// - Parameter seesHidden: whether a wildcard may stand for a dot at the front.
  package static func matches(
    _ name: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>, seesHidden: Bool = false
  ) -> Bool {
    if !seesHidden, name.first == UInt8(ascii: "."), pattern.first == star || pattern.first == mark
    {
      return false
    }
    var n = name.startIndex
    var p = pattern.startIndex
    // Where to go on from when a literal fails: the last star, and the name it then swallows.
    var retry: (pattern: Int, name: Int)?
    while n < name.endIndex {
      if p < pattern.endIndex, pattern[p] == star {
        p += 1
        retry = (p, n)
      } else if let length = width(of: pattern, at: p, matching: name[n]) {
        p += length
        n += 1
      } else if let (afterStar, swallowed) = retry {
        p = afterStar
        n = swallowed + 1
        retry = (afterStar, n)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == star }
  }

  /// How many pattern bytes one name byte satisfies; nil where it does not.
  private static func width(
    of pattern: ArraySlice<UInt8>, at start: Int, matching byte: UInt8
  ) -> Int? {
    guard start < pattern.endIndex else { return nil }
    if pattern[start] == mark { return 1 }
    var members = pattern[(start + 1)...]
    let isNegated = members.first == UInt8(ascii: "!") || members.first == UInt8(ascii: "^")
    if isNegated { members.removeFirst() }
    // A bracket that stands first is a member.
    guard pattern[start] == UInt8(ascii: "["),
      let end = members.dropFirst().firstIndex(of: UInt8(ascii: "]"))
    else { return pattern[start] == byte ? 1 : nil }
    members = members[..<end]
    var isMember = false
    while let low = members.popFirst() {
      if members.count >= 2, members.first == UInt8(ascii: "-") {
        members.removeFirst()
        let high = members.removeFirst()
        isMember = isMember || (low <= high && (low...high).contains(byte))
      } else {
        isMember = isMember || low == byte
      }
    }
    return isMember != isNegated ? end - start + 1 : nil
  }
}

private let star = UInt8(ascii: "*")
private let mark = UInt8(ascii: "?")

/// Which entries of directories and globs never count.
package struct IgnoreRules: Sendable, Hashable {
  /// Always ignored, whatever the manifest says.
  package static let fixed = [
    ".git", ".build*", ".pipeline", "__pycache__", "*.pyc", ".ipynb_checkpoints", ".DS_Store", "*~",
  ]

  /// The manifest's own.
  package let patterns: [String]
  private let names: [[UInt8]]
  private let paths: [Glob]

  /// - Parameter patterns: the manifest's. One with a slash means paths from the workspace, one
  ///   without means names at any depth.
  package init(_ patterns: [String] = []) {
    self.patterns = patterns
    let all = IgnoreRules.fixed + patterns
    names = all.filter { !$0.utf8.contains(UInt8(ascii: "/")) }.map { Array($0.utf8) }
    paths = all.filter { $0.utf8.contains(UInt8(ascii: "/")) }.map { Glob(Path($0)) }
  }

  /// Whether the entry at `path` counts as not there.
  package func ignores(_ path: Path) -> Bool {
    let name = path.name
    return names.contains { Glob.matches(name, $0[...], seesHidden: true) }
      || paths.contains { $0.matches(path) }
  }
}
