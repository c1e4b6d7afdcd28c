import PipelineModel

/// A pipeline as it was bound, with what a session needs beside it; read back without its manifest
/// being parsed.
package struct BoundPipeline: Sendable {
  package var pipeline: Pipeline
  /// All parameters, with whatever was laid over the manifest's.
  package var parameters: Parameters
  /// Warnings; where there is an error, nothing is kept.
  package var problems: [Diagnostic]

  package init(pipeline: Pipeline, parameters: Parameters, problems: [Diagnostic]) {
    self.pipeline = pipeline
    self.parameters = parameters
    self.problems = problems
  }
}

/// A text that a pipeline was bound from: the manifest, a file of parameters, an argument.
package struct ReadText: Sendable, Equatable {
  /// How diagnostics call it.
  package var name: String
  /// As seen from the workspace; nil for what stands on the command line.
  package var file: Path?
  /// Of a file's bytes; of nothing for what stands on the command line.
  package var digest: Digest
  /// What stands on the command line; empty for a file.
  package var argument: String

  package init(name: String, file: Path, digest: Digest) {
    (self.name, self.file, self.digest, argument) = (name, file, digest, "")
  }

  package init(name: String, argument: String) {
    (self.name, file, digest, self.argument) = (name, nil, SHA256.digest([]), argument)
  }
}
