import PipelineModel

/// Brings some experiments with their runs to the server, from whatever it has of them.
struct MLflowWriting {
  typealias Wave = [(parent: MLflowRecord, runs: [MLflowRecord])]

  private let server: MLflowServer
  private let place: String
  /// What the server has, by gid; an experiment's stands under its own.
  private(set) var found: [String: MLflowRun] = [:]
  private(set) var report = MLflowExport.Report()
  /// Made by this: there is nothing to look at.
  private var made: Set<String> = []

  init(_ server: MLflowServer, place: String) {
    self.server = server
    self.place = place
  }

  mutating func write(_ wave: Wave) async throws {
    try await find(wave.map(\.parent))
    let present = wave.filter { experiment in
      guard found[experiment.parent.gid]?.isDeleted == true else { return true }
      report.note("experiment '\(experiment.parent.name)' was deleted on the server, and stays so")
      return false
    }
    let parents = present.map(\.parent)
    try await make(parents)
    try await make(present.flatMap(\.runs))
    let open = present.flatMap { [$0.parent] + $0.runs }.filter { record in
      guard let run = found[record.gid], !run.isDeleted else { return false }
      return run.tags[MLflowRecord.Tag.digest] != record.digest
    }
    try await write(open)
    try await upload(open)
    // Nobody may take for complete what is not: runs end before their experiment.
    try await finish(open.filter { !$0.isParent })
    try await finish(open.filter(\.isParent))
    report.experiments += Set(open.map(\.experiment)).count
  }

  // MARK: What is there

  private mutating func find(_ parents: [MLflowRecord]) async throws {
    let filters = parents.map {
      "tags.`\(MLflowRecord.Tag.experiment)` = '\(MLflowText.quoted($0.gid))'"
    }
    for run in try await server.runs(in: place, where: filters).joined() {
      guard let gid = run.tags[MLflowRecord.Tag.run] ?? run.tags[MLflowRecord.Tag.experiment]
      else { continue }
      // Of two that were made at the same time, all exports take the same one.
      if let other = found[gid], other.id < run.id { continue }
      found[gid] = run
    }
  }

  private mutating func make(_ records: [MLflowRecord]) async throws {
    let missing = records.filter { found[$0.gid] == nil }
    let calls = missing.map { record in
      var tags = record.tags
      if !record.isParent, let parent = found[record.experiment] {
        tags.append(ExportedText(MLflowRecord.Tag.parent, parent.id))
      }
      return MLflowServer.Call.post(
        "mlflow/runs/create",
        [
          ("experiment_id", .text(place)), ("run_name", .text(record.name)),
          ("start_time", .number("\(record.started)")), ("tags", MLflowText.pairs(tags)),
        ], isRepeatable: false)
    }
    for (record, answer) in zip(missing, try await server.ask(calls)) {
      guard let run = answer["run"].flatMap({ MLflowRun($0) }) else {
        throw MLflowProblem.notMLflow(server.url, status: 200)
      }
      found[record.gid] = run
      made.insert(record.gid)
      if !record.isParent { report.runs += 1 }
    }
  }

  // MARK: Parameters, metrics and tags

  private mutating func write(_ records: [MLflowRecord]) async throws {
    let old = records.filter { !made.contains($0.gid) }
    let histories = old.flatMap { record -> [(gid: String, run: String, name: String)] in
      guard let run = found[record.gid] else { return [] }
      return record.metrics.map(\.name).filter(run.metrics.contains)
        .map { (record.gid, run.id, $0) }
    }
    var there: [String: [String: Set<MLflowPoint>]] = [:]
    let points = try await server.points(of: histories.map { ($0.run, $0.name) })
    for (history, points) in zip(histories, points) {
      there[history.gid, default: [:]][history.name] = points
    }
    var calls: [MLflowServer.Call] = []
    for record in records {
      guard let run = found[record.gid] else { continue }
      var batches = MLflowBatches(of: run.id)
      for parameter in record.parameters where run.parameters[parameter.name] == nil {
        batches.add(parameter: parameter)
      }
      for tag in record.tags where run.tags[tag.name] != tag.value { batches.add(tag: tag) }
      for metric in record.metrics {
        var seen = there[record.gid]?[metric.name] ?? []
        for point in metric.points where seen.insert(MLflowPoint(point)).inserted {
          batches.add(point, of: metric.name)
          report.points += 1
        }
      }
      calls += batches.calls
    }
    _ = try await server.ask(calls)
  }

  // MARK: Artifacts

  private mutating func upload(_ records: [MLflowRecord]) async throws {
    let writers = records.filter { record in
      record.artifacts.contains { !$0.files.isEmpty } && found[record.gid] != nil
    }
    let old = writers.filter { !made.contains($0.gid) }
    let lists = try await server.files(of: old.compactMap { found[$0.gid]?.id })
    let there = Dictionary(zip(old.map(\.gid), lists), uniquingKeysWith: { $1 })
    var calls: [MLflowServer.Call] = []
    for record in writers {
      guard let run = found[record.gid] else { continue }
      guard let folder = run.folder else {
        report.note(
          "artifacts are left out: the server keeps them at '\(run.artifacts)', where only its "
            + "clients write; start it with '--artifacts-destination'")
        continue
      }
      for artifact in record.artifacts {
        for file in artifact.files {
          let path = artifact.path.appending(file.path)
          guard let bytes = file.bytes else {
            report.note("'\(path)' of '\(record.name)' is left out: the store has it no more")
            continue
          }
          if there[record.gid]?[MLflowText.stored(path)] == file.sizeBytes { continue }
          calls.append(
            .put(
              "mlflow-artifacts/artifacts/\(folder)/\(MLflowText.place(path))", file: bytes))
          report.files += 1
          report.bytes += file.sizeBytes
        }
      }
    }
    _ = try await server.ask(calls)
  }

  // MARK: The end

  private func finish(_ records: [MLflowRecord]) async throws {
    let ended = records.compactMap { record in
      record.status.flatMap { status in found[record.gid].map { (record, $0.id, status) } }
    }
    _ = try await server.ask(
      ended.map { record, run, status in
        .post(
          "mlflow/runs/update",
          [
            ("run_id", .text(run)), ("status", .text(status)),
            ("end_time", .number("\(record.ended ?? record.started)")),
          ])
      })
    _ = try await server.ask(
      ended.map { record, run, _ in
        .post(
          "mlflow/runs/set-tag",
          [
            ("run_id", .text(run)), ("key", .text(MLflowRecord.Tag.digest)),
            ("value", .text(record.digest)),
          ])
      })
  }
}
