import PipelineModel

/// One try at a step: its process, from start to end.
struct StepAttempt: Sendable {
  struct Ended: Sendable {
    var exit: Exit
    /// Nil where the process ended well.
    var failure: Failure?
    var notes: [String] = []
    /// What it appended to `PIPELINE_METRICS`, masked.
    var metricLines: [UInt8] = []
    let log: StepLog
  }

  let machine: MachineWorld
  let work: Execution
  let files: StepFiles
  /// Whether another attempt has been made before.
  let isRepeated: Bool

  private var step: Step { work.step }

  func run() async throws -> Ended {
    let log = StepLog(in: files.directory, at: files.entry(.log), mask: machine.mask) {
      [machine, step] in machine.hear(step.name, $0)
    }
    let launch = try await launch()
    let command = launch.arguments
    let execution = launch.execution ?? ""
    try machine.ledger.recordStart(of: execution)
    defer { try? machine.ledger.recordEnd(of: execution) }
    let exit: Exit
    do {
      exit = try await supervise(launch, log)
    } catch let error as SystemError {
      log.finish()
      var failure = Failure("it could not be started: \(error)", hint: error.hint)
      failure.isMachine = error.isOfMachine
      return Ended(exit: Exit(status: .code(127)), failure: failure, log: log)
    }
    log.finish()
    let metricLines = try maskedMetrics()
    if let fault = log.fault { throw fault }
    var ended = Ended(exit: exit, log: log)
    ended.metricLines = metricLines
    // One that was asked to end could not end its own children first.
    if exit.leftBehind > 0, !exit.cancelled, !exit.timedOut {
      let left = Amount.count(
        exit.leftBehind, "background process", plural: "background processes")
      ended.notes.append("ended \(left) that it left")
    }
    if !exit.strays.isEmpty {
      let count = Amount.count(
        exit.strays.count, "process goes", plural: "processes go")
      let pids = exit.strays.prefix(5).map { "\($0)" }.joined(separator: ", ")
      ended.notes.append(
        "\(count) on that left its session and dropped PIPELINE_EXECUTION: \(pids)")
    }
    ended.failure = failure(of: exit, log, command)
    return ended
  }

  /// Lets the process work, and ends it where it would wait for ever.
  private func supervise(_ launch: Launch, _ log: StepLog) async throws -> Exit {
    guard machine.isSwiftPMLocked else { return try await perform(launch, log) }
    return try await withThrowingTaskGroup(of: Exit?.self) { group in
      group.addTask { try await perform(launch, log) }
      group.addTask {
        while !log.waitsForSwiftPM { try await Task.sleep(for: .milliseconds(100)) }
        return nil
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

  /// Lets the process work; what it appends to its metrics meanwhile is told.
  private func perform(_ launch: Launch, _ log: StepLog) async throws -> Exit {
    let watch = MetricWatch(
      files.entry(.metrics), in: files.directory, mask: machine.mask
    ) { [machine, step] in machine.hear(step.name, $0) }
    return try await machine.loop.run(launch) { [machine] processID in
      try? machine.ledger.recordProcess(processID, of: launch.execution ?? "")
    } onTick: {
      watch.look()
    } onOutput: { bytes in
      log.take(bytes)
    }
  }

  /// What the step has written as its metrics, secrets hidden in it.
  private func maskedMetrics() throws -> [UInt8] {
    let (directory, entry) = (files.directory, files.entry(.metrics))
    guard let status = try directory.status(of: entry) else { return [] }
    // The step may have put anything in its place.
    let isFile = status.kind == .file
    let lines = isFile ? try directory.read(entry) : []
    var mask = machine.mask
    if isFile, !mask.hidesSomething { return lines }
    let masked = mask.maskedMeaning(ofLines: mask.feed(lines) + mask.flush())
    if !isFile || masked != lines { try directory.replace(entry, with: masked) }
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
    let parameters = try writtenParameters(wiring)
    // What an earlier attempt has written there is not this one's.
    if isRepeated { try files.directory.remove(files.entry(.metrics)) }
    if let script = command.script {
      try files.directory.replace(files.entry(.script), with: script)
      arguments.append(machine.home.root.path.appending(files.path(.script)).bytes)
    }
    var environment = machine.trackingVariables(of: step) + machine.occasion.withLock { $0 }
    environment += machine.environment.variables(of: step) { wiring.text($0) }
    environment += try wiring.variables + longLists(wiring) + command.variables
    environment += [
      variable("PIPELINE_PARAMETERS", parameters),
      variable("PIPELINE_METRICS", files.path(.metrics)),
      EnvironmentVariable(
        name: Array(MachineWorld.nestingVariable.utf8), value: machine.root.path.bytes),
    ]
    return Launch(
      arguments, environment: environment, directory: try directory, timeout: step.timeout,
      grace: machine.grace, execution: try machine.newExecutionID())
  }

  /// Where it works.
  private var directory: Directory {
    get throws {
      do throws(SystemError) {
        return try machine.root.directory(step.directory)
      } catch {
        if !error.isAbsence { throw error }
        throw StepProblem(
          "missing-directory",
          "directory '\(step.directory)' of step '\(step.name)' does not exist",
          hint: "create it, or correct 'directory'")
      }
    }
  }

  /// Where the step's parameters stand, from the workspace.
  private func writtenParameters(_ wiring: Wiring) throws -> Path {
    let bytes = wiring.parameters
    if step.parameters.isEmpty, step.matrix.isEmpty {
      return try machine.home.logs.noParameters(bytes)
    }
    try files.directory.replace(files.entry(.parameters), with: bytes)
    return files.path(.parameters)
  }

  /// For each input that is too long for a variable, the variable that names a file of its paths.
  private func longLists(_ wiring: Wiring) throws -> [EnvironmentVariable] {
    try wiring.longLists.map { input, paths in
      let file = files.list(of: input)
      try files.directory.makeDirectories(file.parent)
      try files.directory.replace(file, with: paths + [UInt8(ascii: "\n")])
      return variable("PIPELINE_INPUT_\(input.variable)_FILE", files.path(of: file))
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
