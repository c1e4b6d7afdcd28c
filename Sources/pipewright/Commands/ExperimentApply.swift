import ArgumentParser
import PipelineEngine
import PipelineModel

/// `experiments apply`: an experiment's outputs and parameters, in the workspace.
struct ExperimentApply: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Bring an experiment's outputs and parameters into the workspace.",
    discussion: """
      Outputs come from the store; what is in their places is set aside where nobody else has it. \
      Parameters are changed where they are written: in the manifest, or in a file of \
      'parameters-from'. The code stays as it is: 'status' says what it would make anew.
      """)

  @OptionGroup var place: PlaceOptions

  @Argument(help: "Its name, the beginning of its id, 'latest' or 'latest~1'.")
  var name: String

  func run() async throws {
    let session = try Session.open(place, tool: nil)
    let pipeline = try session.validPipeline()
    let access = try await session.access(.running(waits: true))
    let machine = try session.machine(access, pipeline)
    defer { machine.close() }
    do {
      let history = try machine.openHistory(session.historyFile)
      defer { history.close() }
      let experiment = try history.experiment(written: name)
      let report = try Application(to: machine, from: history).apply(experiment, session.loaded)
      show(report, of: experiment)
      session.show(machine.warnings.take())
      if !report.missing.isEmpty {
        throw ToolFailure(
          code: .verificationFailed,
          fact: "\(Amount.count(report.missing.count, "version")) could not be brought",
          hint: "with the experiment's code 'run' makes them again")
      }
    } catch {
      throw Session.failure(error)
    }
  }

  private func show(_ report: Application.Report, of experiment: ExperimentEntry) {
    let invocation = Invocation.shared
    for (edit, file) in report.edits {
      let change = "\(JSON.text(edit.old)) → \(JSON.text(edit.new))"
      invocation.print("parameter  \(edit.name)  \(change)  \(file):\(edit.span.line)")
    }
    for path in report.restored { invocation.print("restored   \(path)") }
    for note in report.notes { invocation.printError("warning: \(note)") }
    for (name, value) in report.byHand {
      invocation.printError("warning: set '\(name)' to \(JSON.text(value)) yourself")
    }
    for version in report.missing {
      invocation.printError("warning: '\(version.label)' is no longer in the store")
    }
    let isNothing = report.edits.isEmpty && report.restored.isEmpty && report.missing.isEmpty
    if isNothing { invocation.print("the workspace is as '\(experiment.name)' left it already") }
  }
}
