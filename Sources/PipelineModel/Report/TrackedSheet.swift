extension Sheet {
  /// The rows of a listing under the columns that are asked for.
  ///
  /// - Parameter emptiness: what people read where there are no rows.
  package init<Row: Tracked>(
    _ rows: [Row], under columns: [ResolvedInquiry.Column], emptiness: String
  ) {
    let values = rows.map { row in columns.map { row.values(of: $0.name) } }
    let names = Dictionary(grouping: columns, by: \.name.text)
    self.init(
      columns: columns.enumerated().map { index, column in
        let key = names[column.name.text]?.count == 1 ? column.name.text : column.name.qualified
        let isNumeric = values.contains { $0[index].first?.isNumber ?? false }
        return Column(key, title: column.title, alignment: isNumeric ? .right : .left)
      },
      rows: values.map { row in zip(columns, row).map { Cell(tracked: $1, of: $0.name) } },
      emptiness: emptiness)
  }
}

extension Sheet.Cell {
  /// What a row has under a name.
  package init(tracked values: [Value], of name: TrackedName) {
    switch name {
    case .parameter: self = values.first.map { Sheet.Cell($0) } ?? .empty
    case .metric: self = values.first.map { Sheet.Cell(measured: $0) } ?? .empty
    case .fixed(let name): self.init(fixed: values, name)
    }
  }

  /// A metric: its number is rounded for people.
  package init(measured value: Value) {
    let number = Metric.number(value)
    self.init(
      value,
      StyledLine(
        number.map { Metric.brief($0) } ?? value.argument,
        number?.isFinite == false ? .caution : .plain))
  }

  private init(fixed values: [Value], _ name: String) {
    switch name {
    case "tag":
      self.init(
        .list(values), StyledLine(values.map(\.argument).joined(separator: ", ")))
    case "started":
      self =
        values.first.map { Sheet.Cell($0, StyledLine(Timestamp.short($0.argument), .dim)) }
        ?? .empty
    case "outcome", "ending":
      self = values.first.map { Sheet.Cell($0, $0.tone) } ?? .empty
    case "steps":
      let counts = (values.first?.map ?? []).compactMap { entry in
        Ending(rawValue: entry.key).flatMap { ending in
          Int(entry.value.argument).map { (ending, $0) }
        }
      }
      let text = Ending.totals(Dictionary(counts, uniquingKeysWith: { $1 }))
      self.init(values.first ?? .null, StyledLine(counts.isEmpty ? "none" : text))
    case "key":
      self =
        values.first.map { Sheet.Cell($0, StyledLine(Excerpt.shortened($0.argument))) } ?? .empty
    case "seconds", "cpuSeconds":
      self =
        values.first.map { value in
          let text = value.double.map { Amount.duration(seconds: $0) }
          return Sheet.Cell(value, StyledLine(text ?? value.argument, .dim))
        } ?? .empty
    case "peakMemoryBytes":
      self =
        values.first.map { value in
          Sheet.Cell(value, StyledLine(Amount.size(bytes: value.integer ?? 0), .dim))
        } ?? .empty
    case "commit", "id":
      self =
        values.first.map { Sheet.Cell($0, StyledLine(String($0.argument.prefix(8)))) } ?? .empty
    // No enum: what users may write.
    default: self = values.first.map { Sheet.Cell($0) } ?? .empty
    }
  }
}

extension Timestamp {
  /// For people, of what `text` writes.
  fileprivate static func short(_ text: String) -> String {
    text.prefix(10) + " " + text.dropFirst(11).prefix(5)
  }
}

extension Value {
  fileprivate var isNumber: Bool { Metric.number(self) != nil }

  /// How the word of an outcome or an ending looks.
  fileprivate var tone: Tone {
    if let outcome = ExperimentEntry.Outcome(rawValue: argument) { return outcome.tone }
    return Ending(rawValue: argument)?.tone ?? .plain
  }
}

extension ExperimentEntry.Outcome {
  /// How its word looks.
  package var tone: Tone {
    switch self {
    case .succeeded: .good
    case .failed: .bad
    case .cancelled, .killed: .caution
    case .running: .strong
    }
  }
}
