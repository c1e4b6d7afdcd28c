import ArgumentParser
import PipelineEngine
import PipelineModel

/// Which versions a run reads instead of the current ones.
struct InputOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Let the named step read a recorded version, beside the workspace: "
        + "model=train.model:v3, model=classifier@production.",
      valueName: "input=version"))
  var input: [String] = []
}

/// Artifacts that a run reads in another version than the workspace's, beside the workspace.
struct GivenInputs: Sendable {
  /// By artifact, what is to be read in its place.
  let references: [ID<Artifact>: VersionReference]

  /// - Parameters:
  ///   - written: `INPUT=VERSION`, or `STEP.INPUT=VERSION` where several steps are named.
  ///   - steps: those that the user has named.
  /// - Throws: `ToolFailure` with the first mistake.
  init(_ written: [String], of steps: [String], in pipeline: Pipeline) throws {
    var references: [ID<Artifact>: VersionReference] = [:]
    for text in written {
      let sides = text.split(separator: "=", maxSplits: 1).map(String.init)
      // A combination of a matrix has '=' in its name, an input has not.
      guard sides.count == 2 else {
        throw ToolFailure(
          code: .usage, fact: "'--input \(text)' gives no input a version",
          hint: "write '--input INPUT=ARTIFACT:v3' or '--input INPUT=MODEL@ALIAS'")
      }
      let reference = try GivenInputs.reference(sides[1])
      for artifact in try GivenInputs.artifacts(of: sides[0], of: steps, in: pipeline) {
        references[artifact] = reference
      }
    }
    self.references = references
  }

  private static func reference(_ text: String) throws -> VersionReference {
    do throws(VersionReference.Problem) {
      return try VersionReference.read(text)
    } catch {
      throw ToolFailure(code: .usage, fact: error.fact, hint: error.hint)
    }
  }

  /// The artifacts that an input of the named steps reads.
  private static func artifacts(
    of name: String, of steps: [String], in pipeline: Pipeline
  ) throws -> [ID<Artifact>] {
    let parts = name.split(separator: ".").map(String.init)
    let owners = parts.count == 2 ? [parts[0]] : steps
    guard let input = parts.last, !owners.isEmpty, parts.count <= 2 else {
      throw ToolFailure(
        code: .usage, fact: "'--input \(name)' does not say whose input it is",
        hint: "name the step: 'run STEP --input \(name)=…'")
    }
    let matching = pipeline.steps.rows.filter { step in
      owners.contains(step.name.base.text) || owners.contains(step.name.description)
    }
    let inputs = matching.flatMap(\.inputs)
    let found = inputs.filter { $0.name?.text == input }
    guard !found.isEmpty else {
      let known = inputs.compactMap { $0.name?.text }
      throw ToolFailure(
        code: .usage,
        fact: "step '\(owners.joined(separator: "', '"))' has no input '\(input)'",
        hint: nearest(to: input, among: known).map { "write '\($0)'" }
          ?? "its inputs: \(known.joined(separator: ", "))")
    }
    return try found.flatMap { input -> [ID<Artifact>] in
      guard case .artifacts(let artifacts, isList: false) = input.source else {
        throw ToolFailure(
          code: .usage, fact: "input '\(input.label)' reads no single artifact of a step",
          hint: "only what a step writes has versions; give one combination of a matrix by name")
      }
      return artifacts
    }
  }

  /// What the versions hold.
  ///
  /// - Throws: `ToolFailure` where there is no such version.
  func contents(in file: Path, warnings: Warnings) throws -> [ID<Artifact>: Content] {
    do {
      guard let history = try History.reading(file, warnings: warnings) else {
        throw ToolFailure(
          code: .usage, fact: "nothing was recorded yet, so there is no version to read",
          hint: "run the pipeline first")
      }
      defer { history.close() }
      let lookup = VersionLookup(history)
      return try references.mapValues { try lookup.find($0).content }
    } catch let problem as VersionLookup.Problem {
      throw ToolFailure(code: .usage, fact: problem.fact, hint: problem.hint)
    }
  }
}
