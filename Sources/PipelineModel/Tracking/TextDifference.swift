/// How two texts differ, line by line.
package struct TextDifference: Sendable, Equatable {
  package enum Line: Sendable, Equatable {
    case same(String)
    case removed(String)
    case added(String)
  }

  /// Lines that stand together: changes, with what stands around them.
  package struct Hunk: Sendable, Equatable {
    /// Where it begins in the old text and in the new, from 1; as `diff -u` has it, the line before
    /// where it has none of its own.
    package let oldStart: Int
    package let newStart: Int
    package let lines: [Line]
  }

  package let hunks: [Hunk]
  package let removedCount: Int
  package let addedCount: Int

  /// The most lines that differ from the first to the last place where they do, in each text.
  private static let mostLines = 3_000

  /// - Returns: nil where too many lines differ to be told one by one, or one of them is no text.
  package init?(from old: [UInt8], to new: [UInt8], around: Int = 3) {
    guard let old = TextDifference.lines(old), let new = TextDifference.lines(new) else {
      return nil
    }
    var lead = 0
    while lead < min(old.count, new.count), old[lead] == new[lead] { lead += 1 }
    var tail = 0
    while tail < min(old.count, new.count) - lead,
      old[old.count - 1 - tail] == new[new.count - 1 - tail]
    { tail += 1 }
    let (oldMiddle, newMiddle) = (old[lead..<old.count - tail], new[lead..<new.count - tail])
    guard max(oldMiddle.count, newMiddle.count) <= TextDifference.mostLines else { return nil }
    let before = old[..<lead].suffix(around).map { Line.same(TextDifference.text($0)) }
    let after = old[(old.count - tail)...].prefix(around).map { Line.same(TextDifference.text($0)) }
    let middle = TextDifference.aligned(Array(oldMiddle), Array(newMiddle))
    let start = lead - before.count
    hunks = TextDifference.hunks(before + middle + after, skipped: start, around)
    removedCount = middle.count { if case .removed = $0 { true } else { false } }
    addedCount = middle.count { if case .added = $0 { true } else { false } }
  }

  /// The lines by their bytes; nil for what is no text.
  ///
  /// By bytes, since two spellings of one letter are a difference.
  private static func lines(_ bytes: [UInt8]) -> [[UInt8]]? {
    guard !bytes.contains(0), String(validating: bytes, as: UTF8.self) != nil else { return nil }
    if bytes.isEmpty { return [] }
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map(Array.init)
    // What stands behind the last line's end is no line; where it has no end, that differs.
    if lines.last == [] { lines.removeLast() } else { lines[lines.count - 1] += noEnd }
    return lines
  }

  private static func text(_ line: [UInt8]) -> String { String(decoding: line, as: UTF8.self) }

  private static let noEnd = Array(" (no line end)".utf8)

  private static func aligned(_ old: [[UInt8]], _ new: [[UInt8]]) -> [Line] {
    let changes = new.difference(from: old)
    var removed: Set<Int> = []
    var added: Set<Int> = []
    for change in changes {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): added.insert(offset)
      }
    }
    var lines: [Line] = []
    var (i, j) = (0, 0)
    while i < old.count || j < new.count {
      if i < old.count, removed.contains(i) {
        lines.append(.removed(TextDifference.text(old[i])))
        i += 1
      } else if j < new.count, added.contains(j) {
        lines.append(.added(TextDifference.text(new[j])))
        j += 1
      } else {
        lines.append(.same(TextDifference.text(old[i])))
        i += 1
        j += 1
      }
    }
    return lines
  }

  /// Cuts lines into hunks wherever more than twice `around` lines are the same.
  private static func hunks(_ lines: [Line], skipped: Int, _ around: Int) -> [Hunk] {
    let changed = lines.indices.filter { if case .same = lines[$0] { false } else { true } }
    var ranges: [Range<Int>] = []
    for index in changed {
      let range = max(0, index - around)..<min(lines.count, index + around + 1)
      if let last = ranges.last, range.lowerBound <= last.upperBound {
        ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
      } else {
        ranges.append(range)
      }
    }
    return ranges.map { range in
      let before = lines[..<range.lowerBound]
      let old = before.count { if case .added = $0 { false } else { true } } + skipped
      let new = before.count { if case .removed = $0 { false } else { true } } + skipped
      let own = Array(lines[range])
      let hasOld = own.contains { if case .added = $0 { false } else { true } }
      let hasNew = own.contains { if case .removed = $0 { false } else { true } }
      return Hunk(
        oldStart: hasOld ? old + 1 : old, newStart: hasNew ? new + 1 : new, lines: own)
    }
  }
}

extension TextDifference.Hunk {
  package var oldCount: Int { lines.count { if case .added = $0 { false } else { true } } }
  package var newCount: Int { lines.count { if case .removed = $0 { false } else { true } } }
}
