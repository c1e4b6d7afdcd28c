/// The lineage of a version for people: as a tree of lines, and for Mermaid.
package struct LineageReport: Sendable {
  let lineage: Lineage
  let directions: [Lineage.Direction]

  /// - Parameter directions: those that the lineage was gathered in.
  package init(_ lineage: Lineage, _ directions: [Lineage.Direction]) {
    self.lineage = lineage
    self.directions = directions
  }

  /// For people: above the line of a version what made it, below it what was made from it.
  package var lines: [StyledLine] {
    guard let start = lineage.versions[lineage.start] else { return [] }
    var title = StyledLine(start.entry.label, .strong)
    title.append("  \(start.summary)", .dim)
    var lines = [title]
    for name in start.names { lines.append(LineageReport.detail("is \(name)", level: 0)) }
    for direction in directions {
      for place in lineage.tree(direction) { lines += self.lines(place, direction) }
    }
    return lines
  }

  private func lines(_ place: Lineage.Place, _ direction: Lineage.Direction) -> [StyledLine] {
    switch place.subject {
    case .version(let id, let inputs):
      guard let version = lineage.versions[id] else { return [] }
      var line = LineageReport.indented(direction == .up ? "read " : "wrote ", place.level)
      line.append(Excerpt.shown(version.entry.label), .strong)
      line.append(LineageReport.by(inputs) + "  \(version.summary)", .dim)
      if place.isRepeated {
        line.append("  (above)", .dim)
        return [line]
      }
      return [line] + version.names.map { LineageReport.detail("is \($0)", level: place.level + 1) }
    case .run(let id, let inputs):
      guard let run = lineage.runs[id] else { return [] }
      var line = LineageReport.indented(direction == .up ? "made by " : "read by ", place.level)
      line.append(Excerpt.shown(run.entry.label), .strong)
      line.append(LineageReport.by(inputs), .dim)
      if place.isRepeated {
        line.append("  (above)", .dim)
        return [line]
      }
      line.append("  \(Timestamp.text(nanoseconds: run.entry.ended))", .dim)
      if run.entry.ending != .ran { line.append("  \(run.entry.ending.rawValue)", .bad) }
      return [line]
        + details(of: run, direction).map {
          LineageReport.detail($0, level: place.level + 1)
        }
    }
  }

  /// What stands below a run: on the way down only what differs from one reader to the next.
  private func details(of run: Lineage.Run, _ direction: Lineage.Direction) -> [String] {
    var details: [String] = []
    if direction == .up {
      details += alsoWritten(by: run).map { "also written by \($0)" }
    }
    if let commit = run.origin?.commit {
      let state = run.origin?.isModified == true ? ", files modified" : ""
      details.append("commit \(commit.prefix(12))\(state)")
    }
    details += run.parameters.map { "parameter \($0.name) = \($0.value.argument)" }
    guard direction == .up else { return details }
    details += run.code.map { "\($0.kind.rawValue) \($0.name)  \(Excerpt.shortened($0.value))" }
    details += data(of: run).map {
      "data \($0.path ?? $0.name)  \(Excerpt.shortened($0.value))"
    }
    return details
  }

  /// Other runs that have written what this one first made.
  private func alsoWritten(by run: Lineage.Run) -> [String] {
    var labels: [String] = []
    for id in run.writes {
      guard let version = lineage.versions[id], version.makers.first?.id == run.entry.id else {
        continue
      }
      for maker in version.makers.dropFirst() where !labels.contains(maker.label) {
        labels.append(maker.label)
      }
    }
    return labels
  }

  /// What a run has read that no step wrote.
  func data(of run: Lineage.Run) -> [Field] {
    run.data(
      beside: run.reads.compactMap { read in
        lineage.versions[read.version].map { (read.input, $0.entry) }
      })
  }

  private static func by(_ inputs: [String]) -> String {
    inputs.isEmpty ? "" : " as \(inputs.map(Excerpt.shown).joined(separator: ", "))"
  }

  private static func indented(_ text: String, _ level: Int) -> StyledLine {
    StyledLine(String(repeating: "  ", count: level + 1) + text)
  }

  private static func detail(_ text: String, level: Int) -> StyledLine {
    let blanks = String(repeating: "  ", count: level + 1)
    return StyledLine(blanks + Excerpt.clipped(text, to: 160), .dim)
  }
}

extension Lineage.Version {
  /// `model, 1.2 kB, 3f2a11b0, collected`.
  fileprivate var summary: String {
    let bytes = entry.content.sizeBytes
    let parts = [entry.kind.rawValue, Amount.size(bytes: bytes), entry.content.digest.short]
    return (parts + (presence == .stored ? [] : [presence.rawValue])).joined(separator: ", ")
  }
}
