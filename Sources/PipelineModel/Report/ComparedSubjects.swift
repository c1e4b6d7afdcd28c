extension ExperimentReport {
  /// The experiment as one of those that are compared.
  ///
  /// - Parameter fields: fingerprints of its runs, by step.
  package func subject(fields: [String: [Field]]) -> ComparisonReport.Subject {
    let origin = entry.origin
    var code: [(name: String, value: Value)] = []
    if let commit = origin.commit {
      let text = String(commit.prefix(12)) + (origin.isModified == true ? ", with changes" : "")
      code.append(("git commit", .text(text)))
    }
    for step in steps {
      code += (fields[step.entry.name] ?? []).codeEntries.map { entry in
        (name: "\(step.entry.name): \(entry.name)", value: entry.value)
      }
    }
    return ComparisonReport.Subject(
      name: entry.name,
      entries: [
        .parameters: entry.parameters,
        .metrics: steps.flatMap { step in
          step.metrics.map { (name: "\(step.entry.name).\($0.name)", value: $0.json) }
        },
        .versions: steps.flatMap(\.outputs).map(\.compared), .code: code,
      ])
  }
}

extension SingleRunReport {
  /// The run as one of those that are compared.
  ///
  /// - Parameter prefixed: whether metrics are given their full names, so that runs of the same
  ///   step are judged by the goals of models.
  package var subject: ComparisonReport.Subject {
    let environment = fields.filter {
      [.variable, .tool, .platform, .matrix].contains($0.kind)
    }
    return ComparisonReport.Subject(
      name: entry.label,
      entries: [
        .parameters: parameters
          + environment.map { ($0.comparedName, .text($0.comparedValue)) },
        .metrics: metrics.map { (name: "\(entry.step).\($0.name)", value: $0.json) },
        .versions: inputs.map { (name: "input \($0.input)", value: .text($0.version.label)) }
          .merged + outputs.map(\.compared),
        .code: fields.codeEntries,
      ])
  }
}

extension VersionEntry {
  fileprivate var compared: (name: String, value: Value) { (artifact, .text("v\(number)")) }
}

extension [Field] {
  /// The fields that are somebody's code, digests in short.
  fileprivate var codeEntries: [(name: String, value: Value)] {
    filter { [.command, .component, .source].contains($0.kind) }.map { field in
      (field.comparedName, .text(field.comparedValue))
    }.merged
  }
}

extension Field {
  fileprivate var comparedName: String {
    name.isEmpty ? kind.rawValue : "\(kind.rawValue) \(name)"
  }

  /// The value, or how it begins and a digest: two that differ do so here as well.
  fileprivate var comparedValue: String {
    let text = Excerpt.shortened(value)
    let most = 60
    guard text.utf8.count > most else { return text }
    return Excerpt.clipped(text, to: most - 10) + " " + Digest(of: text).short
  }
}

extension [(name: String, value: Value)] {
  /// Each name once; of several under one name all values.
  fileprivate var merged: [(name: String, value: Value)] {
    var places: [[UInt8]: Int] = [:]
    var merged: [(name: String, value: Value)] = []
    for (name, value) in self {
      let bytes = [UInt8](name.utf8)
      if let place = places[bytes] {
        merged[place].value = .text("\(merged[place].value.argument), \(value.argument)")
      } else {
        places[bytes] = merged.count
        merged.append((name, value))
      }
    }
    return merged
  }
}
