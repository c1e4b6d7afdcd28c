import PipelineModel

/// An experiment or a run as MLflow keeps both: as one of its runs.
struct MLflowRecord: Sendable {
  /// Of the run, or of the experiment itself.
  let gid: String
  /// Of the experiment that it belongs to or is.
  let experiment: String
  let name: String
  let isParent: Bool
  let started: Int64
  let ended: Int64?
  /// MLflow's word for how it ended; nil while it goes on.
  let status: String?
  let parameters: [ExportedText]
  let metrics: [ExportedMetric]
  /// What is known from the beginning, what comes with the end left out.
  let tags: [ExportedText]
  let artifacts: [ExportedArtifact]
  /// Of all of this: what is on the server under the same digest need not be looked at.
  let digest: String

  /// Tags by which an export finds again what it has written.
  enum Tag {
    static let experiment = "pipewright.experiment"
    static let run = "pipewright.run"
    /// Set last, when all the rest has arrived.
    static let digest = "pipewright.digest"
    /// Only an experiment has it.
    static let outcome = "pipewright.outcome"
    static let parent = "mlflow.parentRunId"
  }

  /// - Parameter runs: of the experiment, whose digests its own holds.
  init(_ experiment: ExportedExperiment, runs: [MLflowRecord], in project: String) {
    var tags = [
      ExportedText(Tag.experiment, experiment.gid),
      ExportedText(Tag.outcome, experiment.outcome.rawValue),
    ]
    tags += MLflowRecord.source(of: experiment, project)
    let status: String? =
      switch experiment.outcome {
      case .running: nil
      case .succeeded: "FINISHED"
      case .failed: "FAILED"
      case .cancelled, .killed: "KILLED"
      }
    self.init(
      gid: experiment.gid, experiment: experiment.gid, name: experiment.name, isParent: true,
      started: experiment.started, ended: experiment.ended, status: status,
      parameters: experiment.parameters, metrics: experiment.metrics,
      tags: tags + MLflowText.unique(experiment.tags), artifacts: [],
      parts: runs.map(\.digest))
  }

  init(_ run: ExportedRun, of experiment: ExportedExperiment, in project: String) {
    var tags = [
      ExportedText(Tag.experiment, experiment.gid), ExportedText(Tag.run, run.gid),
      ExportedText("pipewright.step", run.step.description),
      ExportedText("pipewright.ending", run.ending.rawValue),
    ]
    if let role = run.role { tags.append(ExportedText("pipewright.role", role)) }
    let digests = run.artifacts.map {
      (key: $0.path.description, value: Value.text($0.digest.description))
    }
    if !digests.isEmpty {
      tags.append(ExportedText("pipewright.artifacts", JSON.text(.map(digests))))
    }
    tags += MLflowRecord.source(of: experiment, project)
    let status: String? =
      switch run.ending {
      case .running: nil
      case .ran: "FINISHED"
      case .failed: "FAILED"
      case .cancelled: "KILLED"
      }
    self.init(
      gid: run.gid, experiment: experiment.gid, name: run.step.description, isParent: false,
      started: run.started, ended: run.ended, status: status, parameters: run.parameters,
      metrics: run.metrics, tags: tags + MLflowText.unique(run.tags), artifacts: run.artifacts,
      parts: [])
  }

  private init(
    gid: String, experiment: String, name: String, isParent: Bool, started: Int64, ended: Int64?,
    status: String?, parameters: [ExportedText], metrics: [ExportedMetric], tags: [ExportedText],
    artifacts: [ExportedArtifact], parts: [String]
  ) {
    self.gid = gid
    self.experiment = experiment
    self.name = name
    self.isParent = isParent
    self.started = started
    self.ended = ended
    self.status = status
    self.parameters = MLflowText.unique(parameters).map {
      ExportedText($0.name, String($0.value.prefix(MLflowText.longestParameter)))
    }
    let names = MLflowText.unique(metrics.map(\.name))
    self.metrics = zip(names, metrics).map { ExportedMetric($0, $1.points) }
    self.tags = tags.map {
      ExportedText($0.name, String($0.value.prefix(MLflowText.longestTag)))
    }
    self.artifacts = artifacts
    var text: [String] = ["1", gid, experiment, name, status ?? "", "\(started)"]
    text += [ended.map { "\($0)" } ?? ""] + parts
    text += (self.parameters + self.tags).flatMap { [$0.name, $0.value] }
    for metric in self.metrics {
      text.append(metric.name)
      text += metric.points.map { "\($0.step) \($0.time) \($0.value)" }
    }
    for artifact in artifacts {
      // A file that nobody has any more may come back.
      let count = artifact.files.count { $0.bytes != nil }
      text += [artifact.path.exact, artifact.digest.description, "\(count)"]
    }
    digest = Digest(of: JSON.text(.list(text.map(Value.text)))).description
  }

  private static func source(
    of experiment: ExportedExperiment, _ project: String
  ) -> [ExportedText] {
    var tags = [
      ExportedText("mlflow.source.type", "PROJECT"),
      ExportedText(
        "mlflow.source.name", experiment.command.isEmpty ? project : experiment.command),
    ]
    if let code = experiment.code {
      tags.append(ExportedText("mlflow.source.git.commit", code.commit))
      if let branch = code.branch {
        tags.append(ExportedText("mlflow.source.git.branch", branch))
      }
      if code.isChanged { tags.append(ExportedText("pipewright.git.changed", "true")) }
    }
    return tags
  }
}
