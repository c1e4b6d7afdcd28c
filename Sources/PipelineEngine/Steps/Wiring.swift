import PipelineModel

/// What references of one step stand for at the time it executes, and the variables that say the
/// same: `PIPELINE_INPUT_…`, `PIPELINE_OUTPUT_…`.
package struct Wiring: Sendable {
  private let pipeline: Pipeline
  private let step: Step
  /// By input, in order: the paths it stands for, from the workspace.
  private let inputs: [[Path]]

  /// - Parameter matches: the files that a glob matches now.
  package init(
    _ step: Step, in pipeline: Pipeline, matches: (Glob) throws -> [Path]
  ) rethrows {
    self.pipeline = pipeline
    self.step = step
    inputs = try step.inputs.map { input in
      switch input.source {
      case .artifacts(let artifacts, _): artifacts.map { pipeline.artifacts[$0].path }
      case .path(let path, _): [path]
      case .glob(let glob, _): try matches(glob)
      }
    }
  }

  /// The words that a reference stands for; more or fewer than one only for a list.
  package func words(_ reference: Reference) -> [[UInt8]] {
    switch reference {
    case .stepName: return [Array(step.name.description.utf8)]
    case .matrix(let name):
      return step.matrix.filter { $0.name == name }.map { Array($0.value.argument.utf8) }
    case .parameter(let name):
      return [Array(value(of: name).argument.utf8)]
    case .output(let name):
      return step.outputs.map { pipeline.artifacts[$0] }.filter { $0.name == name }
        .map { seen($0.path) }
    case .input(let name):
      guard let index = step.inputs.firstIndex(where: { $0.name == name }) else { return [] }
      return inputs[index].map(seen)
    }
  }

  /// A template as one text; a list's words with a blank between.
  package func text(_ template: Template) -> [UInt8] {
    Array(
      template.segments.map { segment in
        switch segment {
        case .text(let text): Array(text.utf8)
        case .reference(let reference):
          Array(words(reference.content).joined(separator: [UInt8(ascii: " ")]))
        }
      }.joined())
  }

  /// Templates as an argument vector: one that is all list becomes as many words.
  package func arguments(_ templates: [Template]) -> [[UInt8]] {
    templates.flatMap { template in
      template.only.map(words) ?? [text(template)]
    }
  }

  /// `PIPELINE_INPUT_CLEAN`, `PIPELINE_OUTPUT_MODEL`, `PIPELINE_MATRIX_SEED`; a list has one path
  /// a line, and one of `longLists` is missing.
  package var variables: [EnvironmentVariable] {
    var variables = [EnvironmentVariable("PIPELINE_STEP", step.name.description)]
    for (input, paths) in zip(step.inputs, inputs) {
      guard let name = input.name else { continue }
      let variable = variable("INPUT", name, paths.map(seen))
      if variable.value.count <= Wiring.longestValue { variables.append(variable) }
    }
    for id in step.outputs {
      guard let name = pipeline.artifacts[id].name else { continue }
      variables.append(variable("OUTPUT", name, [seen(pipeline.artifacts[id].path)]))
    }
    variables += step.matrix.map { variable("MATRIX", $0.name, [Array($0.value.argument.utf8)]) }
    return variables
  }

  /// Inputs with more paths than a variable can hold, one a line.
  package var longLists: [(input: Name, paths: [UInt8])] {
    zip(step.inputs, inputs).compactMap { input, paths in
      guard let name = input.name else { return nil }
      let lines = Array(paths.map(seen).joined(separator: [UInt8(ascii: "\n")]))
      return lines.count > Wiring.longestValue ? (name, lines) : nil
    }
  }

  /// Linux takes a single variable of up to 128 KiB.
  private static let longestValue = 100_000

  /// What `PIPELINE_PARAMETERS` names a file of: the parameters that the step uses, nested, and
  /// its combination of the matrix.
  package var parameters: [UInt8] {
    var entries = Value(leaves: step.parameters).map ?? []
    if !step.matrix.isEmpty {
      entries.append(("matrix", .map(step.matrix.map { (key: $0.name.text, value: $0.value) })))
    }
    return Array(JSON.pretty(.map(entries)).utf8)
  }

  private func seen(_ path: Path) -> [UInt8] {
    let seen = path.seen(from: step.directory)
    // A path that begins with a dash would be read as an option, and an empty one as nothing.
    if seen.isHere { return [UInt8(ascii: ".")] }
    return seen.bytes.first == UInt8(ascii: "-") ? Array("./".utf8) + seen.bytes : seen.bytes
  }

  private func value(of name: ParameterName) -> Value {
    Parameters(Value(leaves: step.parameters))[name] ?? .null
  }

  private func variable(_ kind: String, _ name: Name, _ words: [[UInt8]]) -> EnvironmentVariable {
    EnvironmentVariable(
      name: Array("PIPELINE_\(kind)_\(name.variable)".utf8),
      value: Array(words.joined(separator: [UInt8(ascii: "\n")])))
  }
}
