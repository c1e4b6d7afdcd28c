/// Parts of texts and values, short enough for one line.
enum Excerpt {
  /// The text on one line, in which nothing controls what shows it.
  static func shown(_ text: String) -> String { VisibleText.line(text) }

  /// The text on one line, cut behind `limit` characters.
  static func clipped(_ text: String, to limit: Int) -> String {
    // Cut before it is made visible: a value may be megabytes long.
    let line = shown(String(text.prefix(limit)))
    return text.dropFirst(limit).isEmpty ? line : line + "…"
  }

  /// Two texts, each on one line and whole where that is short; else the part that differs with a
  /// little around it.
  static func difference(_ a: String, _ b: String) -> (from: String, to: String) {
    let whole = 40
    let (a, b) = (Array(a), Array(b))
    if a.count <= whole, b.count <= whole { return (shown(String(a)), shown(String(b))) }
    var lead = 0
    while lead < min(a.count, b.count), a[lead] == b[lead] { lead += 1 }
    var tail = 0
    while tail < min(a.count, b.count) - lead, a[a.count - 1 - tail] == b[b.count - 1 - tail] {
      tail += 1
    }
    return (part(a, lead, tail), part(b, lead, tail))
  }

  private static func part(_ text: [Character], _ lead: Int, _ tail: Int) -> String {
    let around = 12
    let start = lead <= around ? 0 : lead - around
    var end = tail <= around ? text.count : text.count - tail + around
    // A part that is itself long says enough by how it begins.
    let most = 60
    if end - start > most { end = start + most }
    let middle = shown(String(text[start..<end]))
    return (start > 0 ? "…" : "") + middle + (end < text.count ? "…" : "")
  }

  /// A field's value with every digest as its first eight digits: `executable 3f2a11b0`.
  static func shortened(_ value: String) -> String {
    value.split(separator: " ", omittingEmptySubsequences: false).map { word in
      word.hasPrefix("sha256:") ? Digest(word)?.short ?? String(word) : String(word)
    }.joined(separator: " ")
  }
}
