/// The candidate most like a mistyped word, where one is like it at all.
///
/// - Returns: nil where even the best needs more edits than a third of the word's length (at
///   least one). Between equals, the first.
/// - SeeAlso: Damerau, "A technique for computer detection and correction of spelling errors", 1964.
package func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
  // The comparison takes the product of both lengths, and nobody mistypes a word this long.
  guard word.utf8.count <= 100 else { return nil }
  let limit = max(1, word.utf8.count / 3)
  var best: (word: String, distance: Int)?
  for candidate in candidates where abs(candidate.utf8.count - word.utf8.count) <= limit {
    let distance = edits(Array(word.utf8), Array(candidate.utf8))
    if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
  }
  return best?.word
}

/// Insertions, deletions, replacements and swaps of neighbours that lead from `a` to `b`.
private func edits(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var before: [Int] = []
  var last = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var cost = min(last[j + 1], row[j]) + 1
      cost = min(cost, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
      row.append(cost)
    }
    (before, last) = (last, row)
  }
  return last[b.count]
}
