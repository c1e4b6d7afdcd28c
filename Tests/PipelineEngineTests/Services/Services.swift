import PipelineModel
import Testing

@testable import PipelineEngine

/// A real MLflow tracking server and real W&B, where `.ci/services` has prepared them.
enum Services {
  /// The Python with `mlflow` and `wandb`.
  static let python = variable("PIPEWRIGHT_SERVICES").map { "\($0)/bin/python" }
  /// Where the tracking server answers.
  static let url = variable("PIPEWRIGHT_MLFLOW")

  static var areThere: Bool { python != nil && url != nil }

  private static func variable(_ name: String) -> String? {
    Machine.environment().last { $0.name.elementsEqual(name.utf8) }
      .map { String(decoding: $0.value, as: UTF8.self) }
  }

  /// The server, asked as the export asks it.
  static func server(_ loop: ProcessLoop) throws -> MLflowServer {
    MLflowServer(
      try MLflowLocation(try #require(url), environment: Machine.environment()), loop: loop)
  }

  /// A name that no other test and no earlier run of one has.
  static func project(_ what: String) throws -> String {
    try what + "-" + Machine.randomBytes(4).map { String($0, radix: 16) }.joined()
  }
}

/// What the server has of one project, counted.
struct Census: Equatable, CustomStringConvertible {
  var parents = 0
  var children = 0
  var running = 0
  /// With their history.
  var points = 0
  var files: [String: Int] = [:]
  var versions = 0

  init(of project: String, model: String, on server: MLflowServer) async throws {
    let found = try await server.ask(
      .get("mlflow/experiments/get-by-name", [("experiment_name", project)]))
    let place = try #require(found["experiment"]?["experiment_id"]?.text)
    let runs = try await server.runs(in: place, where: [""]).joined()
    let parents = runs.filter { $0.tags[MLflowRecord.Tag.run] == nil }
    let children = runs.filter { $0.tags[MLflowRecord.Tag.run] != nil }
    self.parents = parents.count
    self.children = children.count
    let ids = Set(parents.map(\.id))
    for child in children {
      #expect(ids.contains(child.tags[MLflowRecord.Tag.parent] ?? ""))
    }
    running = runs.count { $0.tags[MLflowRecord.Tag.digest] == nil }
    let histories = runs.flatMap { run in run.metrics.sorted().map { (run: run.id, name: $0) } }
    points = try await server.points(of: histories).reduce(0) { $0 + $1.count }
    for files in try await server.files(of: runs.map(\.id)) {
      self.files.merge(files) { $0 + $1 }
    }
    versions = (try? await server.versions(of: model).count) ?? 0
  }

  var description: String {
    "\(parents) parents, \(children) children, \(running) running, \(points) points, "
      + "\(files), \(versions) versions"
  }
}
