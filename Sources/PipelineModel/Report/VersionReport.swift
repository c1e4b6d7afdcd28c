/// All that is known of one version, for `artifacts show`.
package struct VersionReport: Sendable {
  /// As it was asked for: `train.model:v3`, `penguin-classifier:v2`.
  package var label: String
  package var content: Content
  /// Nil where only the registry knows it.
  package var entry: VersionEntry?
  package var path: String?
  package var presence: Presence
  /// What the registry calls it.
  package var names: [String] = []
  /// The runs that have written it; the one that first made it stands first.
  package var makers: [RunEntry] = []
  package var readers: [RunEntry] = []
  /// Of a directory, as far as the store has its listing.
  package var files: Listing?
  /// What a file of metrics says.
  package var values: [(name: String, value: Value)] = []

  package init(label: String, content: Content, entry: VersionEntry?, presence: Presence) {
    self.label = label
    self.content = content
    self.entry = entry
    self.presence = presence
  }

  /// For people.
  package var lines: [StyledLine] {
    var title = StyledLine(label, .strong)
    if entry?.isLatest == true { title.append("  latest", .good) }
    if let entry, entry.label != label { title.append("  \(entry.label)") }
    var lines = [title]
    func add(_ name: String, _ text: String, _ tone: Tone = .plain) {
      var line = StyledLine("  " + name.padded(to: 17), .dim)
      line.append(Excerpt.shown(text), tone)
      lines.append(line)
    }
    if let entry { add("kind", entry.kind.rawValue) }
    add("content", content.kind.rawValue)
    add("digest", "\(content.digest)")
    add("size", Amount.size(bytes: content.sizeBytes))
    if let path { add("path", path) }
    add("store", presence.rawValue, presence.tone)
    if let entry { add("recorded", Timestamp.text(nanoseconds: entry.created)) }
    for name in names { add("model", name) }
    for (index, run) in makers.enumerated() {
      add(index == 0 ? "made by" : "also written by", VersionReport.text(run))
    }
    for run in readers { add("read by", VersionReport.text(run)) }
    if let files {
      add("entries", "\(files.entries.count)")
      for entry in files.entries { lines.append(VersionReport.line(entry)) }
    }
    for (name, value) in values { add("value", "\(name) = \(value.argument)") }
    return lines
  }

  private static func text(_ run: RunEntry) -> String {
    "\(run.label)  \(Timestamp.text(nanoseconds: run.ended))"
  }

  private static func line(_ entry: Listing.Entry) -> StyledLine {
    var line = StyledLine("    \(entry.path)")
    switch entry.kind {
    case .file: line.append("  \(Amount.size(bytes: entry.sizeBytes))", .dim)
    case .executable: line.append("  \(Amount.size(bytes: entry.sizeBytes)), executable", .dim)
    case .link: line.append("  link", .dim)
    case .directory: line.append("  empty directory", .dim)
    }
    return line
  }

  /// What `artifacts show --json` prints, schema 1.
  package var json: Value {
    .map([
      ("schema", .number("1")), ("name", .text(label)),
      ("artifact", entry.map { .text($0.artifact) } ?? .null),
      ("version", entry.map { .number("\($0.number)") } ?? .null),
      ("latest", entry.map { .boolean($0.isLatest) } ?? .null),
      ("kind", entry.map { .text($0.kind.rawValue) } ?? .null),
      ("content", .text(content.kind.rawValue)), ("digest", .text("\(content.digest)")),
      ("size", .number("\(content.sizeBytes)")), ("path", path.map(Value.text) ?? .null),
      ("store", .text(presence.rawValue)),
      ("recorded", entry.map { .text(Timestamp.text(nanoseconds: $0.created)) } ?? .null),
      ("models", .list(names.map(Value.text))), ("makers", .list(makers.map(\.brief))),
      ("readers", .list(readers.map(\.brief))),
      ("files", files.map { .list($0.entries.map(\.json)) } ?? .null),
      ("values", .map(values.map { (key: $0.name, value: $0.value) })),
    ])
  }
}

extension RunEntry {
  /// What other listings say of a run in JSON.
  var brief: Value {
    .map([
      ("id", .text(globalID)), ("experiment", experiment.map(Value.text) ?? .null),
      ("step", .text(step)), ("ended", .text(Timestamp.text(nanoseconds: ended))),
    ])
  }
}

extension Listing.Entry {
  /// What listings in JSON say of a file.
  var json: Value {
    let kind =
      switch self.kind {
      case .file: "file"
      case .executable: "executable"
      case .link: "link"
      case .directory: "directory"
      }
    return .map([
      ("path", .text(path.exact)), ("kind", .text(kind)), ("digest", .text("\(digest)")),
      ("size", .number("\(sizeBytes)")),
    ])
  }
}
