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

  /// Whether nothing is asked for but that all steps be fresh.
  private var isPlain: Bool {
    !sweeping.isGiven && !dryRun && adopt.isEmpty && promote.isEmpty
      && given.input.isEmpty && !selection.force && reports.isNone && tracking.isNone
  }

  func run() async throws {
    var question: StandingQuestion?
    if isPlain {
      question = try StandingQuestion(manifest, selection.selection)
      question?.add(jobs: limits.jobCount, resources: limits.resources)
    }
    let glance = question?.glance(isRun: true)
    if let answer = StandingAnswer(glance) {
      answer.tellRun(
        Invocation.shared.style, isQuiet: voice.quiet, isVerbose: voice.verbose,
        seconds: Invocation.shared.seconds)
      return
    }
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
      tracking: tracking, inputs: inputs, promotions: promotions, question: question?.digest,
      glance: glance, keepsGoing: keepGoing)
    try await execution.run(adopting: adopt)
  }
}
