import PipelineModel
import Testing

@testable import PipelineEngine

/// Components that log to real MLflow and real W&B by themselves.
@Suite("Services: components that log", .enabled(if: Services.areThere))
struct LoggingServiceTests {
  @Test("What a step logs to MLflow stands in the project's experiment, under its name")
  func mlflow() async throws {
    let project = try Services.project("logged")
    let workspace = try RealRun()
    let python = try #require(Services.python)
    let url = try #require(Services.url)
    let ended = try await workspace.run(
      """
      project: \(project)
      steps:
        train:
          run: ["\(python)", log.py]
          role: training

      """,
      variables: [
        "MLFLOW_TRACKING_URI": url, "HOME": workspace.scratch.directory.path.description,
      ],
      before: [
        "log.py": """
        import mlflow
        with mlflow.start_run():
            mlflow.log_metric("loss", 0.5)

        """
      ], context: TrackingContext(project: project, experiment: "sunny-1"))
    #expect(ended.endings == "train ran", "\(ended.log)")
    let server = try Services.server(try ProcessLoop())
    let found = try await server.ask(
      .get("mlflow/experiments/get-by-name", [("experiment_name", project)]))
    let place = try #require(found["experiment"]?["experiment_id"]?.text)
    let run = try #require(try await server.runs(in: place, where: [""])[0].first)
    #expect(run.tags["mlflow.runName"] == "sunny-1/train")
    #expect(run.tags["pipewright.group"] == "sunny-1")
    #expect(run.tags["pipewright.role"] == "training")
    // It is not taken for something exported.
    var export = try await MLflowExport(of: project, to: server)
    try await export.export([
      ExportedExperiment(gid: "\(project)-1", name: "sunny-1", started: 1, outcome: .succeeded)
    ])
    #expect(export.report.experiments == 1)
  }

  @Test("What a step logs to W&B without a key is kept below .pipeline, under its names")
  func wandb() async throws {
    let workspace = try RealRun()
    let python = try #require(Services.python)
    let home = workspace.scratch.directory.path
    let ended = try await workspace.run(
      """
      project: penguins
      steps:
        train:
          run: ["\(python)", log.py]
          role: training
          matrix: { seed: [1] }
          timeout: 2m

      """, variables: ["HOME": home.description],
      before: [
        "log.py": """
        import wandb
        run = wandb.init(config={"rate": 0.1})
        run.log({"loss": 0.5})
        print("RUN", run.project, run.group, run.job_type, run.name, run.offline)
        run.finish()

        """
      ],
      context: TrackingContext(
        project: "penguins", experiment: "sunny-1", folder: home.appending(".pipeline")))
    #expect(ended.endings == "train@seed=1 ran", "\(ended.log)")
    #expect(ended.log.contains("RUN penguins sunny-1 training sunny-1/train@seed=1 True\n"))
    let folder = try #require(
      workspace.scratch.names(".pipeline/wandb").first { $0.hasPrefix("offline-run-") })
    let file = try #require(
      workspace.scratch.names(Path(".pipeline/wandb/\(folder)")).first { $0.hasSuffix(".wandb") })
    let bytes = try workspace.scratch.directory.read(Path(".pipeline/wandb/\(folder)/\(file)"))
    for text in ["penguins", "sunny-1/train@seed=1", "training"] {
      #expect(bytes.firstRange(of: Array(text.utf8)) != nil, "\(text)")
    }
    #expect(try !workspace.scratch.names().contains("wandb"))
  }
}
