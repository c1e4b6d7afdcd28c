import Foundation
import PipelineModel

@testable import PipelineEngine

/// A workspace in which the engine works in this process, many times as fast as the tool is
/// started: with what the last run has left standing, as the tool does it, but without a history.
struct EngineWorkplace: Workplace {
  let directory: URL
  let home: URL
  let store: URL?

  func at(_ directory: URL, store: URL?) -> EngineWorkplace {
    EngineWorkplace(directory: directory, home: home, store: store)
  }

  /// Why a request ends before a step is looked at.
  private struct Refused: Error {
    let why: String
  }

  func answer(_ request: Request) async throws -> Answer {
    do {
      return try await listened(to: request)
    } catch let refused as Refused {
      return Answer(code: 2, words: [:], output: refused.why)
    } catch let error as StorageError {
      return Answer(code: 5, words: [:], output: "\(error)")
    }
  }

  private func listened(to request: Request) async throws -> Answer {
    let root = try Directory(opening: Path(directory.path))
    let isRun = request.verb == .run
    // What `status` finds standing is what a run of the same steps has left.
    let question = Digest(of: "\(request.steps) \(request.isOnly) \(request.overrides)")
    let isPlain = !request.isForced && !request.keepsGoing && !request.isFull
    let glance =
      isPlain
      ? try? WorkspaceAccess.glance(at: root, question, isRun: isRun, command: "test") : nil
    if let glance, glance.isUnchanged {
      return Answer(
        code: 0, words: EngineWorkplace.all(glance.standing.stepNames, isRun ? "kept" : "fresh"))
    }
    var loader = ManifestLoader(root, "pipeline.yaml", tool: "test")
    let loaded = try loader.load(Overrides(assignments: request.overrides))
    guard let pipeline = loaded.pipeline, !loaded.hasErrors else { throw Refused(why: loaded.text) }
    let selection = Selection(
      names: request.steps, isOnly: request.isOnly, isForced: request.isForced)
    let (made, problems) = Plan.make(selection, of: pipeline)
    guard let plan = made else { throw Refused(why: "\(problems.map(\.fact))") }
    let access = try await WorkspaceAccess.open(
      root, isRun ? .running(waits: true) : .reading, store: store.map { Path($0.path) },
      command: "test", environment: [], grace: .seconds(1), after: glance
    ) { _ in }
    loaded.keep()
    let machine = try machine(access, pipeline)
    defer { machine.close() }
    if let glance { machine.lean(on: glance, for: plan, readFrom: loaded.files) }
    let found = try await Preflight(plan, machine).problems()
    guard found.allSatisfy({ $0.severity == .warning }) else {
      throw Refused(why: "\(found.map(\.fact))")
    }
    guard isRun else { return try await forecast(plan, machine) }
    let record = try await run(plan, machine, keepsGoing: request.keepsGoing)
    if isPlain {
      let remains = try machine.remains(readBy: plan)
      let isQuiet =
        found.isEmpty && loaded.problems.isEmpty && remains.isEmpty
        && machine.warnings.take().isEmpty
      machine.settle(
        record, of: plan, question: question, files: loaded.files, isQuiet: isQuiet)
    }
    return EngineWorkplace.answer(record, plan)
  }

  private func machine(_ access: WorkspaceAccess, _ pipeline: Pipeline) throws -> MachineWorld {
    let environment = [
      EnvironmentVariable("PATH", "/usr/local/bin:/usr/bin:/bin"),
      EnvironmentVariable("HOME", home.path),
    ]
    let swiftPM = SwiftPM(graphFile: nil, scratch: nil, plugin: nil, environment: environment)
    return try MachineWorld(
      access, pipeline: pipeline, swiftPM: swiftPM, environment: environment, grace: .seconds(1)
    ) { _, _ in }
  }

  private func forecast(_ plan: Plan, _ machine: MachineWorld) async throws -> Answer {
    let forecast = try await Forecast(Decider(plan, machine))
    let rows = StatusReport(project: "", rows: forecast.rows(in: plan.pipeline))
    var words: [String: String] = [:]
    for line in rows.lines.map(\.text) where !line.hasPrefix(" ") {
      let parts = line.split(separator: " ", maxSplits: 2)
      if parts.count > 1, !line.contains(":") { words[String(parts[1])] = String(parts[0]) }
    }
    let problems = forecast.problems(in: plan.pipeline)
    return Answer(code: problems.isEmpty ? 0 : 2, words: words, output: "\(problems.map(\.fact))")
  }

  private func run(
    _ plan: Plan, _ machine: MachineWorld, keepsGoing: Bool
  ) async throws -> RunRecord {
    let pools = Pools(cpus: 2, memoryBytes: 1 << 30, given: [:], steps: plan.pipeline.steps.rows)
    let runner = Runner(plan, machine, pools: pools, keepsGoing: keepsGoing) { _ in }
    return try await runner.run { false }
  }

  private static func answer(_ record: RunRecord, _ plan: Plan) -> Answer {
    let names = plan.pipeline.steps
    let words = record.steps.map { (names[$0.step].name.description, "\($0.outcome.ending)") }
    let isBroken = record.steps.contains { $0.outcome.failure?.isMachine == true }
    return Answer(
      code: isBroken ? 5 : record.hasFailed(in: plan.pipeline) ? 1 : 0,
      words: Dictionary(words, uniquingKeysWith: { $1 }),
      output: record.steps.compactMap { $0.outcome.failure?.fact }.joined(separator: "\n"))
  }

  private static func all(_ names: [String], _ word: String) -> [String: String] {
    Dictionary(names.map { ($0, word) }, uniquingKeysWith: { $1 })
  }
}
