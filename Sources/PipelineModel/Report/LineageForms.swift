extension LineageReport {
  /// For Mermaid: a flowchart from left to right, from data to what was made of it.
  package var mermaid: String {
    var lines = ["flowchart LR"]
    var sources: [String] = []
    for (id, version) in sortedVersions {
      let label = Markup.mermaid(version.entry.label)
      lines.append("  v\(id)([\"\(id == lineage.start ? "<b>\(label)</b>" : label)\"])")
      for (index, name) in version.names.enumerated() {
        lines.append("  m\(id)x\(index){{\"\(Markup.mermaid(name))\"}}")
        lines.append("  v\(id) -.-> m\(id)x\(index)")
      }
    }
    for (id, run) in sortedRuns {
      lines.append("  r\(id)[\"\(Markup.mermaid(run.entry.label))\"]")
      var seen: Set<Int64> = []
      for read in run.reads where lineage.versions[read.version] != nil {
        if seen.insert(read.version).inserted { lines.append("  v\(read.version) --> r\(id)") }
      }
      for version in run.writes where lineage.versions[version] != nil {
        lines.append("  r\(id) --> v\(version)")
      }
      guard made.contains(id) else { continue }
      for field in data(of: run) {
        let name = field.path ?? field.name
        let key = "\(name) \(field.value)"
        let index = sources.firstIndex(of: key) ?? sources.count
        if index == sources.count {
          sources.append(key)
          lines.append("  d\(index)[(\"\(Markup.mermaid(name))\")]")
        }
        lines.append("  d\(index) --> r\(id)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What `artifacts lineage --format json` prints, schema 1.
  package var json: Value {
    .map([
      ("schema", .number("1")),
      ("version", lineage.versions[lineage.start].map { .text($0.entry.label) } ?? .null),
      ("versions", .list(sortedVersions.map { json($1, isUp: up.versions.contains($0), $0) })),
      ("runs", .list(sortedRuns.map { json($1, isUp: made.contains($0)) })),
    ])
  }

  private func json(_ version: Lineage.Version, isUp: Bool, _ id: Int64) -> Value {
    let entry = version.entry
    return .map([
      ("name", .text(entry.label)), ("artifact", .text(entry.artifact)),
      ("version", .number("\(entry.number)")),
      ("side", .text(id == lineage.start ? "self" : isUp ? "up" : "down")),
      ("kind", .text(entry.kind.rawValue)), ("content", .text(entry.content.kind.rawValue)),
      ("digest", .text("\(entry.content.digest)")),
      ("size", .number("\(entry.content.sizeBytes)")), ("store", .text(version.presence.rawValue)),
      ("models", .list(version.names.map(Value.text))),
      ("makers", .list(version.makers.map(\.brief))),
    ])
  }

  private func json(_ run: Lineage.Run, isUp: Bool) -> Value {
    let label = { (id: Int64) in lineage.versions[id].map { Value.text($0.entry.label) } }
    let reads = run.reads.compactMap { read in
      label(read.version).map { Value.map([("input", .text(read.input)), ("version", $0)]) }
    }
    let code = run.code.map { field in
      Value.map([
        ("kind", .text(field.kind.rawValue)), ("name", .text(field.name)),
        ("digest", .text(field.value)),
      ])
    }
    let data = self.data(of: run).map { field in
      Value.map([
        ("path", .text(field.path ?? field.name)), ("digest", .text(field.value)),
      ])
    }
    let origin = run.origin
    return .map([
      ("id", .text(run.entry.globalID)), ("name", .text(run.entry.label)),
      ("side", .text(isUp ? "up" : "down")),
      ("experiment", run.entry.experiment.map(Value.text) ?? .null),
      ("step", .text(run.entry.step)), ("ending", .text(run.entry.ending.rawValue)),
      ("ended", .text(Timestamp.text(nanoseconds: run.entry.ended))),
      ("key", run.entry.key.map(Value.text) ?? .null),
      ("commit", origin?.commit.map(Value.text) ?? .null),
      ("branch", origin?.branch.map(Value.text) ?? .null),
      ("modified", origin?.isModified.map(Value.boolean) ?? .null),
      ("parameters", .map(run.parameters.map { (key: $0.name, value: $0.value) })),
      ("code", .list(code)), ("data", .list(data)), ("reads", .list(reads)),
      ("writes", .list(run.writes.compactMap(label))),
    ])
  }

  private var sortedVersions: [(key: Int64, value: Lineage.Version)] {
    lineage.versions.sorted { $0.key < $1.key }
  }

  private var sortedRuns: [(key: Int64, value: Lineage.Run)] {
    lineage.runs.sorted { $0.key < $1.key }
  }

  private var made: Set<Int64> { up.runs }

  /// What lies upward.
  private var up: (versions: Set<Int64>, runs: Set<Int64>) {
    var (versions, runs): (Set<Int64>, Set<Int64>) = ([], [])
    for place in lineage.tree(.up) {
      switch place.subject {
      case .version(let id, _): versions.insert(id)
      case .run(let id, _): runs.insert(id)
      }
    }
    return (versions, runs)
  }
}
