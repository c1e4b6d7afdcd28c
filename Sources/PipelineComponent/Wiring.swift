/// How names of the manifest become names of environment variables.
enum Wiring {
  /// What every variable that a step sets for its component begins with.
  static let prefix = "PIPELINE_"
  /// Holds the path of a JSON file with exactly the parameters that the step uses.
  static let parameters = prefix + "PARAMETERS"
  /// Holds the path of a file that takes metrics as JSON lines.
  static let metrics = prefix + "METRICS"

  /// `PIPELINE_INPUT_RAW_ROWS` for the input `raw-rows`.
  static func variable(for name: String, as wire: ComponentProblem.Wire) -> String {
    start(of: wire) + name.uppercased().replacing("-", with: "_")
  }

  /// The names that the environment wires, lower-cased and sorted: their case in the manifest, and
  /// which `_` was a `-` there, is not to be known.
  static func names(
    of wire: ComponentProblem.Wire, in environment: [String: String]
  ) -> [String] {
    let start = start(of: wire)
    return environment.keys.filter { $0.hasPrefix(start) }
      .map { $0.dropFirst(start.count).lowercased() }
      .sorted()
  }

  private static func start(of wire: ComponentProblem.Wire) -> String {
    switch wire {
    case .input: prefix + "INPUT_"
    case .output: prefix + "OUTPUT_"
    }
  }
}
