import ArgumentParser

/// `experiments`: what was recorded of executions of the pipeline.
struct Experiments: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "experiments",
    abstract: "Look at what was recorded of the pipeline's executions.",
    subcommands: [ExperimentApply.self, ExperimentsExport.self])
}
