import PipelineModel

/// What a tracking server would call this run of the tool.
package struct TrackingContext: Sendable, Equatable {
  package let project: String
  /// The name of the experiment.
  package let experiment: String
  /// Where W&B keeps its files, absolute; nil leaves them where the component works.
  package let folder: Path?

  package init(project: String, experiment: String, folder: Path? = nil) {
    self.project = project
    self.experiment = experiment
    self.folder = folder
  }
}

/// The variables by which a component that already logs to MLflow or W&B lands in the right place.
///
/// They are not keyed. None of them makes a component contact a server that the user has not named.
/// What the user has set outside wins where it can be meant for every step; what the step itself
/// sets, hands through or has as a secret wins over all of these.
package struct TrackingVariables: Sendable {
  /// A value of the tool's own environment.
  private let outer: @Sendable (String) -> String?
  private let context: TrackingContext
  private let step: Step
  /// Whether the user has logged in to W&B, so that it finds a key without a variable.
  private let isLoggedIn: Bool

  package init(
    of step: Step, in context: TrackingContext, isLoggedIn: Bool,
    outer: @escaping @Sendable (String) -> String?
  ) {
    self.step = step
    self.context = context
    self.isLoggedIn = isLoggedIn
    self.outer = outer
  }

  /// `EXPERIMENT/STEP`.
  private var runName: String { "\(context.experiment)/\(step.name)" }

  /// What is known of the component's work, else the step's name without its combination.
  private var role: String { step.role ?? step.name.base.text }

  /// Later ones win.
  package var all: [EnvironmentVariable] { mlflow + wandb }

  /// Handed on as they are: where the servers are and how to talk to them, never who one is.
  static let passed: Set<String> = [
    "MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI", "MLFLOW_EXPERIMENT_NAME", "MLFLOW_EXPERIMENT_ID",
    "MLFLOW_TRACKING_INSECURE_TLS", "MLFLOW_TRACKING_SERVER_CERT_PATH", "MLFLOW_S3_ENDPOINT_URL",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES", "MLFLOW_HTTP_REQUEST_TIMEOUT",
    "MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING", "MLFLOW_ENABLE_ASYNC_LOGGING",
    "WANDB_ENTITY", "WANDB_PROJECT", "WANDB_RUN_GROUP", "WANDB_TAGS", "WANDB_MODE",
    "WANDB_BASE_URL", "WANDB_DIR", "WANDB_CACHE_DIR", "WANDB_DATA_DIR", "WANDB_CONFIG_DIR",
    "WANDB_ARTIFACT_DIR", "WANDB_CONSOLE", "WANDB_SILENT", "WANDB_QUIET", "WANDB_DISABLE_GIT",
    "WANDB_DISABLE_CODE", "WANDB_INIT_TIMEOUT", "WANDB_HTTP_TIMEOUT", "WANDB_ERROR_REPORTING",
  ]

  /// Whether every step gets this variable of the tool's own environment. A URL with a name or a
  /// password in it is a secret, which only a step gets that asks for it.
  static func handsOn(_ name: String, _ value: String) -> Bool {
    passed.contains(name) && !URLText.holdsCredentials(value)
  }

  private static let passedToMLflow = passed.filter { $0.hasPrefix("MLFLOW_") }.sorted()
  private static let passedToWANDB = passed.filter { $0.hasPrefix("WANDB_") }.sorted()

  private func handedOn(_ names: [String]) -> [EnvironmentVariable] {
    names.compactMap { name in
      guard let value = outer(name), TrackingVariables.handsOn(name, value) else { return nil }
      return EnvironmentVariable(name, value)
    }
  }

  private var mlflow: [EnvironmentVariable] {
    // A name beside an id would contradict it.
    let place =
      outer("MLFLOW_EXPERIMENT_ID") == nil
      ? [EnvironmentVariable("MLFLOW_EXPERIMENT_NAME", context.project)] : []
    let tags: [(key: String, value: Value)] = [
      ("mlflow.runName", .text(runName)), ("pipewright.group", .text(context.experiment)),
      ("pipewright.step", .text(step.name.description)), ("pipewright.role", .text(role)),
    ]
    return place + [EnvironmentVariable("MLFLOW_RUN_CONTEXT", JSON.text(.map(tags)))]
      + handedOn(TrackingVariables.passedToMLflow)
  }

  private var wandb: [EnvironmentVariable] {
    var variables = [
      EnvironmentVariable("WANDB_PROJECT", context.project),
      EnvironmentVariable("WANDB_RUN_GROUP", context.experiment),
      EnvironmentVariable("WANDB_JOB_TYPE", role), EnvironmentVariable("WANDB_NAME", runName),
    ]
    if let folder = context.folder {
      variables.append(EnvironmentVariable(name: Array("WANDB_DIR".utf8), value: folder.bytes))
    }
    // Without a key it would ask for one, or fail.
    if !hasKey { variables.append(EnvironmentVariable("WANDB_MODE", "offline")) }
    return variables + handedOn(TrackingVariables.passedToWANDB)
  }

  private var hasKey: Bool {
    let given = step.pass + step.secrets.map(\.content)
    return isLoggedIn || (given.contains(key) && outer(key)?.isEmpty == false)
      || step.variables.contains { $0.name == key }
  }

  private let key = "WANDB_API_KEY"
}

extension MachineWorld {
  /// See `TrackingVariables`; none as long as nobody has said what this run is called.
  func trackingVariables(of step: Step) -> [EnvironmentVariable] {
    guard let context = tracking.withLock({ $0 }) else { return [] }
    let variables = TrackingVariables(of: step, in: context, isLoggedIn: home.isLoggedInToWANDB) {
      [environment] name in environment.value(of: name).map { String(decoding: $0, as: UTF8.self) }
    }
    return variables.all
  }

  /// Whether `wandb login` has left a key for its server in the user's `.netrc`.
  func hasLoggedInToWANDB() -> Bool {
    guard let home = environment.value(of: "HOME"),
      let file = try? Directory(opening: Path(home)).open(".netrc"), file.status.kind == .file,
      let bytes = try? file.descriptor.readAll(expecting: file.status.sizeBytes)
    else { return false }
    let server = environment.value(of: "WANDB_BASE_URL").map { String(decoding: $0, as: UTF8.self) }
    let host = URLText.host(of: server ?? "https://api.wandb.ai")
    let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    return zip(words, words.dropFirst()).contains { $0 == "machine" && $1 == host }
  }
}
