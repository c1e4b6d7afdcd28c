/// All that is known of one run.
package struct SingleRunReport: Sendable {
  /// Numbers that a run logged under one name while it worked.
  package struct Series: Sendable {
    package let name: String
    /// In the order in which they were logged; never empty.
    package let points: [Point]

    package init(name: String, points: [Point]) {
      self.name = name
      self.points = points
    }
  }

  /// One number of a series.
  package struct Point: Sendable {
    /// As the step wrote it: an epoch, say.
    package let step: Double
    package let number: Double
    /// Seconds since 1970, where the step wrote it.
    package let time: Double?

    package init(step: Double, number: Double, time: Double?) {
      self.step = step
      self.number = number
      self.time = time
    }
  }

  package let entry: RunEntry
  package let parameters: [(name: String, value: Value)]
  /// Of the fingerprint, in its order.
  package let fields: [Field]
  package let metrics: [Metric]
  package let series: [Series]
  package let inputs: [(input: String, version: VersionEntry)]
  package let outputs: [VersionEntry]

  package init(
    _ entry: RunEntry, parameters: [(name: String, value: Value)], fields: [Field],
    metrics: [Metric], series: [Series], inputs: [(input: String, version: VersionEntry)],
    outputs: [VersionEntry]
  ) {
    self.entry = entry
    self.parameters = parameters
    self.fields = fields
    self.metrics = metrics
    self.series = series
    self.inputs = inputs
    self.outputs = outputs
  }

  // MARK: For people

  /// What it was, then what determined it, what it measured, read and wrote.
  package var lines: [StyledLine] {
    var title = StyledLine(entry.label, .strong)
    title.append("  ")
    title.append(entry.ending.rawValue, entry.ending.tone)
    title.append(" in \(Amount.duration(seconds: entry.usage.seconds))", .dim)
    var lines = [title] + ReportFacts.lines(facts)
    for (name, sheet) in sections where !sheet.rows.isEmpty {
      lines += [StyledLine(), StyledLine(name, .strong)] + sheet.lines().map { $0.indented }
    }
    return lines
  }

  private var facts: [(name: String, text: String?)] {
    let usage = entry.usage
    let made = entry.experiment == nil ? "elsewhere, or its experiment was removed" : nil
    return [
      ("started", entry.started.map { Timestamp.text(nanoseconds: $0) }), ("made", made),
      ("role", entry.role), ("failure", entry.failure),
      ("status", entry.status.flatMap { $0 == 0 ? nil : "\($0)" }),
      ("attempts", usage.attempts > 1 ? "\(usage.attempts)" : nil),
      ("cpu", Amount.duration(seconds: usage.cpuSeconds)),
      ("memory", Amount.size(bytes: usage.peakMemoryBytes)),
      ("result", entry.isRecorded ? nil : "not recorded"), ("log", entry.log), ("key", entry.key),
      ("id", entry.globalID),
    ]
  }

  private var sections: [(name: String, sheet: Sheet)] {
    [
      (
        "parameters",
        Sheet(
          columns: [.init("name"), .init("value")],
          rows: parameters.map { [Sheet.Cell($0.name), Sheet.Cell($0.value)] },
          emptiness: "no parameters")
      ), ("determined by", fieldSheet),
      (
        "metrics",
        Sheet(
          columns: [.init("metric"), .numbers("value")],
          rows: metrics.map { [Sheet.Cell($0.name), Sheet.Cell(measured: $0.json)] },
          emptiness: "no metrics")
      ), ("series", seriesSheet),
      (
        "inputs",
        Sheet(
          columns: [.init("input"), .init("version")],
          rows: inputs.map { [Sheet.Cell($0.input), Sheet.Cell($0.version.label)] },
          emptiness: "no inputs")
      ), ("outputs", outputSheet),
    ]
  }

  /// Parameters have their own place.
  private var fieldSheet: Sheet {
    Sheet(
      columns: [.init("field"), .init("name"), .init("value")],
      rows: fields.filter { $0.kind != .parameter && $0.kind != .format }.map { field in
        let place = field.path.map { $0 == field.name ? "" : " (\($0))" } ?? ""
        return [
          Sheet.Cell(field.kind.rawValue, .dim), Sheet.Cell(field.name + place),
          Sheet.Cell(
            .text(field.value),
            StyledLine(Excerpt.clipped(Excerpt.shortened(field.value), to: 80))),
        ]
      }, emptiness: "no fields")
  }

  private var seriesSheet: Sheet {
    let columns: [Sheet.Column] =
      [.init("series")]
      + ["points", "first", "last", "lowest", "highest"].map { .numbers($0) }
    return Sheet(
      columns: columns,
      rows: series.map { series in
        [Sheet.Cell(series.name), Sheet.Cell(.number("\(series.points.count)"))]
          + series.figures.map { figure in
            figure.number.map { Sheet.Cell(measured: Metric.json($0)) } ?? .empty
          }
      }, emptiness: "no series")
  }

  private var outputSheet: Sheet {
    Sheet(
      columns: [.init("version"), .init("content"), .numbers("size")],
      rows: outputs.map { version in
        [
          Sheet.Cell(version.label), Sheet.Cell(version.content.digest.short, .dim),
          Sheet.Cell(Amount.size(bytes: version.content.sizeBytes), .dim),
        ]
      }, emptiness: "no outputs")
  }

  // MARK: For programs

  /// What `--json` writes, schema 1.
  package var json: Value {
    .map([
      ("schema", .number("1")), ("run", .text(entry.label)), ("id", .text(entry.globalID)),
      ("experiment", .optional(entry.experiment)), ("step", .text(entry.step)),
      ("role", .optional(entry.role)), ("ending", .text(entry.ending.rawValue)),
      ("recorded", .boolean(entry.isRecorded)), ("key", .optional(entry.key)),
      ("started", .time(entry.started)), ("ended", .time(entry.ended)),
      ("seconds", Amount.number(entry.usage.seconds)),
      ("cpuSeconds", Amount.number(entry.usage.cpuSeconds)),
      ("peakMemoryBytes", .number("\(entry.usage.peakMemoryBytes)")),
      ("attempts", .number("\(entry.usage.attempts)")),
      ("status", entry.status.map { .number("\($0)") } ?? .null),
      ("failure", .optional(entry.failure)), ("log", .optional(entry.log)),
      ("parameters", .map(parameters.map { (key: $0.name, value: $0.value) })),
      ("fields", .list(fields.map(\.json))),
      ("metrics", .map(metrics.map { (key: $0.name, value: $0.json) })),
      ("series", .list(series.map(\.json))),
      (
        "inputs",
        .list(inputs.map { .map([("input", .text($0.input))] + ($0.version.json.map ?? [])) })
      ), ("outputs", .list(outputs.map(\.json))),
    ])
  }
}

extension SingleRunReport.Series {
  /// What is said of a series in short; a number that is none is neither lowest nor highest.
  fileprivate var figures: [(name: String, number: Double?)] {
    let numbers = points.map(\.number).filter { !$0.isNaN }
    return [
      ("first", points.first?.number), ("last", points.last?.number), ("lowest", numbers.min()),
      ("highest", numbers.max()),
    ]
  }

  fileprivate var json: Value {
    .map(
      [("name", .text(name)), ("points", .number("\(points.count)"))]
        + figures.map { (key: $0.name, value: $0.number.map { Metric.json($0) } ?? .null) })
  }

  /// Every point, one a row.
  package var sheet: Sheet {
    Sheet(
      columns: [.numbers("step"), .numbers("value"), .numbers("time")],
      rows: points.map { point in
        [
          Sheet.Cell(Metric.json(point.step)), Sheet.Cell(Metric.json(point.number)),
          point.time.map { Sheet.Cell(Metric.json($0)) } ?? .empty,
        ]
      }, emptiness: "no points")
  }
}

extension Field {
  fileprivate var json: Value {
    .map([
      ("kind", .text(kind.rawValue)), ("name", .text(name)), ("path", .optional(path)),
      ("value", .text(value)),
    ])
  }
}
