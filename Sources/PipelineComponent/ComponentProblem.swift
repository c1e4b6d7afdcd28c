/// What is wrong between a component and the step that executes it.
public enum ComponentProblem: Error, Equatable, Sendable {
  /// Which way a name of the manifest goes.
  public enum Wire: String, Sendable {
    /// A name under `inputs:`.
    case input
    /// A name under `outputs:`.
    case output
  }

  /// No variable of a pipeline is set, so it is not a step that executes this component.
  case outsidePipeline(missing: String)
  /// The step does not declare the name; `known` are those it does, lower-cased.
  case notWired(Wire, String, known: [String])
  /// An input asked for as one path is a list of another length.
  case notOnePath(input: String, count: Int)
  /// The step uses no parameter of that dotted name; an empty name stands for any parameter at all.
  case noParameter(String)
  /// The parameter of that dotted name is there and not what the component expects.
  case parameterUnfit(String, reason: String)
  /// The file that holds a long list of paths cannot be read.
  case listUnreadable(path: String, reason: String)
  /// The file of parameters cannot be read, or is not JSON.
  case parametersUnreadable(path: String, reason: String)
}

extension ComponentProblem: CustomStringConvertible {
  /// The fact, and in a second line what to do about it.
  public var description: String { "\(fact)\n hint: \(hint)" }

  private var fact: String {
    switch self {
    case .outsidePipeline(let variable):
      "\(variable) is not set, nor any other variable of a pipeline"
    case .notWired(let wire, let name, known: []):
      "'\(name)' is no \(wire.rawValue) of this step, which names none"
    case .notWired(let wire, let name, let known):
      "'\(name)' is no \(wire.rawValue) of this step, which has: \(known.joined(separator: ", "))"
    case .notOnePath(let input, count: 0):
      "'\(input)' is an input without any path; one is needed"
    case .notOnePath(let input, let count):
      "'\(input)' is an input of \(count) paths; one is needed"
    case .noParameter(""):
      "this step uses no parameters; the component needs some"
    case .noParameter(let name):
      "'\(name)' is no parameter that this step uses"
    case .parameterUnfit(let name, let reason):
      "'\(name)' is not what this component expects of the parameter: \(reason)"
    case .listUnreadable(let path, let reason):
      "'\(path)' cannot be read as the list of an input's paths: \(reason)"
    case .parametersUnreadable(let path, let reason):
      "'\(path)' cannot be read as the file of parameters: \(reason)"
    }
  }

  private var hint: String {
    switch self {
    case .outsidePipeline(let variable):
      "start it with 'swift package run-pipeline', or set \(variable) by hand"
    case .notWired(.input, let name, _):
      "write 'inputs: { \(name): STEP.ARTIFACT }' in the step that executes this component"
    case .notWired(.output, let name, _):
      "write 'outputs: { \(name): PATH }' in the step that executes this component"
    case .notOnePath(let input, count: 0):
      "see what the glob of 'inputs: { \(input): … }' matches"
    case .notOnePath(let input, _):
      "bind '\(input)' to one file, or let the component ask for inputs(\"\(input)\")"
    case .noParameter(""):
      "write 'parameters: [NAME]' in the step that executes this component"
    case .noParameter(let name):
      "write 'parameters: [\(name)]' in the step, and give '\(name)' a value in the manifest"
    case .parameterUnfit(let name, _):
      "change '\(name)' under 'parameters:' of the manifest, or with -P \(name)=VALUE"
    case .listUnreadable:
      "run the step again; the list lies beside its log"
    case .parametersUnreadable:
      "run the step again; \(Wiring.parameters) names the file"
    }
  }
}
