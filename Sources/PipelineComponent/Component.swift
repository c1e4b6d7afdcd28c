/// What the pipeline hands to a component that one of its steps executes: inputs, outputs,
/// parameters and a place for metrics.
///
/// ```swift
/// import PipelineComponent
///
/// struct Training: Decodable { var rate: Double; var epochs: Int }
///
/// Component.run { component in
///   let training = try component.parameters(as: Training.self, at: "train")
///   let examples = try readExamples(component.input("clean"))
///   for epoch in 1...training.epochs {
///     component.log(step: epoch, ["loss": improve(examples, training.rate)])
///   }
///   try writeModel(component.output("model"))
/// }
/// ```
///
/// Names are those of `pipeline.yaml`. All of it comes from environment variables, so that a script
/// in any language has the same: `PIPELINE_INPUT_CLEAN`, `PIPELINE_OUTPUT_MODEL`,
/// `PIPELINE_PARAMETERS` and `PIPELINE_METRICS`.
public struct Component: Sendable {
  let environment: [String: String]

  /// The component that this process is.
  public init() {
    self.init(environment: ProcessEnvironment.variables())
  }

  /// A component in an environment of your choice, for tests.
  ///
  /// - Parameter environment: the variables that a step would set; nothing else is looked at.
  public init(environment: [String: String]) {
    self.environment = environment
  }

  /// The path of an input that is one file or directory, relative to where the step works.
  ///
  /// - Parameter name: as under `inputs:` of the step.
  /// - Throws: ``ComponentProblem`` if the step has no such input, or several paths for it.
  public func input(_ name: String) throws(ComponentProblem) -> String {
    let paths = try inputs(name)
    guard let path = paths.first, paths.count == 1 else {
      throw .notOnePath(input: name, count: paths.count)
    }
    return path
  }

  /// The paths of an input that may be several: a glob, or all of a matrix step.
  ///
  /// - Parameter name: as under `inputs:` of the step.
  /// - Returns: paths in the pipeline's order; none for a glob that matches nothing.
  /// - Throws: ``ComponentProblem`` if the step has no such input.
  public func inputs(_ name: String) throws(ComponentProblem) -> [String] {
    if let list = try longList(name) { return list.split(separator: "\n").map(String.init) }
    let list = try value(of: name, as: .input)
    return list.split(separator: "\n").map(String.init)
  }

  /// The paths of an input that are too many for a variable: then another names a file of them.
  private func longList(_ name: String) throws(ComponentProblem) -> String? {
    let variable = Wiring.variable(for: name, as: .input)
    guard environment[variable] == nil, let file = environment[variable + "_FILE"] else {
      return nil
    }
    do {
      return String(decoding: try ByteFile.content(of: file), as: UTF8.self)
    } catch {
      throw .listUnreadable(path: file, reason: "\(error)")
    }
  }

  /// The path that an output has to be written to, relative to where the step works.
  ///
  /// - Parameter name: as under `outputs:` of the step.
  /// - Throws: ``ComponentProblem`` if the step has no such output.
  public func output(_ name: String) throws(ComponentProblem) -> String {
    try value(of: name, as: .output)
  }

  private func value(
    of name: String, as wire: ComponentProblem.Wire
  ) throws(ComponentProblem) -> String {
    let variable = Wiring.variable(for: name, as: wire)
    if let value = environment[variable] { return value }
    guard environment.keys.contains(where: { $0.hasPrefix(Wiring.prefix) }) else {
      throw .outsidePipeline(missing: variable)
    }
    throw .notWired(wire, name, known: Wiring.names(of: wire, in: environment))
  }
}
