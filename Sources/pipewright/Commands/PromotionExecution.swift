import PipelineEngine
import PipelineModel

/// One promotion or rollback, from the command line to what is said of it.
struct PromotionExecution {
  /// What a user may name.
  let models: ModelSession
  private let session: Session
  private let alias: Name
  /// Nil where nothing was ever recorded.
  private let registry: Registry?
  private let warnings = Warnings()
  private let author: Promotion.Author
  private let asJSON: Bool

  /// - Throws: `ToolFailure` where the manifest is not valid.
  init(_ session: Session, to alias: Name, why: String?, asJSON: Bool) async throws {
    let pipeline = try session.validPipeline()
    do {
      registry = try Registry.open(
        pipeline, in: session.root, historyFile: session.historyFile, warnings: warnings)
    } catch {
      throw Session.failure(error)
    }
    models = ModelSession(registry, of: pipeline)
    self.session = session
    self.alias = alias
    self.asJSON = asJSON
    author = try await Promotion.Author(session, why: why)
  }

  /// - Parameter mayExecute: whether steps may have to execute: then the workspace is needed.
  /// - Throws: `ToolFailure` where nothing was ever recorded.
  func run(
    _ model: Model, mayExecute: Bool, _ act: (Promotion) async throws -> Promotion.Outcome
  ) async throws {
    guard let registry else {
      throw ToolFailure(
        code: .usage, fact: "model '\(model.name)' has no version yet",
        hint: "run what makes it first")
    }
    do {
      guard mayExecute || !model.deploy.isEmpty else {
        let promotion = Promotion(
          model, to: alias, in: registry, by: author, measure: { _ in [:] }, deploy: { _ in })
        return try tell(try await act(promotion), of: model, registry)
      }
      let stop = StopSignal(grace: .seconds(3))
      let watch = try stop.watch()
      if Invocation.shared.isPlugin { watch.watchHangup(of: 1) }
      defer { withExtendedLifetime(watch) {} }
      let access = try await session.access(.running(waits: true))
      let machine = try session.machine(access, registry.pipeline)
      defer { machine.close() }
      stop.attach(machine)
      let aside = AsideRun(session, machine, jobs: Machine.processorCount, stop, isQuiet: asJSON)
      let promotion = Promotion(
        model, to: alias, in: registry, by: author, aside,
        tell: asJSON ? session.tellBeside : session.tell)
      let outcome = try await stop.telling { try await act(promotion) }
      session.show(machine.warnings.take())
      try tell(outcome, of: model, registry)
    } catch let problem as StepProblem {
      throw PromotionReport.failure(problem)
    } catch {
      throw Session.failure(error)
    }
  }

  private func tell(
    _ outcome: Promotion.Outcome, of model: Model, _ registry: Registry
  ) throws {
    let report = PromotionReport(model: model.name.text, alias: alias.text, outcome)
    let known = try registry.model(named: model.name)
    session.show(warnings.take())
    Invocation.shared.print(
      asJSON
        ? JSON.pretty(report.json(known))
        : report.lines.map(session.style.text).joined(separator: "\n"))
    try report.refuse()
  }
}

extension Promotion {
  /// One whose versions are measured, and brought to where they are used, beside the workspace.
  init(
    _ model: Model, to alias: Name, in registry: Registry, by author: Author, _ aside: AsideRun,
    tell: @escaping @Sendable (String) -> Void
  ) {
    let evaluation = Evaluation(of: model, in: registry, by: aside, tell: tell)
    let deployment = Deployment(of: model, as: alias, in: registry.pipeline, by: aside)
    self.init(model, to: alias, in: registry, by: author) {
      try await evaluation.metrics(of: $0)
    } deploy: {
      try await deployment.run($0)
    }
  }
}

extension AsideRun {
  init(
    _ session: Session, _ machine: MachineWorld, jobs: Int, _ stop: StopSignal, isQuiet: Bool
  ) {
    self.init(
      beside: machine, history: session.historyFile,
      request: ExperimentRequest(origin: .ofThisProcess)
    ) { plan in
      Pools(
        cpus: jobs, memoryBytes: Machine.memoryBytes, given: [:],
        steps: plan.steps.map { plan.pipeline.steps[$0] })
    } voice: { plan in
      let teller = RunTeller(session.style, plan, jobs: jobs, isQuiet: isQuiet, isVerbose: false)
      return Voice {
        teller.tell($0)
      } finish: {
        teller.finish([])
      }
    } check: { plan, world in
      try await session.check(plan, on: world)
    } isCancelled: {
      stop.isStopped
    }
  }
}

extension StopSignal {
  /// What `body` answers; where it was stopped meanwhile, that is why it failed.
  func telling<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
    do {
      return try await body()
    } catch {
      guard let exitCode else { throw error }
      throw ToolFailure(code: exitCode, fact: "stopped: no alias was moved")
    }
  }
}

extension Session {
  /// Says what the user should know while something goes on.
  @Sendable func tell(_ note: String) { Invocation.shared.progress(note) }

  /// The same where standard output is for a program.
  @Sendable func tellBeside(_ note: String) { Invocation.shared.printError(note) }
}

extension Promotion.Author {
  init(_ session: Session, why: String?) async throws {
    let environment = Invocation.shared.environment
    let loop = try ProcessLoop()
    let known = await GitIdentity.read(session.root, environment: environment, loop: loop)
    let user = Invocation.shared.value("USER") ?? Invocation.shared.value("LOGNAME")
    let host = Machine.hostName
    self.init(who: known ?? user.map { "\($0)@\(host)" } ?? host, why: why)
    commit = await GitState.read(session.root, environment: environment, loop: loop)?.commit
  }
}
