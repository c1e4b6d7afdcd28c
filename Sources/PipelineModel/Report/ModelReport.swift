/// A registered model as `models` tells of it.
package struct ModelReport: Sendable {
  /// One version with what is known of it.
  package struct Version: Sendable {
    package let entry: ModelVersionEntry
    package var metrics: [MetricName: Double]
    package var experiment: String?
    package var commit: String?

    package init(_ entry: ModelVersionEntry, metrics: [MetricName: Double] = [:]) {
      self.entry = entry
      self.metrics = metrics
    }
  }

  package let model: RegisteredModel
  /// Nil where the manifest does not declare it any more.
  package let declaration: Model?
  /// What it is made from, as the manifest names it; nil likewise.
  package let from: String?
  /// The newest first.
  package let versions: [Version]

  package init(
    _ model: RegisteredModel, declaration: Model?, from: String?, versions: [Version]
  ) {
    self.model = model
    self.declaration = declaration
    self.from = from
    self.versions = versions.sorted { $0.entry.number > $1.entry.number }
  }

  private var metrics: [MetricName] { declaration?.metrics ?? [] }

  // MARK: All models

  /// What `models list` prints.
  package static func list(_ models: [ModelReport]) -> [StyledLine] {
    table(
      ["model", "latest", "aliases", "from"], emptiness: "no models",
      models.map { report in
        [
          report.model.name,
          report.model.versions.last.map { "v\($0.number)" } ?? "none",
          report.aliases.map { "\($0) v\($1)" }.joined(separator: ", "),
          report.from ?? "not in the manifest",
        ]
      })
  }

  /// Without columns in which no row says anything.
  private static func table(
    _ titles: [String], emptiness: String, _ rows: [[String]]
  ) -> [StyledLine] {
    let columns = titles.indices.filter { column in rows.contains { !$0[column].isEmpty } }
    return Sheet(
      columns: columns.map { Sheet.Column(titles[$0]) },
      rows: rows.map { row in columns.map { Sheet.Cell(row[$0]) } }, emptiness: emptiness
    ).lines()
  }

  /// What `models list --json` writes, schema 1.
  package static func json(_ models: [ModelReport], project: String?) -> Value {
    .map([
      ("schema", .number("1")),
      ("project", project.map(Value.text) ?? .null),
      ("models", .list(models.map(\.json))),
    ])
  }

  private var aliases: [(alias: String, version: Int)] {
    model.aliases.compactMap { alias in
      model.version(having: alias).map { (alias, $0.number) }
    }
  }

  // MARK: One model

  /// What `models show` prints.
  package var lines: [StyledLine] {
    var lines = [StyledLine(model.name, .strong)]
    lines.append(StyledLine("  from     \(from ?? "nothing: it is not in the manifest")"))
    if let declaration {
      if let better = declaration.better {
        lines.append(
          StyledLine("  better   \(better.metric) \(Gate.Demand.better(better).text)"))
      }
      for threshold in declaration.require {
        lines.append(
          StyledLine("  require  \(threshold.metric) \(Gate.Demand.threshold(threshold).text)"))
      }
    }
    lines.append(StyledLine())
    let rows = versions.map { version in
      ["v\(version.entry.number)", model.aliases(of: version.entry.number).joined(separator: ", ")]
        + metrics.map { version.metrics[$0].map { Metric.brief($0) } ?? "" }
        + [
          version.entry.content.digest.short, Amount.size(bytes: version.entry.content.sizeBytes),
          Timestamp.text(nanoseconds: version.entry.created), version.experiment ?? "",
        ]
    }
    let titles =
      ["version", "aliases"] + metrics.map(\.description)
      + ["digest", "size", "created", "experiment"]
    return lines + ModelReport.table(titles, emptiness: "no version yet", rows)
  }

  /// What `models show --json` writes within its frame.
  package var json: Value {
    .map([
      ("name", .text(model.name)),
      ("from", from.map { .text($0) } ?? .null),
      ("aliases", .map(aliases.map { ($0.alias, .number("\($0.version)")) })),
      ("versions", .list(versions.map(json))),
    ])
  }

  private func json(_ version: Version) -> Value {
    let entry = version.entry
    return .map([
      ("version", .number("\(entry.number)")),
      ("aliases", .list(model.aliases(of: entry.number).map { .text($0) })),
      ("artifact", .text(entry.artifact)),
      ("digest", .text(entry.content.digest.description)),
      ("kind", .text(entry.content.kind.rawValue)),
      ("size", .number("\(entry.content.sizeBytes)")),
      ("created", .text(Timestamp.text(nanoseconds: entry.created))),
      ("experiment", version.experiment.map { .text($0) } ?? .null),
      ("commit", version.commit.map { .text($0) } ?? .null),
      (
        "metrics",
        .map(
          version.metrics.sorted { $0.key < $1.key }
            .map { ($0.key.description, Metric.json($0.value)) })
      ),
    ])
  }

  // MARK: Its moves

  /// What `models log` prints: the last move first.
  package static func log(_ models: [RegisteredModel]) -> [StyledLine] {
    table(
      ["time", "model", "alias", "from", "to", "act", "who", "why"],
      emptiness: "no alias was ever moved",
      moves(of: models).map { model, move in
        [
          Timestamp.text(nanoseconds: move.time), model.name, move.alias,
          move.from.map { "v\($0)" } ?? "", "v\(move.version)", move.act.rawValue, move.who,
          move.why,
        ]
      })
  }

  /// What `models log --json` writes, schema 1.
  package static func logJSON(_ models: [RegisteredModel]) -> Value {
    .map([
      ("schema", .number("1")),
      ("moves", .list(moves(of: models).map { $0.move.json(of: $0.model) })),
    ])
  }

  private static func moves(
    of models: [RegisteredModel]
  ) -> [(model: RegisteredModel, move: MoveEntry)] {
    models.flatMap { model in model.moves.map { (model, $0) } }
      .sorted { ($0.1.time, $0.1.globalID) > ($1.1.time, $1.1.globalID) }
  }
}

extension MoveEntry {
  /// What `--json` writes of a move.
  package func json(of model: RegisteredModel) -> Value {
    .map([
      ("id", .text(globalID)),
      ("time", .text(Timestamp.text(nanoseconds: time))),
      ("model", .text(model.name)),
      ("alias", .text(alias)),
      ("act", .text(act.rawValue)),
      ("from", from.map { .number("\($0)") } ?? .null),
      ("to", .number("\(version)")),
      ("digest", (model.version(version)?.content.digest.description).map { .text($0) } ?? .null),
      ("who", .text(who)),
      ("why", .text(why)),
      ("metrics", .map(metrics.map { ($0.name, $0.json) })),
      ("experiment", experiment.map { .text($0) } ?? .null),
      ("commit", commit.map { .text($0) } ?? .null),
    ])
  }
}
