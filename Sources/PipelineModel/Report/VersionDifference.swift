/// How two versions differ, for `artifacts diff`.
package struct VersionDifference: Sendable {
  /// One of the two.
  package struct Side: Sendable {
    package let label: String
    package let content: Content
    /// Whether its content could be read.
    package let isRead: Bool

    package init(_ label: String, _ content: Content, isRead: Bool) {
      self.label = label
      self.content = content
      self.isRead = isRead
    }
  }

  /// A file of a directory that is not the same in both.
  package struct File: Sendable {
    package let path: Path
    /// Nil where it is new.
    package let old: Listing.Entry?
    /// Nil where it is gone.
    package let new: Listing.Entry?
    /// Nil where it was not asked for, or cannot be told by lines.
    package let text: TextDifference?

    package init(_ path: Path, old: Listing.Entry?, new: Listing.Entry?, text: TextDifference?) {
      self.path = path
      self.old = old
      self.new = new
      self.text = text
    }
  }

  package let old: Side
  package let new: Side
  /// Of two files: nil where they cannot be told by lines, or by values.
  package var text: TextDifference?
  /// Of two files of values, those that differ; nil where the value is not there.
  package var values: [(name: String, old: Value?, new: Value?)] = []
  /// Of two directories, sorted by path.
  package var files: [File] = []

  package init(_ old: Side, _ new: Side) {
    self.old = old
    self.new = new
  }

  package var areEqual: Bool { old.content == new.content }

  /// The leaves that are not the same in both: those of the old one in their order, then new ones.
  package static func values(
    _ old: [(name: String, value: Value)], _ new: [(name: String, value: Value)]
  ) -> [(name: String, old: Value?, new: Value?)] {
    let now = Dictionary(new.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    let names = Set(old.map(\.name))
    let changed = old.compactMap { name, value -> (name: String, old: Value?, new: Value?)? in
      now[name] == value ? nil : (name, value, now[name])
    }
    return changed + new.filter { !names.contains($0.name) }.map { ($0.name, nil, $0.value) }
  }

  /// The entries that are not the same in two directories, sorted by path.
  package static func entries(
    _ old: Listing, _ new: Listing
  ) -> [(path: Path, old: Listing.Entry?, new: Listing.Entry?)] {
    let before = Dictionary(old.entries.map { ($0.path, $0) }, uniquingKeysWith: { $1 })
    let now = Dictionary(new.entries.map { ($0.path, $0) }, uniquingKeysWith: { $1 })
    return Set(before.keys).union(now.keys).sorted()
      .map { ($0, before[$0], now[$0]) }.filter { $0.1 != $0.2 }
  }
}

extension VersionDifference {
  /// The most lines of one text, and the most values, that are shown.
  private static let most = 400

  /// For people.
  package var lines: [StyledLine] {
    var lines = [old, new].map { side in
      var line = StyledLine(side.label, .strong)
      let parts = [side.content.kind.rawValue, Amount.size(bytes: side.content.sizeBytes)]
      line.append("  \((parts + [side.content.digest.short]).joined(separator: ", "))", .dim)
      return line
    }
    if areEqual { return lines + [StyledLine("equal", .good)] }
    for side in [old, new] where !side.isRead {
      lines.append(StyledLine("the store does not have \(side.label)", .caution))
    }
    for (name, old, new) in values.prefix(VersionDifference.most) {
      var line = StyledLine("  \(Excerpt.shown(name))  ")
      line.append(VersionDifference.shown(old), .bad)
      line.append(" → ", .dim)
      line.append(VersionDifference.shown(new), .good)
      lines.append(line)
    }
    if values.count > VersionDifference.most {
      lines.append(StyledLine("  … \(values.count - VersionDifference.most) more values", .dim))
    }
    if let text { lines += VersionDifference.patch(text, old.label, new.label) }
    lines += files.map(VersionDifference.line)
    for file in files {
      guard let text = file.text else { continue }
      lines += VersionDifference.patch(
        text, "\(old.label)/\(file.path)", "\(new.label)/\(file.path)")
    }
    return lines
  }

  private static func shown(_ value: Value?) -> String {
    value.map { Excerpt.clipped($0.argument, to: 60) } ?? "nothing"
  }

  private static func line(_ file: File) -> StyledLine {
    let size = { (entry: Listing.Entry) in Amount.size(bytes: entry.sizeBytes) }
    let path = Excerpt.shown("\(file.path)")
    switch (file.old, file.new) {
    case (nil, let new?): return StyledLine("  added    \(path)  \(size(new))", .good)
    case (let old?, nil): return StyledLine("  removed  \(path)  \(size(old))", .bad)
    case (let old?, let new?):
      var line = StyledLine("  changed  \(path)")
      line.append("  \(size(old)) → \(size(new))", .dim)
      if old.kind != new.kind { line.append("  \(old.kind) → \(new.kind)", .dim) }
      return line
    case (nil, nil): return StyledLine(path)
    }
  }

  private static func patch(_ text: TextDifference, _ old: String, _ new: String) -> [StyledLine] {
    var lines = [StyledLine("--- \(old)", .strong), StyledLine("+++ \(new)", .strong)]
    for hunk in text.hunks {
      lines.append(StyledLine(hunk.title, .dim))
      for line in hunk.lines {
        switch line {
        case .same(let text): lines.append(StyledLine(" " + Excerpt.shown(text)))
        case .removed(let text): lines.append(StyledLine("-" + Excerpt.shown(text), .bad))
        case .added(let text): lines.append(StyledLine("+" + Excerpt.shown(text), .good))
        }
      }
    }
    guard lines.count > most else { return lines }
    return lines.prefix(most) + [StyledLine("… \(lines.count - most) more lines", .dim)]
  }

  /// What `artifacts diff --json` prints, schema 1.
  package var json: Value {
    let sides = [old, new].map { side in
      Value.map([
        ("name", .text(side.label)), ("content", .text(side.content.kind.rawValue)),
        ("digest", .text("\(side.content.digest)")),
        ("size", .number("\(side.content.sizeBytes)")), ("read", .boolean(side.isRead)),
      ])
    }
    let files = files.map { file in
      Value.map([
        ("path", .text(file.path.exact)),
        ("change", .text(file.old == nil ? "added" : file.new == nil ? "removed" : "changed")),
        ("old", file.old.map(\.json) ?? .null), ("new", file.new.map(\.json) ?? .null),
        ("lines", file.text.map(\.json) ?? .null),
      ])
    }
    return .map([
      ("schema", .number("1")), ("equal", .boolean(areEqual)), ("old", sides[0]),
      ("new", sides[1]),
      (
        "values",
        .list(
          values.map {
            .map([("name", .text($0.name)), ("old", $0.old ?? .null), ("new", $0.new ?? .null)])
          })
      ),
      ("lines", text.map(\.json) ?? .null), ("files", .list(files)),
    ])
  }
}

extension TextDifference.Hunk {
  /// `@@ -1,3 +1,4 @@`
  fileprivate var title: String { "@@ -\(oldStart),\(oldCount) +\(newStart),\(newCount) @@" }
}

extension TextDifference {
  fileprivate var json: Value {
    .map([("removed", .number("\(removedCount)")), ("added", .number("\(addedCount)"))])
  }
}
