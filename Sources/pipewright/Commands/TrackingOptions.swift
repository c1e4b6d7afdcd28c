import ArgumentParser
import PipelineEngine
import PipelineModel

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

  /// Whether nothing is recorded of a run in which nothing happens.
  var isNone: Bool { experiment == nil && tag.isEmpty }

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
