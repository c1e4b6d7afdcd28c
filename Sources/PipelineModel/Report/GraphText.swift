extension GraphReport {
  /// The steps in order, each with what it reads and writes; one line each where there are many.
  package var lines: [StyledLine] {
    guard !steps.isEmpty else { return [StyledLine("no steps")] }
    if steps.count > GraphReport.mostInFull { return steps.map(compactLine) }
    return steps.flatMap { id in [head(id)] + details(id) }
  }

  private static let mostInFull = 100

  private func head(_ id: ID<Step>) -> StyledLine {
    var line = StyledLine("\(step(id).name)", .strong)
    if let role = step(id).role { line.append("  \(Excerpt.clipped(role, to: 40))", .dim) }
    return line
  }

  private struct Detail {
    let verb: String
    let name: String
    let place: String
    var note = ""
  }

  private func details(_ id: ID<Step>) -> [StyledLine] {
    let details =
      step(id).inputs.map(detail)
      + step(id).outputs.map { output in
        let artifact = pipeline.artifacts[output]
        let kind = artifact.kind == .data ? "" : artifact.kind.rawValue
        return Detail(
          verb: "writes", name: artifact.name?.text ?? "",
          place: Excerpt.shown(artifact.path.description), note: kind)
      }
    let width = details.map(\.name.count).max() ?? 0
    var lines = details.map { detail in
      var line = StyledLine("  " + detail.verb.padded(to: 8), .dim)
      if width > 0 { line.append(detail.name.padded(to: min(width, 24)) + "  ") }
      line.append(detail.place)
      if !detail.note.isEmpty { line.append("  \(detail.note)", .dim) }
      return line
    }
    if !step(id).after.isEmpty {
      var line = StyledLine("  after   ", .dim)
      line.append(names(step(id).after))
      lines.append(line)
    }
    return lines
  }

  private func detail(of input: Input) -> Detail {
    let name = input.name?.text ?? ""
    let writers = Array(Set(input.source.artifacts.map { pipeline.artifacts[$0].writer })).sorted()
    let note = writers.isEmpty ? "" : "from \(names(writers))"
    switch input.source {
    case .artifacts(let artifacts, _):
      let paths = artifacts.map { Excerpt.shown(pipeline.artifacts[$0].path.description) }
      return Detail(verb: "reads", name: name, place: abridged(paths), note: note)
    case .path(let path, _):
      return Detail(
        verb: "reads", name: name, place: Excerpt.shown(path.description), note: note)
    case .glob(let glob, _):
      return Detail(
        verb: "reads", name: name, place: Excerpt.shown(glob.pattern.description), note: note)
    }
  }

  private func compactLine(_ id: ID<Step>) -> StyledLine {
    var line = StyledLine("\(step(id).name)", .strong)
    if !step(id).needs.isEmpty { line.append("  reads from \(names(step(id).needs))") }
    if !step(id).after.isEmpty { line.append("  after \(names(step(id).after))", .dim) }
    return line
  }

  private func names(_ ids: [ID<Step>]) -> String {
    abridged(ids.map { "\(step($0).name)" })
  }

  /// The first three; of a matrix of hundreds all would fill the screen.
  private func abridged(_ words: [String]) -> String {
    let shown = words.prefix(3).joined(separator: ", ")
    return words.count > 4 ? "\(shown) and \(words.count - 3) more" : words.joined(separator: ", ")
  }
}
