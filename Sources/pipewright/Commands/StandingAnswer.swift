import PipelineEngine
import PipelineModel

/// The short way: what the last run left standing is looked at, and where none of it has changed,
/// there is nothing to be read, bound or decided.
struct StandingAnswer {
  /// The names of all steps, in the order of the plan.
  private let stepNames: [String]

  /// - Returns: nil where the long way has to be gone.
  init?(_ glance: Glance?) {
    guard let glance, glance.isUnchanged else { return nil }
    stepNames = glance.standing.stepNames
  }

  /// Tells of a run in which every step was kept.
  ///
  /// - Parameter seconds: since the tool began.
  func tellRun(_ style: Style, isQuiet: Bool, isVerbose: Bool, seconds: Double) {
    let form = Display.Form(isQuiet: isQuiet)
    var display = Display(form, style: style) { Invocation.shared.show($0) }
    if isVerbose || stepNames.count <= RunTeller.mostKept {
      display.nameWidth = stepNames.map(\.count).max() ?? 0
      for name in stepNames { display.stepEnded(name, .kept) }
    }
    let endings = [Ending](repeating: .kept, count: stepNames.count)
    display.print(StyledLine(RunReport.summary(of: endings, seconds: seconds), .strong))
    display.finish()
  }

  /// The rows of `status`.
  var rows: [StatusReport.Row] { stepNames.map { .fresh($0) } }
}

/// All that an answer depends on beside files: two questions are one only if nothing of it differs.
struct StandingQuestion {
  private let root: Directory
  private var words: [String] = []

  /// - Throws: `ToolFailure` where there is no manifest.
  init(_ options: ManifestOptions, _ selection: Selection) throws {
    let (folder, name) = try Session.find(options.place.manifest)
    let here: Directory
    do {
      root = try Directory(opening: folder)
      here = try Directory(opening: .here)
    } catch {
      throw ToolFailure(error)
    }
    let invocation = Invocation.shared
    add("tool", [Session.tool ?? Pipewright.version, MachineWorld.platformName])
    add("manifest", [name.exact])
    add("assignments", options.parameter)
    add("files", options.parameters)
    // They are seen from where the tool was started.
    if !options.parameters.isEmpty { add("from", [here.path.exact]) }
    add("steps", selection.names)
    add("traits", ["\(selection.isOnly)", "\(selection.isDownstream)", "\(selection.isForced)"])
    add("store", [Session.storeVariable ?? ""])
    // Steps ask for secrets by name; what is in them decides nothing.
    add("variables", invocation.environment.map { Path.here.entry($0.name).exact }.sorted())
  }

  /// What a run may take: a demand that no pool meets is refused.
  mutating func add(jobs: Int, resources: [String]) {
    add("limits", ["\(jobs)"] + resources)
  }

  /// - Parameter isRun: whether nobody else may have the workspace meanwhile.
  /// - Returns: nil where the last run has left nothing that answers this.
  func glance(isRun: Bool) -> Glance? {
    let command = CommandLine.arguments.dropFirst().joined(separator: " ")
    // What goes wrong here goes wrong on the long way too, which says what it means.
    let glance = try? WorkspaceAccess.glance(at: root, digest, isRun: isRun, command: command)
    // A run that goes on writes all that it learns.
    if let glance, glance.isUnchanged || !isRun {
      WorkspaceAccess.keep(glance, of: root, command: command)
    }
    return glance
  }

  var digest: Digest { Digest(of: words.joined(separator: "\n")) }

  private mutating func add(_ name: String, _ values: [String]) {
    words.append("\(name) \(values.count)")
    words += values.map { "\($0.utf8.count) \($0)" }
  }
}
