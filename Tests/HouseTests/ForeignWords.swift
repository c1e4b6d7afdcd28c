/// Words that are somebody else's: where they may stand, and why.
struct ForeignWords: Sendable {
  let words: [String]
  /// How the paths begin of the files that may use them; empty means all.
  let places: [String]
  let reason: String

  static let all = [
    ForeignWords(
      words: ["target", "dependencies", "checkout", "option"],
      places: ["Sources/PipelineEngine/Components/", "Plugins/"],
      reason: "SwiftPM's targets, dependencies, checkouts and compiler options"),
    ForeignWords(
      words: ["configuration"], places: ["Sources/pipewright/Commands/"],
      reason: "required by ArgumentParser's ParsableCommand"),
    ForeignWords(
      words: ["option"], places: ["Sources/pipewright/Commands/", implicitSources],
      reason: "what is written with dashes on a command line"),
    ForeignWords(
      words: ["job"],
      places: [
        "Sources/pipewright/", "Sources/PipelineModel/Planning/Pools.swift",
        "Sources/PipelineEngine/System/SystemError.swift",
      ],
      reason: "'--jobs', as make, ninja and swift build spell it"),
    ForeignWords(
      words: ["job"], places: ["Sources/PipelineModel/Report/JobSummary.swift"],
      reason: "GitHub's job summary"),
    ForeignWords(
      words: ["stage"], places: ["Sources/PipelineEngine/Tracking/MLflow/"],
      reason: "MLflow's lifecycle_stage"),
    ForeignWords(
      words: ["job", "cache", "config"],
      places: ["Sources/PipelineEngine/Steps/TrackingVariables.swift"],
      reason: "W&B's WANDB_JOB_TYPE, WANDB_CACHE_DIR and WANDB_CONFIG_DIR"),
    ForeignWords(
      words: ["config"], places: ["Sources/PipelineEngine/Tracking/GitIdentity.swift"],
      reason: "git's command"),
    ForeignWords(
      words: ["node"],
      places: [implicitSources, "Sources/PipelineModel/Report/FirstManifest.swift"],
      reason: "the interpreter of JavaScript"),
    ForeignWords(
      words: ["node"], places: ["Sources/PipelineModel/Report/GraphMarkup.swift"],
      reason: "a word of the language of Graphviz"),
    ForeignWords(
      words: ["signature"], places: ["Sources/PipelineEngine/Components/MachOImage.swift"],
      reason: "Mach-O's code signature"),
    ForeignWords(
      words: ["target"], places: ["Sources/PipelineEngine/Storage/"],
      reason: "what a symbolic link leads to"),
    ForeignWords(words: ["hash"], places: [], reason: "required by Swift's Hashable"),
    ForeignWords(
      words: ["template"], places: ["Sources/PipelineModel/", "Sources/PipelineEngine/"],
      reason: "text with references in it; a component is never called so"),
    ForeignWords(
      words: ["rule"], places: ["Sources/"],
      reason: "what says how to retry, to ignore or to collect; a step is never called so"),
  ]

  private static let implicitSources = "Sources/PipelineModel/Manifest/ImplicitSources.swift"

  func allows(_ word: String, in path: String) -> Bool {
    words.contains(word) && (places.isEmpty || places.contains { path.hasPrefix($0) })
  }
}
