/// All that is known of one experiment.
package struct ExperimentReport: Sendable {
  /// One of its steps.
  package struct Step: Sendable {
    package let entry: StepEntry
    /// The run that the ending is about: of a step that was kept or restored, the one that made
    /// its result.
    package let run: RunEntry?
    package let metrics: [Metric]
    package let outputs: [VersionEntry]

    package init(
      _ entry: StepEntry, run: RunEntry?, metrics: [Metric], outputs: [VersionEntry]
    ) {
      self.entry = entry
      self.run = run
      self.metrics = metrics
      self.outputs = outputs
    }

    /// Whether it executed in this experiment.
    fileprivate var isOwn: Bool {
      switch entry.ending {
      case .ran, .failed, .cancelled: true
      case .kept, .restored, .skipped: false
      }
    }
  }

  package let entry: ExperimentEntry
  /// In the order of the plan.
  package let steps: [Step]

  package init(_ entry: ExperimentEntry, steps: [Step]) {
    self.entry = entry
    self.steps = steps
  }

  // MARK: For people

  /// What it was, then its parameters, steps, metrics and versions.
  package var lines: [StyledLine] {
    var lines = [title]
    lines += ReportFacts.lines(facts)
    for (name, sheet) in sections where !sheet.rows.isEmpty {
      lines += [StyledLine(), StyledLine(name, .strong)] + sheet.lines().map { $0.indented }
    }
    return lines
  }

  private var title: StyledLine {
    var line = StyledLine(entry.name, .strong)
    line.append("  ")
    line.append(entry.outcome.rawValue, entry.outcome.tone)
    if let seconds = entry.seconds {
      line.append(" in \(Amount.duration(seconds: seconds))", .dim)
    }
    if entry.outcome == .killed { line.append(", with what it had finished", .dim) }
    return line
  }

  private var facts: [(name: String, text: String?)] {
    let origin = entry.origin
    let code = origin.commit.map { commit in
      String(commit.prefix(12)) + (origin.branch.map { " on \($0)" } ?? "")
        + (origin.isModified == true ? ", with changes" : "")
    }
    let who = [origin.user, origin.host].filter { !$0.isEmpty }.joined(separator: "@")
    return [
      ("started", "\(Timestamp.text(nanoseconds: entry.started))"),
      ("command", origin.command), ("code", code),
      (
        "machine",
        who + (who.isEmpty ? "" : ", ") + "\(origin.platform), "
          + Amount.count(origin.processorCount, "processor")
      ),
      ("tool", "pipewright \(origin.tool)"),
      ("tags", entry.tags.isEmpty ? nil : entry.tags.joined(separator: ", ")),
      ("sweep", entry.sweep), ("id", entry.globalID),
    ]
  }

  private var sections: [(name: String, sheet: Sheet)] {
    [
      ("parameters", parameters), ("steps", stepSheet), ("metrics", metrics),
      ("versions", versions),
    ]
  }

  private var parameters: Sheet {
    Sheet(
      columns: [.init("name"), .init("value")],
      rows: entry.parameters.map { [Sheet.Cell($0.name), Sheet.Cell($0.value)] },
      emptiness: "no parameters")
  }

  private var stepSheet: Sheet {
    Sheet(
      columns: [.init("step"), .init("ending"), .init("made by"), .init("why")],
      rows: steps.map { step in
        [
          Sheet.Cell(step.entry.name),
          Sheet.Cell(step.entry.ending.rawValue, step.entry.ending.tone),
          step.isOwn ? .empty : step.run.map { Sheet.Cell($0.label, .dim) } ?? .empty,
          Sheet.Cell(step.why),
        ]
      }, emptiness: "no steps")
  }

  private var metrics: Sheet {
    Sheet(
      columns: [.init("metric"), .numbers("value")],
      rows: namedMetrics.map { [Sheet.Cell($0.name), Sheet.Cell(measured: $0.metric.json)] },
      emptiness: "no metrics")
  }

  private var versions: Sheet {
    Sheet(
      columns: [.init("version"), .init("content"), .numbers("size")],
      rows: steps.flatMap(\.outputs).map { version in
        [
          Sheet.Cell(version.label), Sheet.Cell(version.content.digest.short, .dim),
          Sheet.Cell(Amount.size(bytes: version.content.sizeBytes), .dim),
        ]
      }, emptiness: "no versions")
  }

  private var namedMetrics: [(name: String, metric: Metric)] {
    steps.flatMap { step in
      step.metrics.map { ("\(step.entry.name).\($0.name)", $0) }
    }
  }

  // MARK: For programs

  /// What `--json` writes, schema 1.
  package var json: Value {
    let origin = entry.origin
    return .map([
      ("schema", .number("1")), ("name", .text(entry.name)), ("id", .text(entry.globalID)),
      ("project", .text(entry.project)), ("outcome", .text(entry.outcome.rawValue)),
      ("started", .text(Timestamp.preciseText(nanoseconds: entry.started))),
      ("ended", .time(entry.ended)),
      ("seconds", entry.seconds.map { Amount.number($0) } ?? .null),
      ("command", .text(origin.command)),
      (
        "git",
        origin.commit == nil
          ? .null
          : .map([
            ("commit", .optional(origin.commit)), ("branch", .optional(origin.branch)),
            ("modified", origin.isModified.map { .boolean($0) } ?? .null),
          ])
      ),
      (
        "machine",
        .map([
          ("user", .text(origin.user)), ("host", .text(origin.host)),
          ("platform", .text(origin.platform)),
          ("processors", .number("\(origin.processorCount)")),
        ])
      ),
      ("tool", .text(origin.tool)), ("tags", .list(entry.tags.map { .text($0) })),
      ("sweep", .optional(entry.sweep)),
      ("parameters", .map(entry.parameters.map { (key: $0.name, value: $0.value) })),
      ("steps", .list(steps.map(\.json))),
      ("metrics", .map(namedMetrics.map { (key: $0.name, value: $0.metric.json) })),
    ])
  }
}

extension ExperimentReport.Step {
  /// Reasons in brief, or what went wrong.
  fileprivate var why: String {
    if let failure = run?.failure, isOwn { return failure }
    let texts = (entry.reasons?.list ?? []).compactMap { $0["text"]?.text }
    return texts.prefix(2).joined(separator: ", ")
      + (texts.count > 2 ? " and \(texts.count - 2) more" : "")
  }

  fileprivate var json: Value {
    .map([
      ("name", .text(entry.name)), ("ending", .text(entry.ending.rawValue)),
      ("reasons", entry.reasons ?? .list([])),
      (
        "run",
        run.map { run in
          .map([
            ("id", .text(run.globalID)), ("experiment", .optional(run.experiment)),
            ("seconds", Amount.number(run.usage.seconds)), ("failure", .optional(run.failure)),
          ])
        } ?? .null
      ),
      ("outputs", .list(outputs.map(\.json))),
    ])
  }
}

extension VersionEntry {
  /// What listings write of it for programs.
  package var json: Value {
    .map([
      ("version", .text(label)), ("digest", .text(content.description)),
      ("size", .number("\(content.sizeBytes)")),
    ])
  }
}

extension Value {
  /// A moment, given in nanoseconds since 1970.
  static func time(_ nanoseconds: Int?) -> Value {
    nanoseconds.map { .text(Timestamp.preciseText(nanoseconds: $0)) } ?? .null
  }

  /// Text that may be missing.
  static func optional(_ text: String?) -> Value { text.map { .text($0) } ?? .null }
}
