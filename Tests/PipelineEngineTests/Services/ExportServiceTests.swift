import PipelineModel
import Testing

@testable import PipelineEngine

/// Exports to a real tracking server.
@Suite("Services: MLflow export", .enabled(if: Services.areThere), .serialized)
struct ExportServiceTests {
  /// Three experiments of two steps, with all that can be exported.
  private struct Sample {
    let scratch: ScratchDirectory
    let project: String
    var experiments: [ExportedExperiment] = []
    var model: ExportedModel

    init(_ what: String) throws {
      scratch = try ScratchDirectory()
      let project = try Services.project(what)
      self.project = project
      let size = 5_000_000
      try scratch.directory.replace("model", with: [UInt8](repeating: 7, count: size))
      try scratch.write("words", "one\n")
      let home = scratch.directory.path
      for number in 1...3 {
        let gid = "\(project)-e\(number)"
        var experiment = ExportedExperiment(
          gid: gid, name: "sunny-\(number)", started: 1_700_000_000_000 + Int64(number) * 10_000,
          ended: 1_700_000_009_000 + Int64(number) * 10_000,
          outcome: number == 3 ? .failed : .succeeded)
        experiment.tags = [ExportedText("why", "a \"test\" – ü"), ExportedText("a@b", "x")]
        experiment.parameters = [
          ExportedText("train.rate", "0.10"),
          ExportedText("train@seed=1.long", String(repeating: "x", count: 7_000)),
        ]
        experiment.metrics = [ExportedMetric("train.scores.accuracy", [.init(time: 5, value: 0.9)])]
        experiment.command = "run -P train.rate=0.10"
        experiment.code = .init(commit: "abc", branch: "main", isChanged: true)
        var train = ExportedRun(
          gid: "\(gid)-train", step: StepName(try #require(Name("train")), variant: "seed=1"),
          role: "training", started: experiment.started, ended: experiment.ended, ending: .ran)
        train.metrics = [
          ExportedMetric(
            "loss",
            (0..<3_000).map {
              .init(step: $0, time: 1_700_000_000_000 + Int64($0), value: 1 / Double($0 + 1))
            }),
          ExportedMetric(
            "odd",
            [.nan, .infinity, -.infinity, 0, Double.leastNonzeroMagnitude, 1e16].enumerated().map {
              .init(step: $0.offset, time: 1, value: $0.element)
            }),
        ]
        train.artifacts = [
          ExportedArtifact(
            path: "Models/1/model.bin", digest: SHA256.digest(Array("model\(number)".utf8)),
            files: [.init(bytes: home.appending("model"), sizeBytes: size)]),
          ExportedArtifact(
            path: "Data/split", digest: SHA256.digest([2]),
            files: ["a b/#1%.txt", "ü/2.txt", "gone"].map {
              .init(
                path: Path($0), bytes: $0 == "gone" ? nil : home.appending("words"), sizeBytes: 4)
            }),
        ]
        let failed = ExportedRun(
          gid: "\(gid)-evaluate", step: StepName(try #require(Name("evaluate"))),
          started: experiment.started, ended: experiment.ended, ending: .failed)
        experiment.runs = [train, failed]
        experiments.append(experiment)
      }
      model = ExportedModel(
        name: project,
        versions: (1...2).map { number in
          .init(
            number: number, digest: SHA256.digest(Array("model\(number)".utf8)),
            run: "\(project)-e\(number)-train", path: "Models/1/model.bin")
        }, moves: [.init(alias: "production", number: 1), .init(alias: "latest", number: 1)])
    }

    /// What the server has at the end.
    func expect(_ census: Census) {
      #expect(census.parents == 3)
      #expect(census.children == 6)
      #expect(census.running == 0)
      #expect(census.points == 3 * 3_007)
      #expect(census.versions == 2)
      #expect(
        census.files == [
          "Models/1/model.bin": 15_000_000, "Data/split/a b/_1_.txt": 12, "Data/split/ü/2.txt": 12,
        ])
    }

    func export(_ loop: ProcessLoop) async throws -> MLflowExport.Report {
      var export = try await MLflowExport(of: project, to: Services.server(loop))
      try await export.export(experiments)
      try await export.export([model])
      return export.report
    }

    func census(_ loop: ProcessLoop) async throws -> Census {
      try await Census(of: project, model: model.name, on: Services.server(loop))
    }
  }

  @Test("Exported twice, nothing is there twice; what is new follows")
  func twice() async throws {
    let loop = try ProcessLoop()
    var sample = try Sample("twice")
    let first = try await sample.export(loop)
    #expect(first.experiments == 3 && first.runs == 6 && first.points == 3 * 3_007)
    #expect(first.files == 9 && first.versions == 2 && first.aliases == 1)
    #expect(
      first.notes == [
        "'Data/split/gone' of 'train@seed=1' is left out: the store has it no more",
        "alias 'latest' of '\(sample.project)' is left out: MLflow reserves it",
      ])
    sample.expect(try await sample.census(loop))
    var nothing = MLflowExport.Report()
    nothing.unchanged = 3
    nothing.notes = Array(first.notes.suffix(1))
    #expect(try await sample.export(loop) == nothing)
    sample.expect(try await sample.census(loop))

    sample.experiments[0].tags.append(ExportedText("later", "yes"))
    sample.experiments[1].runs[0].metrics.append(ExportedMetric("new", [.init(time: 1, value: 1)]))
    sample.model = ExportedModel(
      name: sample.model.name, versions: sample.model.versions,
      moves: sample.model.moves + [.init(alias: "production", number: 2)])
    let later = try await sample.export(loop)
    #expect(later.experiments == 2 && later.points == 1 && later.aliases == 1)
    #expect(later.unchanged == 1 && later.runs == 0 && later.files == 0 && later.versions == 0)
  }

  @Test("Killed at any time and repeated, the export ends as one that was not")
  func killed() async throws {
    let sample = try Sample("killed")
    for milliseconds in [60, 120, 200, 300, 450, 700, 1_000] {
      let loop = try ProcessLoop()
      let task = Task { try await sample.export(loop) }
      try await Task.sleep(for: .milliseconds(milliseconds))
      // As a signal does: the program that speaks to the server is gone in the middle of a word.
      loop.cancelAll(grace: .zero)
      task.cancel()
      _ = try? await task.value
    }
    let loop = try ProcessLoop()
    _ = try await sample.export(loop)
    sample.expect(try await sample.census(loop))
    #expect(try await sample.export(loop).unchanged == 3)
  }

  @Test("Values arrive as they were: numbers that are none, names, status, code")
  func values() async throws {
    let loop = try ProcessLoop()
    let sample = try Sample("values")
    _ = try await sample.export(loop)
    let server = try Services.server(loop)
    let found = try await server.ask(
      .get("mlflow/experiments/get-by-name", [("experiment_name", sample.project)]))
    let place = try #require(found["experiment"]?["experiment_id"]?.text)
    let runs = try await server.ask(
      .post(
        "mlflow/runs/search",
        [("experiment_ids", .list([.text(place)])), ("order_by", .list([.text("start_time ASC")]))])
    )["runs"]?.list
    let infos = try #require(runs).compactMap { $0["info"] }
    let lines = infos.map { "\($0["run_name"]?.text ?? "") \($0["status"]?.text ?? "")" }
    #expect(
      Set(lines) == [
        "sunny-1 FINISHED", "sunny-2 FINISHED", "sunny-3 FAILED", "train@seed=1 FINISHED",
        "evaluate FAILED",
      ])
    let parent = try #require(
      runs?.first { $0["info"]?["run_name"]?.text == "sunny-1" }.flatMap { MLflowRun($0) })
    #expect(parent.parameters["train.rate"] == "0.10")
    #expect(parent.parameters["train_seed_1.long"]?.count == 6_000)
    #expect(parent.tags["why"] == "a \"test\" – ü")
    #expect(parent.tags["a_b"] == "x")
    #expect(parent.tags["mlflow.source.git.commit"] == "abc")
    #expect(
      infos.first { $0["run_name"]?.text == "sunny-1" }?["end_time"]?.integer == 1_700_000_019_000)
    let train = try #require(
      runs?.first { $0["info"]?["run_name"]?.text == "train@seed=1" }.flatMap { MLflowRun($0) })
    let words = "api/2.0/mlflow-artifacts/artifacts/\(train.folder ?? "")/Data/split/%C3%BC/2.txt"
    let curl = Curl(loop: loop, environment: Machine.environment())
    guard
      case .answered(200, let bytes, _)? = try await curl.answers(
        to: [HTTPRequest("GET", "\(server.url)/\(words)")]
      ).first
    else {
      Issue.record("the artifact is not there")
      return
    }
    #expect(bytes == Array("one\n".utf8))
    let history = try await server.ask(
      .get("mlflow/metrics/get-history", [("run_id", train.id), ("metric_key", "odd")]))
    let numbers = history["metrics"]?.list?.compactMap { MLflowText.number($0["value"]) } ?? []
    #expect(numbers.count == 6 && numbers.contains { $0.isNaN })
    #expect(
      numbers.contains(Double.leastNonzeroMagnitude) && numbers.contains(1e16)
        && numbers.contains(0))
    let registered = try await server.ask(
      .get("mlflow/registered-models/alias", [("name", sample.project), ("alias", "production")]))
    #expect(registered["model_version"]?["run_id"]?.text == train.id)
    #expect(
      registered["model_version"]?["source"]?.text == "runs:/\(train.id)/Models/1/model.bin")
  }

  @Test("What was deleted on the server stays deleted; a deleted experiment is told of")
  func deleted() async throws {
    let loop = try ProcessLoop()
    var sample = try Sample("deleted")
    sample.experiments.removeLast(2)
    let server = try Services.server(loop)
    var export = try await MLflowExport(of: sample.project, to: server)
    try await export.export(sample.experiments)
    let parent = try #require(
      try await server.runs(in: export.place, where: ["tags.why LIKE '%'"])[0].first)
    _ = try await server.ask(.post("mlflow/runs/delete", [("run_id", .text(parent.id))]))
    var again = try await MLflowExport(of: sample.project, to: server)
    try await again.export(sample.experiments)
    #expect(again.report.unchanged == 1 && again.report.experiments == 0)
    _ = try await server.ask(
      .post("mlflow/experiments/delete", [("experiment_id", .text(export.place))]))
    await #expect(throws: MLflowProblem.deletedExperiment(sample.project)) {
      _ = try await MLflowExport(of: sample.project, to: server)
    }
  }
}
