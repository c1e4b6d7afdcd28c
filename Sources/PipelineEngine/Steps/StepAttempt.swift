import PipelineModel

/// Where a step's log and what belongs to it are kept, from the workspace, also for a shadow.
struct LogFolder: Sendable {
  let log: Path
  let parameters: Path
  let metrics: Path
  let script: Path
  /// What a failed step had written.
  let outputs: Path
  private let lists: Path

  /// - Parameter folder: of this run.
  init(in folder: Path, for step: StepName) {
    let full = step.description
    let name = full.utf8.count <= 120 ? full : "\(full.prefix(80))-\(Digest(of: full).short)"
    log = folder.appending("\(name).log")
    parameters = folder.appending("\(name).parameters.json")
    metrics = folder.appending("\(name).metrics.jsonl")
    script = folder.appending("\(name).sh")
    outputs = folder.appending("\(name).outputs")
    lists = folder.appending("\(name).inputs")
  }

  /// Where the paths of an input stand that are too many for a variable.
  func list(of input: Name) -> Path { lists.appending("\(input).txt") }
}

/// One try at a step: its process, from start to end.
struct StepAttempt: Sendable {
  struct Ended: Sendable {
    var exit: Exit
    /// Nil where the process ended well.
    var failure: Failure?
    var notes: [String] = []
    /// What it appended to `PIPELINE_METRICS`, masked.
    var metricLines: [UInt8] = []
  }

  let machine: MachineWorld
  let work: Execution
  let folder: LogFolder

  private var step: Step { work.step }

  func run() async throws -> Ended {
    let log = try StepLog(in: machine.home.root, at: folder.log, secrets: machine.secrets) {
      [machine, step] in machine.hear(step.name, $0)
    }
    let launch = try await launch()
    let command = launch.arguments
    let exit: Exit
    do {
      exit = try await supervise(launch, log)
    } catch let error as SystemError {
      log.finish()
      let failure = Failure("it could not be started: \(error)", hint: error.hint)
      return Ended(exit: Exit(status: .code(127)), failure: failure)
    }
    log.finish()
    let metricLines = try maskedMetrics()
    if let fault = log.fault { throw fault }
    var ended = Ended(exit: exit)
    ended.metricLines = metricLines
    // One that was asked to end could not end its own children first.
    if exit.leftBehind > 0, !exit.cancelled, !exit.timedOut {
      let left = Amount.count(
        exit.leftBehind, "background process", plural: "background processes")
      ended.notes.append("ended \(left) that it left")
    }
    ended.failure = failure(of: exit, log, command)
    return ended
  }

  /// Notes the process in the ledger while it works, and ends it where it would wait for ever.
  private func supervise(_ launch: Launch, _ log: StepLog) async throws -> Exit {
    let execution = launch.execution ?? ""
    try machine.ledger.recordStart(of: execution)
    defer { try? machine.ledger.recordEnd(of: execution) }
    // Cancelled when this returns.
    async let _: Void = watchMetrics()
    return try await withThrowingTaskGroup(of: Exit?.self) { group in
      group.addTask {
        try await machine.loop.run(launch) { processID in
          try? machine.ledger.recordProcess(processID, of: execution)
        } onOutput: { bytes in
          log.take(bytes)
        }
      }
      if machine.isSwiftPMLocked {
        group.addTask {
          while !log.waitsForSwiftPM { try await Task.sleep(for: .milliseconds(100)) }
          return nil
        }
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let exit = first else {
        // The step waits for the SwiftPM that waits for us: end it.
        group.cancelAll()
        var last = Exit(status: .code(1))
        while let next = try? await group.next() { last = next ?? last }
        last.cancelled = false
        return last
      }
      return exit
    }
  }

  /// Tells what the step appends to its metrics while it works.
  private func watchMetrics() async {
    guard let file = try? machine.home.root.open(folder.metrics).descriptor else { return }
    await MetricWatch(file, mask: metricMask) { [machine, step] in machine.hear(step.name, $0) }
      .follow()
  }

  /// Hides secrets in metrics, also as JSON writes them.
  private var metricMask: SecretMask {
    let escaped = machine.secrets.map { String(JSON.text(.text($0)).dropFirst().dropLast()) }
    return SecretMask(machine.secrets + escaped)
  }

  /// What the step has written as its metrics, secrets hidden in it.
  private func maskedMetrics() throws -> [UInt8] {
    // The step may have put anything in its place.
    let isFile = try machine.home.root.status(of: folder.metrics)?.kind == .file
    let lines = isFile ? try machine.home.root.read(folder.metrics) : []
    if isFile, machine.secrets.isEmpty { return lines }
    var mask = metricMask
    let masked = mask.feed(lines) + mask.flush()
    if !isFile || masked != lines { try machine.home.root.replace(folder.metrics, with: masked) }
    return masked
  }

  private func launch() async throws -> Launch {
    let wiring = try Wiring(step, in: work.pipeline) { try machine.matches(of: $0) }
    var component: Path?
    if case .swift(let product, _) = step.work {
      component = try await machine.executable(of: product.content)
    }
    let command = StepCommand(step, wiring, component: component)
    var arguments = command.arguments
    try machine.home.root.replace(folder.parameters, with: wiring.parameters)
    try machine.home.root.replace(folder.metrics, with: [])
    if let script = command.script {
      try machine.home.root.replace(folder.script, with: script)
      arguments.append(machine.home.root.path.appending(folder.script).bytes)
    }
    var environment = machine.trackingVariables(of: step) + machine.occasion.withLock { $0 }
    environment += machine.environment.variables(of: step) { wiring.text($0) }
    environment += try wiring.variables + longLists(wiring) + command.variables
    environment += [
      variable("PIPELINE_PARAMETERS", folder.parameters),
      variable("PIPELINE_METRICS", folder.metrics),
      EnvironmentVariable(
        name: Array(MachineWorld.nestingVariable.utf8), value: machine.root.path.bytes),
    ]
    let directory: Directory
    do {
      directory = try machine.root.directory(step.directory)
    } catch {
      throw StepProblem(
        "missing-directory", "directory '\(step.directory)' of step '\(step.name)' does not exist",
        hint: "create it, or correct 'directory'")
    }
    return Launch(
      arguments, environment: environment, directory: directory, timeout: step.timeout,
      grace: machine.grace, execution: try machine.newExecutionID())
  }

  /// For each input that is too long for a variable, the variable that names a file of its paths.
  private func longLists(_ wiring: Wiring) throws -> [EnvironmentVariable] {
    try wiring.longLists.map { input, paths in
      let file = folder.list(of: input)
      try machine.home.root.makeDirectories(file.parent)
      try machine.home.root.replace(file, with: paths + [UInt8(ascii: "\n")])
      return variable("PIPELINE_INPUT_\(input.variable)_FILE", file)
    }
  }

  private func variable(_ name: String, _ path: Path) -> EnvironmentVariable {
    EnvironmentVariable(name: Array(name.utf8), value: machine.home.root.path.appending(path).bytes)
  }

  private func failure(of exit: Exit, _ log: StepLog, _ command: [[UInt8]]) -> Failure? {
    // Elsewhere than in the plugin another SwiftPM ends one day, and the step goes on.
    let waitsForEver = machine.isSwiftPMLocked && log.waitsForSwiftPM
    if exit.isSuccess, !waitsForEver { return nil }
    var failure: Failure
    if waitsForEver {
      failure = Failure(
        "it waited for a SwiftPM that itself waits for this step",
        hint: "while 'swift package' runs the pipeline it locks '.build': use a Swift component "
          + "('component: swift:NAME'), 'swift build --scratch-path DIR', or run 'pipewright' itself"
      )
    } else if exit.timedOut {
      let limit =
        step.timeout.map { Amount.duration(seconds: Double($0.inNanoseconds) / 1e9) } ?? ""
      failure = Failure("it took longer than its timeout of \(limit)", hint: "raise 'timeout'")
    } else {
      switch exit.status {
      case .code(let code): failure = Failure("it ended with exit status \(code)")
      case .signal(let number): failure = Failure("it was ended by signal \(number)")
      }
    }
    switch exit.status {
    case .code(let code): failure.status = Int(code)
    case .signal(let number): failure.status = 128 + Int(number)
    }
    failure.excerpt = log.tail.lastLines(20)
    let withheld = machine.environment.withheld(from: step, mentionedIn: command + [log.tail])
    if failure.hint == nil, !withheld.isEmpty {
      let names = withheld.prefix(5).joined(separator: ", ")
      failure.hint =
        "steps see few variables; it mentions \(names): add 'environment: { pass: [\(names)] }'"
    }
    return failure
  }
}
