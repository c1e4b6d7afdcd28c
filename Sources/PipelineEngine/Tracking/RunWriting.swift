import GRDB
import PipelineModel

/// Writing runs: within one transaction.
struct RunWriting {
  let db: Database
  let pipeline: Pipeline
  let store: Store

  var met: MetRows?
  /// Hides secrets in what is measured.
  var mask = SecretMask([])

  private var versions: VersionWriting { VersionWriting(db: db, met: met) }

  /// What a run is called in every history.
  ///
  /// That of a recorded result follows from it, so that whoever meets the result, in this
  /// workspace or another, calls its run the same.
  static func globalID(of result: Result) -> String {
    let text = "run \(result.key.digest) \(result.workspace) \(result.finished)"
    return String(Digest(of: text).hex.prefix(32))
  }

  /// The same for a run that left no result.
  static func globalID(of step: StepName, in experiment: String) -> String {
    String(Digest(of: "run \(experiment) \(step)").hex.prefix(32))
  }

  // MARK: Runs

  /// The run that made a result; written from what the result says where history lacks it.
  ///
  /// - Parameter step: that has the result now; nil where the pipeline has none.
  /// - Returns: its row; and where that was written just now, what it was made from.
  func maker(of result: Result, step: ID<Step>?) throws -> (run: Int64, made: Fingerprint?) {
    let globalID = RunWriting.globalID(of: result)
    if let known = met?.run(globalID) { return (known, nil) }
    let found = try db.cachedStatement(sql: "SELECT id FROM run WHERE gid = ?")
    if let id = try Int64.fetchOne(found, arguments: [globalID]) { return (id, nil) }
    // What a step is kept with says so only where the store does.
    let isBrief = result.fingerprint.fields.isEmpty
    let result = isBrief ? try store.result(for: result.key) ?? result : result
    let isUnknown = result.fingerprint.fields.isEmpty
    var entry = RunEntry(
      globalID: globalID, step: "\(result.step)", ending: .ran, isRecorded: true,
      ended: result.finished, usage: result.usage)
    entry.role = step.flatMap { pipeline.steps[$0].role }
    entry.started = result.finished - Int(result.usage.seconds * 1e9)
    entry.logDigest = result.log?.description
    let id = try insert(entry, isUnknown ? nil : result.fingerprint, experiment: nil)
    let lines = result.metrics.flatMap { try? store.read($0) } ?? []
    let contents = result.outputs.map(\.content)
    let kinds = step.map { pipeline.steps[$0].outputs.map { pipeline.artifacts[$0].kind } }
    try MetricWriting(db: db, run: id, mask: mask).write(
      files: zip(result.outputs, kinds ?? []).filter { $1 == .metrics }
        .map { (name: label($0.0), bytes: (try? store.read($0.0.content.digest)) ?? []) },
      logged: LoggedMetrics(lines))
    try writeOutputs(
      zip(result.outputs.indices, contents).map { index, content in
        let output = result.outputs[index]
        let kind = kinds.flatMap { index < $0.count ? $0[index] : nil } ?? .data
        return (
          KnownArtifact(
            name: Artifact.trackedName(output.name, path: output.path, writer: result.step),
            kind: kind, path: output.path.exact), content
        )
      }, run: id, created: result.finished)
    return (id, result.fingerprint)
  }

  private func label(_ output: Result.Output) -> String {
    output.name?.text ?? output.path.description
  }

  /// - Parameter key: of the fingerprint; found out where it is not given.
  /// - Parameter experiment: its row; nil for a run of elsewhere.
  func insert(
    _ entry: RunEntry, _ fingerprint: Fingerprint?, _ key: ActionKey? = nil, experiment: Int64?
  ) throws -> Int64 {
    let fingerprintID = try fingerprint.map { try self.fingerprint($0, key ?? $0.key) }
    let matrix = (fingerprint?.fields ?? []).filter { $0.kind == .matrix }
      .map { (key: $0.name, value: (try? JSON.read($0.value)) ?? .text($0.value)) }
    try db.cachedStatement(
      sql: """
        INSERT INTO run (gid, experiment_id, step, role, matrix, fingerprint_id, ending, recorded,
          started, ended, seconds, cpu_seconds, peak_memory_bytes, attempts, status, failure, log,
          log_digest)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      entry.globalID, experiment, entry.step, entry.role, JSON.text(.map(matrix)), fingerprintID,
      entry.ending.rawValue, entry.isRecorded, entry.started, entry.ended, entry.usage.seconds,
      entry.usage.cpuSeconds, entry.usage.peakMemoryBytes, entry.usage.attempts, entry.status,
      entry.failure, entry.log, entry.logDigest,
    ])
    let id = db.lastInsertedRowID
    let parameter = try db.cachedStatement(
      sql: "INSERT INTO run_parameter (run_id, name, value) VALUES (?, ?, ?)")
    for field in fingerprint?.fields ?? [] where field.kind == .parameter {
      try parameter.execute(arguments: [id, field.name, field.value])
    }
    return id
  }

  private func fingerprint(_ fingerprint: Fingerprint, _ key: ActionKey) throws -> Int64 {
    let key = key.digest.description
    var fields: [UInt8] = []
    fingerprint.writeFields(to: &fields)
    try db.cachedStatement(
      sql: "INSERT INTO fingerprint (key, fields) VALUES (?, ?) ON CONFLICT (key) DO NOTHING"
    ).execute(arguments: [key, String(decoding: fields, as: UTF8.self)])
    if db.changesCount > 0 { return db.lastInsertedRowID }
    let found = try db.cachedStatement(sql: "SELECT id FROM fingerprint WHERE key = ?")
    guard let id = try Int64.fetchOne(found, arguments: [key]) else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a fingerprint is missing")
    }
    return id
  }

  // MARK: Edges

  /// Notes what a run has written.
  ///
  /// - Returns: version rows and numbers, in the order of the outputs.
  @discardableResult
  func writeOutputs(
    _ outputs: [(artifact: KnownArtifact, content: Content)], run: Int64?, created: Int,
    movesLatest: Bool = false
  ) throws -> [(id: Int64, number: Int)] {
    try outputs.map { known, content in
      let artifact = try versions.artifact(known)
      let version = try versions.version(of: artifact, content, created: created, run: run)
      if movesLatest { try versions.setLatest(version.id, of: artifact) }
      if let run, met?.hasOutput(version.id, of: run) != true {
        try db.cachedStatement(
          sql: "INSERT OR IGNORE INTO run_output (run_id, version_id) VALUES (?, ?)"
        ).execute(arguments: [run, version.id])
      }
      return version
    }
  }

  /// Notes which versions a run has read.
  ///
  /// - Parameter known: the contents of artifacts as this execution of the pipeline knows them;
  ///   asked where an input looks into a directory or a pattern, whose digest says nothing of each.
  func writeInputs(
    of step: Step, _ fingerprint: Fingerprint, run: Int64, known: [ID<Artifact>: Content]
  ) throws {
    if step.inputs.allSatisfy({ $0.artifacts.isEmpty }) { return }
    let written = WrittenInputs(fingerprint, of: step)
    let edge = try db.cachedStatement(
      sql: "INSERT OR IGNORE INTO run_input (run_id, input, version_id) VALUES (?, ?, ?)")
    for input in step.inputs {
      for id in input.artifacts {
        let artifact = pipeline.artifacts[id]
        // The size is no part of a fingerprint.
        let read = written.value(at: artifact.path.exact).flatMap { Content($0) }
        guard let content = read ?? known[id] else { continue }
        let sized = known[id].flatMap { $0 == content ? $0 : nil } ?? content
        let row = try versions.artifact(
          KnownArtifact(
            name: pipeline.trackedName(of: id), kind: artifact.kind, path: artifact.path.exact))
        let version = try versions.version(
          of: row, sized, created: Int(SystemClock.now), run: nil)
        try edge.execute(arguments: [run, input.label, version.id])
      }
    }
  }
}

/// What a fingerprint says of inputs by their path; most of them no step has written.
private struct WrittenInputs {
  private let fields: ArraySlice<Field>
  /// Nil where few are asked for, which are found sooner by looking.
  private let byPath: [String: String]?

  init(_ fingerprint: Fingerprint, of step: Step) {
    fields = fingerprint.fields.drop { $0.kind != .input }.prefix { $0.kind == .input }
    let asked = step.inputs.reduce(0) { $0 + $1.artifacts.count }
    guard asked > 4 else {
      byPath = nil
      return
    }
    byPath = Dictionary(
      fields.compactMap { field in field.path.map { ($0, field.value) } }, uniquingKeysWith: { $1 })
  }

  func value(at path: String) -> String? {
    guard let byPath else { return fields.last { $0.path == path }?.value }
    return byPath[path]
  }
}

extension Input {
  /// Every artifact that it reads or looks into.
  var artifacts: [ID<Artifact>] {
    switch source {
    case .artifacts(let artifacts, _): artifacts
    case .path(_, let overlaps), .glob(_, let overlaps): overlaps
    }
  }
}

extension Content {
  /// Reads what `description` writes; the size is not known then.
  init?(_ text: String) {
    let words = text.split(separator: " ")
    guard let last = words.last, let digest = Digest(last) else { return nil }
    let kind = words.count == 1 ? Kind.file : Kind(rawValue: String(words[0]))
    guard let kind, words.count <= 2 else { return nil }
    self.init(kind: kind, digest: digest, sizeBytes: 0)
  }
}
