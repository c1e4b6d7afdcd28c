import ArgumentParser
import PipelineEngine
import PipelineModel

/// `validate`: reads the manifest and says all that is wrong.
struct Validate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Read the manifest and say all that is wrong with it.",
    discussion: "Nothing is executed or written. Exits with 2 if anything is wrong.")

  @OptionGroup var manifest: ManifestOptions

  func run() async throws {
    let session = try Session.open(manifest)
    let pipeline = try session.validPipeline()
    let machine = try session.machine(try await session.access(.reading), pipeline)
    let everything = Selection(names: pipeline.steps.rows.map(\.name.description))
    try await session.check(try session.plan(everything, of: pipeline), on: machine)
    let steps = Amount.count(pipeline.steps.count, "step")
    let artifacts = Amount.count(pipeline.artifacts.count, "artifact")
    Invocation.shared.say("\(session.manifestName) is valid: \(steps), \(artifacts)")
  }
}

/// `graph`: what leads to what.
struct Graph: AsyncParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, dot, mermaid, svg, json
  }

  static let configuration = CommandConfiguration(
    abstract: "Show the steps and artifacts of the pipeline, and what leads to what.",
    discussion: """
      EXAMPLES
        graph
        graph --format dot | dot -Tpng > pipeline.png
        graph --format mermaid
      """)

  @OptionGroup var manifest: ManifestOptions
  @OptionGroup var selection: SelectionOptions

  @Option(help: "How to draw it: \(Format.allValueStrings.joined(separator: ", ")).")
  var format: Format = .text

  func run() async throws {
    let session = try Session.open(manifest)
    let pipeline = try session.validPipeline()
    let plan = try session.plan(selection.selection, of: pipeline)
    let report = GraphReport(pipeline, steps: selection.steps.isEmpty ? nil : plan.steps)
    switch format {
    case .text: report.lines.forEach { Invocation.shared.print(session.style.text($0)) }
    case .dot: Invocation.shared.print(report.dot)
    case .mermaid: Invocation.shared.print(report.mermaid)
    case .svg: Invocation.shared.print(report.svg)
    case .json: Invocation.shared.print(JSON.pretty(report.json))
    }
  }
}

/// `status`: the verdict of every step, and why.
struct Status: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say which steps are fresh and which would execute, with every reason.",
    discussion: """
      Decides with the same code as 'run'. A step that reads what a stale step writes is undecided: \
      it executes only if that comes out different. Components whose sources changed are compiled, \
      since only their code can tell.
      """)

  @OptionGroup var manifest: ManifestOptions
  @OptionGroup var selection: SelectionOptions

  @Flag(help: "Exit with 3 if anything would execute.")
  var check = false

  @Flag(help: "Print JSON, schema 1.")
  var json = false

  @Flag(help: "List the files that count as each step's code.")
  var sources = false

  func run() async throws {
    var glance: Glance?
    if !sources, !json, !selection.force {
      var question = try StandingQuestion(manifest, selection.selection)
      question.add(jobs: Machine.processorCount, resources: [])
      glance = question.glance(isRun: false)
      if let answer = StandingAnswer(glance) {
        let report = StatusReport(project: "", rows: answer.rows)
        show(report.lines, report.json, Invocation.shared.style)
        return
      }
    }
    let session = try Session.open(manifest)
    let pipeline = try session.validPipeline()
    let plan = try session.plan(selection.selection, of: pipeline)
    let machine = try session.machine(
      try await session.access(.reading, after: glance), pipeline)
    if let glance { machine.lean(on: glance, for: plan, readFrom: session.loaded.files) }
    try await session.check(plan, on: machine)
    if sources {
      do {
        let report = try await machine.sources(of: plan)
        show(report.lines, report.json, session.style)
      } catch {
        throw Session.failure(error)
      }
      return
    }
    let forecast = try await session.forecast(of: plan, on: machine)
    let report = StatusReport(project: pipeline.project, rows: forecast.rows(in: pipeline))
    show(report.lines, report.json, session.style)
    let problems = forecast.problems(in: pipeline)
    if !problems.isEmpty {
      Invocation.shared.printError(session.text(of: problems))
      throw ExitCode.usage
    }
    if check, forecast.hasStale(in: pipeline) { throw ExitCode.isStale }
  }

  private func show(_ lines: [StyledLine], _ json: Value, _ style: Style) {
    if self.json {
      Invocation.shared.print(JSON.pretty(json))
    } else {
      Invocation.shared.print(lines.map(style.text).joined(separator: "\n"))
    }
  }
}
