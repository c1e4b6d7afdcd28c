import GRDB
import PipelineModel
import Testing

@testable import PipelineEngine

/// A workspace whose executions are recorded, in the way of the tool.
struct Notebook {
  let bench: Workbench

  init(_ manifest: String) throws {
    bench = try Workbench(manifest)
  }

  var file: Path { bench.directory.path.appending(".pipeline/history.db") }

  /// Executes what is stale, and records it.
  ///
  /// - Parameter isKilled: whether nobody writes down how it ended.
  @discardableResult
  func run(
    _ name: String? = nil, isWanted: Bool = false, isKilled: Bool = false, history: Path? = nil
  ) async throws -> ExperimentEntry? {
    let plan = try bench.plan()
    let access = try await bench.access(.running(waits: false))
    let machine = try bench.machine(access, plan)
    defer { machine.close() }
    let request = ExperimentRequest(
      name: name, tags: ["a"], isWanted: isWanted, origin: ExperimentOrigin(command: "run"))
    let recorder = ExperimentRecorder(
      plan, in: machine.place(ofHistory: history ?? file), request
    ) { _ in }
    let pools = Pools(cpus: 2, memoryBytes: 0, given: [:], steps: plan.pipeline.steps.rows)
    let runner = Runner(
      plan, machine, pools: pools, keepsGoing: true,
      begin: { try await recorder.begin(on: machine) },
      tell: recorder.take)
    let record = try await recorder.recording { try await runner.run { false } }
    if isKilled { return recorder.experiment }
    try await recorder.finish(record.hasFailed(in: plan.pipeline) ? .failed : .succeeded)
    return recorder.experiment
  }

  /// The same in the way of `run`, to its very end.
  func recordedRun() async throws -> RecordedRun.Ended {
    let plan = try bench.plan()
    let access = try await bench.access(.running(waits: false))
    let machine = try bench.machine(access, plan)
    defer { machine.close() }
    let pools = Pools(cpus: 2, memoryBytes: 0, given: [:], steps: plan.pipeline.steps.rows)
    let run = RecordedRun(
      plan, on: machine, history: machine.place(ofHistory: file),
      ExperimentRequest(origin: ExperimentOrigin(command: "run")), pools: pools, keepsGoing: true)
    return try await run.run { _ in
    } isCancelled: {
      false
    }
  }

  /// Lets the history, which is made if there is none, do as a statement of SQL says.
  func execute(_ sql: String) throws {
    let history = try History.make(file, warnings: Warnings())
    defer { history.close() }
    try history.write { try $0.execute(sql: sql) }
  }

  /// What `body` reads of the history.
  func read<Answer>(_ body: (History) throws -> Answer) throws -> Answer {
    let history = try #require(try History.reading(file, warnings: Warnings()))
    defer { history.close() }
    return try body(history)
  }

  /// `name ending run`, the run by its label, of each step of the newest experiment.
  func newest() throws -> [String] {
    try read { history in
      guard let experiment = try history.experiments().first else { return [] }
      return try history.steps(of: experiment.id).map { step in
        let maker = try step.run.flatMap { try history.run($0) }
        return "\(step.name) \(step.ending) \(maker?.experiment ?? "-")"
      }
    }
  }

  /// `train.model:v2`, `latest` behind it where it is, of all artifacts.
  func versions() throws -> [String] {
    try read { history in
      try history.artifacts().flatMap { try history.versions(of: $0.name).reversed() }
        .map { $0.isLatest ? "\($0.label) latest" : $0.label }
    }
  }

  /// `first/train train.model:v1`: which run has written which version.
  func edges() throws -> [String] {
    try read { history in
      try history.runs().flatMap { run in
        try history.outputs(of: run.id).map { "\(run.label) \($0.label)" }
      }
    }
  }
}
