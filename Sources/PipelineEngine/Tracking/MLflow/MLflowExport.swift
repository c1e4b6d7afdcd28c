import PipelineModel

/// Writes experiments and models to a tracking server: one experiment of MLflow for the project, a
/// run for each experiment, a nested run for each run.
///
/// The server itself is the memory of what has been written: everything carries the global id it
/// has here, and a digest that is set last. So a second export writes nothing twice, also where the
/// first was killed half-way; what was deleted on the server stays deleted.
package struct MLflowExport: Sendable {
  /// What came of it.
  package struct Report: Sendable, Equatable {
    /// Experiments of which something was written.
    package var experiments = 0
    /// Experiments that were there as they are.
    package var unchanged = 0
    package var runs = 0
    package var points = 0
    package var files = 0
    package var bytes = 0
    package var versions = 0
    package var aliases = 0
    /// What could not be written, and why; none twice.
    package var notes: [String] = []

    mutating func note(_ text: String) {
      if !notes.contains(text) { notes.append(text) }
    }
  }

  let server: MLflowServer
  private let project: String
  /// MLflow's id of the project's experiment.
  let place: String
  /// Digests of what is complete on the server, by the experiment's gid.
  private var complete: [String: String]
  /// What is on the server by the gid of the run, as far as it was met.
  var known: [String: MLflowRun] = [:]
  package internal(set) var report = Report()

  /// Looks up what the server has, and makes its experiment where there is none.
  ///
  /// - Throws: `MLflowProblem`.
  package init(of project: String, to server: MLflowServer) async throws {
    self.server = server
    self.project = project
    place = try await MLflowExport.place(of: project, on: server)
    complete = [:]
    let filter =
      "tags.`\(MLflowRecord.Tag.outcome)` LIKE '%' and tags.`\(MLflowRecord.Tag.digest)` LIKE '%'"
    for run in try await server.runs(in: place, where: [filter]).joined() {
      guard let gid = run.tags[MLflowRecord.Tag.experiment] else { continue }
      complete[gid] = run.tags[MLflowRecord.Tag.digest]
    }
  }

  /// So many experiments go to the server together.
  private static let most = 25

  /// Writes what is not there yet of some experiments.
  ///
  /// - Throws: `MLflowProblem`; what was written before it stays, and is not written again.
  package mutating func export(_ experiments: [ExportedExperiment]) async throws {
    let records = experiments.map { experiment in
      let runs = experiment.runs.map { MLflowRecord($0, of: experiment, in: project) }
      return (parent: MLflowRecord(experiment, runs: runs, in: project), runs: runs)
    }
    let open = records.filter { complete[$0.parent.gid] != $0.parent.digest }
    report.unchanged += records.count - open.count
    for start in stride(from: 0, to: open.count, by: MLflowExport.most) {
      let wave = Array(open[start..<min(start + MLflowExport.most, open.count)])
      try await write(wave)
      for (parent, _) in wave where parent.status != nil { complete[parent.gid] = parent.digest }
    }
  }

  /// Looks again and goes on where an answer got lost on its way.
  private mutating func write(_ wave: MLflowWriting.Wave) async throws {
    var tries = 3
    while true {
      do {
        var writing = MLflowWriting(server, place: place)
        try await writing.write(wave)
        known.merge(writing.found) { $1 }
        report.add(writing.report)
        return
      } catch MLflowProblem.uncertain where tries > 0 {
        tries -= 1
        try await Task.sleep(for: .seconds(1))
      }
    }
  }

  private static func place(of project: String, on server: MLflowServer) async throws -> String {
    let name = [("experiment_name", project)]
    let look = MLflowServer.Call.get("mlflow/experiments/get-by-name", name)
    let make = MLflowServer.Call.post(
      "mlflow/experiments/create", [("name", .text(project))], isRepeatable: false)
    for isLast in [false, true] {
      if let answer = try await server.attempt([look]).first {
        switch answer {
        case .success(let value):
          guard let experiment = value["experiment"], let id = experiment["experiment_id"]?.text
          else { throw MLflowProblem.notMLflow(server.url, status: 200) }
          if experiment["lifecycle_stage"]?.text == "deleted" {
            throw MLflowProblem.deletedExperiment(project)
          }
          return id
        case .failure(let problem):
          guard problem.code == "RESOURCE_DOES_NOT_EXIST", !isLast else { throw problem }
        }
      }
      // Another export may be making it just now: it is looked up in any case.
      if case .failure(let problem) = try await server.attempt([make]).first,
        problem.code != "RESOURCE_ALREADY_EXISTS"
      {
        guard case .uncertain = problem else { throw problem }
      }
    }
    throw MLflowProblem.notMLflow(server.url, status: 200)
  }
}

extension MLflowExport.Report {
  mutating func add(_ other: MLflowExport.Report) {
    experiments += other.experiments
    unchanged += other.unchanged
    runs += other.runs
    points += other.points
    files += other.files
    bytes += other.bytes
    versions += other.versions
    aliases += other.aliases
    other.notes.forEach { note($0) }
  }
}
