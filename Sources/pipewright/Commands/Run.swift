import ArgumentParser
import PipelineEngine
import PipelineModel

/// `run`: executes what is stale.
struct Run: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Execute what is stale, and what it needs.",
    discussion: """
      EXAMPLES
        run                         all steps but manual ones
        run evaluate                one step and what it needs
        run -P train.rate=0.1       with another value for a parameter
        run --force train           execute it even if it is fresh
        run --dry-run               only say what would be done
        run --sweep train.rate=0.01,0.1   try both beside the workspace
      """)

  @OptionGroup var manifest: ManifestOptions
  @OptionGroup var selection: SelectionOptions
  @OptionGroup var voice: VoiceOptions
  @OptionGroup var limits: LimitOptions
  @OptionGroup var reports: ReportOptions
  @OptionGroup var tracking: TrackingOptions
  @OptionGroup var sweeping: SweepOptions
  @OptionGroup var given: InputOptions

  @Flag(help: "After a failure go on with what does not depend on it.")
  var keepGoing = false

  @Flag(help: "Only say what would be done.")
  var dryRun = false

  @Option(
    help: ArgumentHelp(
      "Promote what was made if the model's gate passes: ALIAS, or MODEL@ALIAS of several models.",
      valueName: "alias"))
  var promote: [String] = []

  @Option(
    help: ArgumentHelp(
      "Record what is at the step's outputs as its result, instead of executing it.",
      valueName: "step"))
  var adopt: [String] = []

  func validate() throws {
    if !given.input.isEmpty, sweeping.isGiven || dryRun || !adopt.isEmpty {
      throw ValidationError("'--input' goes with neither '--sweep', '--dry-run' nor '--adopt'.")
    }
    if !promote.isEmpty, sweeping.isGiven || dryRun || !adopt.isEmpty || !given.input.isEmpty {
      throw ValidationError(
        "'--promote' goes with neither '--sweep', '--dry-run', '--adopt' nor '--input'.")
    }
    guard sweeping.isGiven else { return }
    if dryRun || !adopt.isEmpty || reports.report != nil || reports.junit != nil {
      throw ValidationError(
        "'--dry-run', '--adopt', '--report' and '--junit' tell of one execution, not of a sweep.")
    }
  }

  func run() async throws {
    let session = try Session.open(manifest)
    let pipeline = try session.validPipeline()
    if sweeping.isGiven {
      try await SweepExecution(
        sweeping.space(for: session.loaded.parameters), selection.selection, manifest,
        session: session, voice: voice, limits: limits, tracking: tracking,
        keepsGoing: keepGoing
      ).run()
      return
    }
    let inputs = try GivenInputs(given.input, of: selection.steps, in: pipeline)
    let plan = try session.plan(
      selection.selection, of: pipeline, replacing: Set(inputs.references.keys))
    if dryRun {
      try await session.showForecast(of: plan, limits: limits)
      return
    }
    let promotions = try promote.map { try RunPromotion($0, in: pipeline) }
    let execution = RunExecution(
      session: session, plan: plan, voice: voice, limits: limits, reports: reports,
      tracking: tracking, inputs: inputs, promotions: promotions, keepsGoing: keepGoing)
    try await execution.run(adopting: adopt)
  }
}

/// What a run may take.
struct LimitOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "How many steps of one cpu execute at once; by default as many as there are processors.",
      valueName: "count"))
  var jobs: UInt32?

  @Option(
    help: ArgumentHelp("The size of a pool that steps ask from: gpus=1.", valueName: "name=count"))
  var resources: [String] = []

  @Option(
    help: ArgumentHelp("End the whole run after this time: 90s, 10m, 2h.", valueName: "duration"))
  var timeout: String?

  @Option(
    help: ArgumentHelp(
      "How long steps have to end by themselves when the run is stopped.", valueName: "duration"))
  var grace: String = "3s"

  @Flag(name: .customLong("no-wait"), help: "Exit with 6 if another run has the workspace.")
  var noWait = false

  func validate() throws {
    if jobs == 0 { throw ValidationError("'--jobs' is at least 1.") }
    for resource in resources where pool(resource) == nil {
      throw ValidationError("'--resources \(resource)' is not of the form name=count.")
    }
    for (name, text) in [("timeout", timeout), ("grace", grace)] {
      if let text, Quantity.duration(text) == nil {
        throw ValidationError(
          "'--\(name) \(text)' is no duration; write it like 90s, 10m or 1h30m.")
      }
    }
  }

  /// Sizes by name.
  var pools: [String: Int] {
    Dictionary(resources.compactMap(pool), uniquingKeysWith: { $1 })
  }

  var jobCount: Int { jobs.map(Int.init) ?? Machine.processorCount }

  var timeoutDuration: Duration? { timeout.flatMap(Quantity.duration) }

  var graceDuration: Duration { Quantity.duration(grace) ?? .seconds(3) }

  private func pool(_ text: String) -> (String, Int)? {
    let sides = text.split(separator: "=")
    guard sides.count == 2, Name(String(sides[0])) != nil, let count = Int(sides[1]), count >= 0
    else { return nil }
    return (String(sides[0]), count)
  }
}

/// How what a run does is recorded.
struct TrackingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What to call the experiment; by default a name is made up.", valueName: "name"))
  var experiment: String?

  @Option(help: ArgumentHelp("A tag of the experiment; may be given again.", valueName: "tag"))
  var tag: [String] = []

  func validate() throws {
    if let experiment, !ExperimentName.isValid(experiment) {
      throw ValidationError(
        "'--experiment \(experiment)' is no name: letters, digits and - _ . + = , are allowed.")
    }
    if tag.contains("") { throw ValidationError("'--tag' is empty.") }
  }

  /// What is to be recorded of one execution of the pipeline.
  var request: ExperimentRequest {
    ExperimentRequest(
      name: experiment, tags: tag, isWanted: experiment != nil || !tag.isEmpty,
      origin: .ofThisProcess)
  }
}

extension ExperimentOrigin {
  /// What was typed, by whom and where.
  static var ofThisProcess: ExperimentOrigin {
    let invocation = Invocation.shared
    let command = CommandLine.arguments.dropFirst().joined(separator: " ")
    return ExperimentOrigin(
      command: command.isEmpty ? "run" : command,
      user: invocation.value("USER") ?? invocation.value("LOGNAME") ?? "",
      host: Machine.hostName, platform: MachineWorld.platformName,
      processorCount: Machine.processorCount, tool: Pipewright.version)
  }
}

/// Where what a run did is written down beside the terminal.
struct ReportOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Write what was done as JSON, schema 1.", valueName: "file"))
  var report: String?

  @Option(help: ArgumentHelp("Write what was done as JUnit XML.", valueName: "file"))
  var junit: String?
}
