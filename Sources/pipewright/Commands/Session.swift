import PipelineEngine
import PipelineModel

/// What every verb begins with: the manifest found, read and bound.
struct Session {
  let root: Directory
  /// As the user knows it.
  let manifestName: String
  let loaded: LoadedManifest
  let style: Style
  /// Where experiments are recorded; absolute.
  let historyFile: Path

  /// - Throws: `ToolFailure` where there is no manifest.
  static func open(_ options: ManifestOptions) throws -> Session {
    try open(options.place, options.overrides)
  }

  /// - Parameters:
  ///   - overrides: none for verbs that look at what was made or recorded.
  ///   - tool: nil where the manifest's text is needed, and not only what it means.
  static func open(
    _ place: PlaceOptions, _ overrides: Overrides = Overrides(),
    tool: String? = Session.tool
  ) throws -> Session {
    let (folder, name) = try find(place.manifest)
    do {
      let root = try Directory(opening: folder)
      var loader = ManifestLoader(root, name, tool: tool)
      let loaded = try loader.load(overrides)
      return Session(
        root: root, manifestName: name.description, loaded: loaded,
        style: Invocation.shared.style,
        historyFile: try historyFile(place.history, root))
    } catch {
      throw ToolFailure(error)
    }
  }

  /// Tells this build of the tool from all others; nil where that cannot be told.
  static var tool: String? {
    let program = Machine.program
    return program.isEmpty ? nil : "\(Pipewright.version) \(program)"
  }

  /// The same manifest with other values for its parameters.
  func bound(with overrides: Overrides) throws -> Session {
    do throws(SystemError) {
      var loader = ManifestLoader(root, Path(manifestName))
      return Session(
        root: root, manifestName: manifestName, loaded: try loader.load(overrides), style: style,
        historyFile: historyFile)
    } catch {
      throw ToolFailure(error)
    }
  }

  /// Where a store is to be that lies elsewhere than the workspace's own; absolute.
  static func store(of root: Directory) -> Path? {
    storeVariable.map { root.path.appending(Path($0)) }
  }

  /// Set and empty is as good as not set.
  static var storeVariable: String? {
    Invocation.shared.value("PIPELINE_STORE").flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Where history is; absolute.
  static func historyFile(
    _ named: String?, _ root: Directory
  ) throws(SystemError) -> Path {
    if let named { return try Directory(opening: .here).path.appending(Path(named)) }
    // Set and empty is as good as not set.
    if let set = Invocation.shared.value("PIPELINE_HISTORY"), !set.isEmpty {
      return root.path.appending(Path(set))
    }
    return root.path.appending(StateDirectory.name).appending("history.db")
  }

  /// The manifest that is named, or else the nearest `pipeline.yaml` here or above.
  ///
  /// - Throws: `ToolFailure` where there is none.
  static func find(_ named: String?) throws -> (folder: Path, name: Path) {
    do {
      let here = try Directory(opening: .here)
      if let named {
        let path = here.path.appending(Path(named))
        guard try here.exists(path) else {
          throw ToolFailure(code: .usage, fact: "there is no manifest '\(named)'")
        }
        return (path.parent, Path(Array(path.name)))
      }
      var folder = here.path
      while try !here.exists(folder.appending("pipeline.yaml")) {
        if folder == "/" { return try fallback(here) }
        folder = folder.parent
      }
      return (folder, "pipeline.yaml")
    } catch let error as SystemError {
      throw ToolFailure(error)
    }
  }

  /// The plugin works in the user's directory, which need not lie in the package.
  private static func fallback(_ here: Directory) throws -> (folder: Path, name: Path) {
    if let package = Invocation.shared.value("PIPEWRIGHT_PACKAGE"),
      try here.exists(Path(package).appending("pipeline.yaml"))
    {
      return (Path(package), "pipeline.yaml")
    }
    throw ToolFailure(
      code: .usage, fact: "there is no pipeline.yaml here or in a directory above",
      hint: "write a first one with '\(Invocation.commandName) init'")
  }

  /// The pipeline, if nothing is wrong with the manifest; what is wrong is shown.
  func validPipeline() throws -> Pipeline {
    if !loaded.problems.isEmpty { Invocation.shared.printError(loaded.text) }
    guard let pipeline = loaded.pipeline, !loaded.hasErrors else {
      throw refused(loaded.problems)
    }
    return pipeline
  }

  /// - Parameter replaced: artifacts whose content is given; what makes them is not followed.
  func plan(
    _ selection: Selection, of pipeline: Pipeline, replacing replaced: Set<ID<Artifact>> = []
  ) throws -> Plan {
    let (plan, problems) = Plan.make(selection, of: pipeline, replacing: replaced)
    guard let plan else {
      Invocation.shared.printError(text(of: problems))
      throw refused(problems)
    }
    return plan
  }

  /// What can be seen before anything executes; any error ends it here.
  ///
  /// - Returns: whether there is nothing to warn of, in the manifest neither.
  @discardableResult
  func check(_ plan: Plan, on machine: MachineWorld, pools: Pools? = nil) async throws -> Bool {
    do {
      var problems = try await Preflight(plan, machine).problems()
      problems += machine.missingSecrets(of: plan)
      problems += try await machine.componentProblems(of: plan)
      problems += pools?.problems(of: plan.steps.lazy.map { plan.pipeline.steps[$0] }) ?? []
      if !problems.isEmpty { Invocation.shared.printError(text(of: problems.inOrderOfPlace())) }
      if problems.contains(where: { $0.severity == .error }) { throw refused(problems) }
      return problems.isEmpty && loaded.problems.isEmpty
    } catch {
      throw Session.failure(error)
    }
  }

  /// Opens the workspace.
  ///
  /// - Throws: `ToolFailure` where another run has it and is not waited for.
  func access(
    _ purpose: WorkspaceAccess.Purpose, grace: Duration = .seconds(3), after glance: Glance? = nil
  ) async throws -> WorkspaceAccess {
    try await WorkspaceAccess.open(root, purpose, grace: grace, after: glance)
  }

  func machine(
    _ access: WorkspaceAccess, _ pipeline: Pipeline, grace: Duration = .seconds(3),
    listen: @escaping @Sendable (StepName, [UInt8]) -> Void = { _, _ in },
    onProgress: @escaping @Sendable (StepName, StepProgress) -> Void = { _, _ in }
  ) throws -> MachineWorld {
    do {
      return try MachineWorld(
        access, pipeline: pipeline, swiftPM: Invocation.shared.swiftPM,
        environment: Invocation.shared.environment, grace: grace, listen: listen,
        onProgress: onProgress)
    } catch {
      throw Session.failure(error)
    }
  }

  /// Says what a run would do, and does nothing.
  func showForecast(of plan: Plan, limits: LimitOptions) async throws {
    let access = try await self.access(.reading)
    let machine = try machine(access, plan.pipeline)
    let pools = Pools(limits, plan)
    try await check(plan, on: machine, pools: pools)
    let forecast = try await forecast(of: plan, on: machine)
    let report = StatusReport(
      project: plan.pipeline.project, rows: forecast.rows(in: plan.pipeline))
    Invocation.shared.print(report.lines.map(style.text).joined(separator: "\n"))
  }

  /// - Throws: `ToolFailure` where a component cannot be compiled or the machine fails.
  func forecast(of plan: Plan, on machine: MachineWorld) async throws -> Forecast {
    loaded.keep()
    do {
      try await machine.prepareComponents(of: plan) { Invocation.shared.progress($0) }
      let forecast = try await Forecast(Decider(plan, machine), isBrief: true)
      for remain in try machine.remains(readBy: plan) {
        Invocation.shared.printError("warning: \(remain)")
      }
      machine.close()
      show(machine.warnings.take())
      return forecast
    } catch {
      throw Session.failure(error)
    }
  }

  func show(_ warnings: [StorageWarning]) {
    for warning in warnings { Invocation.shared.printError("warning: \(warning)") }
  }

  func text(of problems: [Diagnostic]) -> String {
    problems.map { $0.text(in: loaded.sources) }.joined(separator: "\n\n")
  }

  /// Nothing has been executed; how many mistakes there are.
  private func refused(_ problems: [Diagnostic]) -> ToolFailure {
    let errors = problems.count { $0.severity == .error }
    // What has no place, or stands in an argument, is not the manifest's fault.
    let places = Set(
      problems.filter { $0.severity == .error }
        .map { $0.span.map { loaded.sources.name(of: $0) } ?? "-" })
    let place = places.allSatisfy { $0.hasPrefix("-") } ? "the command line" : manifestName
    return ToolFailure(
      code: .usage, fact: "\(Amount.count(errors, "mistake")) in \(place); nothing was executed")
  }

  /// What a fault of the machine or of the store means to the user.
  static func failure(_ error: any Error) -> any Error {
    switch error {
    case let error as SystemError: ToolFailure(error)
    case let error as StorageError:
      ToolFailure(code: .machine, fact: error.description, hint: error.hint)
    case let fault as HistoryFault:
      ToolFailure(code: fault.isUsage ? .usage : .machine, fact: fault.fact, hint: fault.hint)
    case let unknown as History.UnknownName:
      ToolFailure(code: .usage, fact: unknown.fact, hint: unknown.hint)
    case let problem as StepProblem:
      ToolFailure(code: .stepFailed, fact: problem.fact, hint: problem.hint)
    default: error
    }
  }
}
