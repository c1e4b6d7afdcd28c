import PipelineEngine
import PipelineModel

/// What every verb begins with: the manifest found, read and bound.
struct Session {
  let root: Directory
  /// As the user knows it.
  let manifestName: String
  let loaded: LoadedManifest
  let style: Style

  /// - Throws: `ToolFailure` where there is no manifest.
  static func open(_ options: ManifestOptions) throws -> Session {
    let (folder, name) = try find(options.manifest)
    do {
      let root = try Directory(opening: folder)
      var loader = ManifestLoader(root, name)
      let loaded = try loader.load(options.overrides)
      return Session(
        root: root, manifestName: name.description, loaded: loaded,
        style: Style(for: Invocation.shared))
    } catch let error as SystemError {
      throw ToolFailure(error)
    }
  }

  /// The manifest that is named, or else the nearest `pipeline.yaml` here or above.
  private static func find(_ named: String?) throws -> (folder: Path, name: Path) {
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

  func plan(_ selection: Selection, of pipeline: Pipeline) throws -> Plan {
    let (plan, problems) = Plan.make(selection, of: pipeline)
    guard let plan else {
      Invocation.shared.printError(text(of: problems))
      throw refused(problems)
    }
    return plan
  }

  /// What can be seen before anything executes; any error ends it here.
  func check(_ plan: Plan, on machine: MachineWorld, pools: Pools? = nil) throws {
    do {
      let steps = plan.steps.map { plan.pipeline.steps[$0] }
      var problems = try Preflight(plan, machine).problems()
      problems += machine.environment.missingSecrets(of: plan)
      problems += try machine.componentProblems(of: plan)
      problems += pools?.problems(of: steps) ?? []
      if !problems.isEmpty { Invocation.shared.printError(text(of: problems.inOrderOfPlace())) }
      if problems.contains(where: { $0.severity == .error }) { throw refused(problems) }
    } catch {
      throw Session.failure(error)
    }
  }

  func text(of problems: [Diagnostic]) -> String {
    problems.map { $0.text(in: loaded.sources) }.joined(separator: "\n\n")
  }

  /// Nothing has been executed; how many mistakes there are.
  private func refused(_ problems: [Diagnostic]) -> ToolFailure {
    let errors = problems.count { $0.severity == .error }
    return ToolFailure(
      code: .usage,
      fact: "\(Amount.count(errors, "mistake")) in \(manifestName); nothing was executed")
  }

  /// What a fault of the machine or of the store means to the user.
  static func failure(_ error: any Error) -> any Error {
    switch error {
    case let error as SystemError: ToolFailure(error)
    case let error as StorageError:
      ToolFailure(code: .machine, fact: error.description, hint: error.hint)
    default: error
    }
  }
}
