import PipelineModel

/// The registry: registered models, their versions and aliases.
extension MLflowExport {
  /// Writes versions that the server does not have, by their digest, and moves aliases to where
  /// they are here.
  ///
  /// - Throws: `MLflowProblem`.
  package mutating func export(_ models: [ExportedModel]) async throws {
    for model in models {
      let make = MLflowServer.Call.post(
        "mlflow/registered-models/create", [("name", .text(model.name))])
      if case .failure(let problem) = try await server.attempt([make]).first,
        problem.code != "RESOURCE_ALREADY_EXISTS"
      {
        throw problem
      }
      try await writeVersions(of: model)
      try await moveAliases(of: model)
    }
  }

  private static let digestTag = "pipewright.digest"

  private mutating func writeVersions(of model: ExportedModel) async throws {
    var tries = 3
    while true {
      let there = try await numbers(of: model)
      let missing = model.versions.filter { there[$0.digest.description] == nil }
        .sorted { $0.number < $1.number }
      try await find(Set(missing.compactMap(\.run)))
      do {
        // One after the other, so that they are numbered in their order.
        for version in missing {
          _ = try await server.ask(creation(of: version, model))
          report.versions += 1
        }
        return
      } catch MLflowProblem.uncertain where tries > 0 {
        tries -= 1
      }
    }
  }

  /// The server's numbers of the versions that it has from here, by digest.
  private func numbers(of model: ExportedModel) async throws -> [String: String] {
    var numbers: [String: String] = [:]
    for version in try await server.versions(of: model.name) {
      guard let number = version["version"]?.text,
        let digest = MLflowRun.texts(version["tags"])[MLflowExport.digestTag]
      else { continue }
      // The first, should two exports have written it at once.
      let isEarlier = (Int(number) ?? .max) < (numbers[digest].flatMap(Int.init) ?? .max)
      if numbers[digest] == nil || isEarlier { numbers[digest] = number }
    }
    return numbers
  }

  /// Looks up runs that other exports have written.
  private mutating func find(_ gids: Set<String>) async throws {
    let unknown = gids.filter { known[$0] == nil }.sorted()
    let filters = unknown.map {
      "tags.`\(MLflowRecord.Tag.run)` = '\(MLflowText.quoted($0))'"
    }
    for (gid, runs) in zip(unknown, try await server.runs(in: place, where: filters)) {
      if let run = runs.min(by: { $0.id < $1.id }) { known[gid] = run }
    }
  }

  private func creation(
    of version: ExportedModel.Version, _ model: ExportedModel
  ) -> MLflowServer.Call {
    let tags = [
      ExportedText(MLflowExport.digestTag, version.digest.description),
      ExportedText("pipewright.version", "v\(version.number)"),
    ]
    var entries: [(key: String, value: Value)] = [
      ("name", .text(model.name)), ("tags", MLflowText.pairs(tags)),
    ]
    if let run = version.run.flatMap({ known[$0] }), !run.isDeleted {
      let path = version.path.map { "/\(MLflowText.stored($0))" } ?? ""
      entries += [
        ("source", .text("runs:/\(run.id)\(path)")), ("run_id", .text(run.id)),
      ]
    } else {
      entries += [
        ("source", .text("pipewright://sha256/\(version.digest.hex)")),
        ("description", .text("The run that made it is not on this server.")),
      ]
    }
    return .post("mlflow/model-versions/create", entries, isRepeatable: false)
  }

  private mutating func moveAliases(of model: ExportedModel) async throws {
    let numbers = try await numbers(of: model)
    let answer = try await server.ask(
      .get("mlflow/registered-models/get", [("name", model.name)]))
    var there: [String: String] = [:]
    for entry in answer["registered_model"]?["aliases"]?.list ?? [] {
      if let alias = entry["alias"]?.text { there[alias] = entry["version"]?.text }
    }
    let digests = Dictionary(
      model.versions.map { ($0.number, $0.digest.description) }, uniquingKeysWith: { $1 })
    // Only where an alias is now counts.
    let last = Dictionary(
      model.moves.map { ($0.alias, $0.number) }, uniquingKeysWith: { $1 })
    for (alias, number) in last.sorted(by: { $0.key < $1.key }) {
      guard MLflowExport.isPossible(alias) else {
        report.note("alias '\(alias)' of '\(model.name)' is left out: MLflow reserves it")
        continue
      }
      let entries: [(key: String, value: Value)] = [
        ("name", .text(model.name)), ("alias", .text(alias)),
      ]
      let path = "mlflow/registered-models/alias"
      if let version = number.flatMap({ digests[$0] }).flatMap({ numbers[$0] }) {
        if there[alias] == version { continue }
        _ = try await server.ask(.post(path, entries + [("version", .text(version))]))
      } else {
        if there[alias] == nil || number != nil { continue }
        _ = try await server.ask(.delete(path, entries))
      }
      report.aliases += 1
    }
  }

  /// Letters, digits, `_` and `-`; not `latest`, and nothing that reads as a version.
  private static func isPossible(_ alias: String) -> Bool {
    let isPlain = alias.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"): true
      default: false
      }
    }
    let rest = alias.dropFirst()
    let isVersion =
      alias.lowercased().hasPrefix("v") && !rest.isEmpty && rest.allSatisfy(\.isNumber)
    return isPlain && alias.lowercased() != "latest" && !isVersion
  }
}
