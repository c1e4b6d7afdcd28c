import PipelineModel

/// What a step finds in its environment: little, and the same on every machine where it can be.
package struct StepEnvironment: Sendable {
  /// The tool's own environment, by name; of two with one name the last.
  private let outer: [[UInt8]: [UInt8]]
  /// What every step gets.
  private let common: [EnvironmentVariable]

  package init(_ outer: [EnvironmentVariable]) {
    self.outer = Dictionary(outer.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    common =
      self.outer.filter { name, _ in
        let text = String(decoding: name, as: UTF8.self)
        return StepEnvironment.passed.contains(text) || text.hasPrefix("XDG_")
      }
      .map { EnvironmentVariable(name: $0.key, value: $0.value) }
      .sorted { $0.name.lexicographicallyPrecedes($1.name) }
      + StepEnvironment.fixed.map { EnvironmentVariable($0, $1) }
  }

  /// The tool's own environment.
  var all: [EnvironmentVariable] {
    outer.map { EnvironmentVariable(name: $0.key, value: $0.value) }
  }

  /// The value of a variable of the tool's own environment.
  package func value(of name: String) -> [UInt8]? { outer[Array(name.utf8)] }

  /// Handed to every step, not keyed.
  static let passed: Set<String> = [
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TMP", "TEMP", "SSH_AUTH_SOCK",
    "http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy",
    "HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
    "VIRTUAL_ENV", "CONDA_PREFIX", "CUDA_VISIBLE_DEVICES", "DEVELOPER_DIR", "SDKROOT",
    "LD_LIBRARY_PATH",
  ]

  /// Set for every step.
  static let fixed = [
    ("LC_ALL", "C.UTF-8"), ("TZ", "UTC"), ("PYTHONDONTWRITEBYTECODE", "1"),
    ("PYTHONUNBUFFERED", "1"),
  ]

  /// The step's environment without its wiring, later entries winning.
  ///
  /// - Parameter value: what a template of `variables` stands for.
  package func variables(
    of step: Step, value: (Template) throws -> [UInt8]
  ) rethrows -> [EnvironmentVariable] {
    var variables = common
    for name in step.pass + step.secrets.map(\.content) {
      guard let value = outer[Array(name.utf8)] else { continue }
      variables.append(EnvironmentVariable(name: Array(name.utf8), value: value))
    }
    for (name, template) in step.variables {
      variables.append(EnvironmentVariable(name: Array(name.utf8), value: try value(template)))
    }
    return variables
  }

  /// The `PATH` that every step gets which sets none itself.
  var passedPath: [EnvironmentVariable] {
    outer[Array("PATH".utf8)].map { [EnvironmentVariable(name: Array("PATH".utf8), value: $0)] }
      ?? []
  }

  /// Hides values that must appear nowhere the output of any step goes: one that was not given a
  /// secret can still find it, in the environment of this process or in a file of another step.
  package func mask(of pipeline: Pipeline) -> SecretMask {
    let names = Set(pipeline.steps.rows.flatMap { $0.secrets.map(\.content) })
    return SecretMask(
      hiding: names.compactMap { outer[Array($0.utf8)] }
        .map { String(decoding: $0, as: UTF8.self) })
  }

  /// Secrets that a step of the plan asks for and the environment does not have.
  package func missingSecrets(of plan: Plan) -> [Diagnostic] {
    plan.steps.flatMap { id in
      plan.pipeline.steps[id].secrets.filter { outer[Array($0.content.utf8)] == nil }.map {
        secret in
        Diagnostic(
          "missing-secret",
          "secret '\(secret.content)' of step '\(plan.pipeline.steps[id].name)' is not in the "
            + "environment",
          hint: "set it: \(secret.content)=… pipewright run", at: secret.span)
      }
    }
  }

  /// Variables that the tool has, the step was not given, and a failed step's command or log
  /// mentions; sorted.
  package func withheld(from step: Step, mentionedIn texts: [[UInt8]]) -> [String] {
    let given = Set(step.pass + step.secrets.map(\.content) + step.variables.map(\.name))
    var mentioned: Set<[UInt8]> = []
    for text in texts { mentioned.formUnion(text.split { !isNamePart($0) }.map(Array.init)) }
    return outer.filter { name, value in
      let text = String(decoding: value, as: UTF8.self)
      return mentioned.contains(name) && name.count > 2
        && !TrackingVariables.handsOn(String(decoding: name, as: UTF8.self), text)
    }.map { String(decoding: $0.key, as: UTF8.self) }
      .filter { name in
        !given.contains(name) && !StepEnvironment.passed.contains(name)
          && !name.hasPrefix("XDG_") && !name.hasPrefix("PIPE")
          && !StepEnvironment.fixed.contains { $0.0 == name }
      }.sorted()
  }

  private func isNamePart(_ byte: UInt8) -> Bool {
    let lower = byte | 0x20
    return (lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z"))
      || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")) || byte == UInt8(ascii: "_")
  }
}
