import ArgumentParser
import PipelineEngine
import PipelineModel

/// Where the manifest and history are.
struct PlaceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The manifest; by default pipeline.yaml here or in a directory above.", valueName: "file"))
  var manifest: String?

  @Option(
    help: ArgumentHelp(
      "Where experiments are recorded; by default .pipeline/history.db.", valueName: "file"))
  var history: String?
}

/// Where the manifest is, and what is laid over its parameters.
struct ManifestOptions: ParsableArguments {
  @OptionGroup var place: PlaceOptions

  @Option(
    name: .customShort("P"),
    help: ArgumentHelp("Give a parameter another value: -P train.rate=0.1", valueName: "name=value")
  )
  var parameter: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp("A YAML or JSON file of parameters; later ones win.", valueName: "file"))
  var parameters: [String] = []

  var overrides: Overrides {
    Overrides(assignments: parameter, files: parameters.map { Path($0) })
  }
}

/// Which steps.
struct SelectionOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp("Steps, and what they need; all where none is named.", valueName: "step"))
  var steps: [String] = []

  @Flag(name: .long, help: "The named steps alone; what they read counts as it lies there.")
  var only = false

  @Flag(name: .long, help: "The named steps and all that depends on them.")
  var downstream = false

  @Flag(name: .long, help: "Execute the named steps even if they are fresh.")
  var force = false

  var selection: Selection {
    Selection(names: steps, isOnly: only, isDownstream: downstream, isForced: force)
  }

  func validate() throws {
    if steps.isEmpty, only || downstream {
      throw ValidationError("'\(only ? "--only" : "--downstream")' needs the name of a step.")
    }
  }
}

/// How much is said.
struct VoiceOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Say only what went wrong.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Show every reason and every path.")
  var verbose = false
}
