import ArgumentParser
import PipelineEngine

/// The tool. No verb means `run`.
struct Pipewright: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: Invocation.commandName,
    abstract: "Run data and machine-learning pipelines the way a build system builds.",
    discussion: """
      A manifest, pipeline.yaml, declares steps. A step executes only when something that determines \
      its result has changed; every result is kept, and can be explained.

      EXAMPLES
        \(Invocation.commandName)                       run what is stale
        \(Invocation.commandName) status                what would run, and why
        \(Invocation.commandName) run train             one step, and what it needs
        \(Invocation.commandName) run -P train.rate=0.1 with another parameter
        \(Invocation.commandName) init                  write a first manifest

      EXIT CODES
        0 done   1 a step failed   2 usage or manifest, nothing executed   3 stale, with --check
        4 refused or damaged   5 disk, permission, limits   6 busy, with --no-wait
        7 a server is lost
        9 time is up   70 our bug   129, 130, 143 a signal
      """,
    version: Pipewright.version,
    subcommands: [
      Run.self, Status.self, Validate.self, Graph.self, Experiments.self, Runs.self,
      Artifacts.self, Models.self, HistoryVerbs.self, Init.self, Verify.self, Repair.self,
      Collect.self,
      EndSurvivors.self,
    ],
    defaultSubcommand: Run.self)

  static let version = "0.1.0"
}

/// The process: parses, runs, and ends with the exit code that the documentation promises.
@main enum Main {
  static func main() {
    Machine.shareMemory()
    // Here, before there is a second thread: where none can be had, Swift waits for one for ever.
    if let failure = memoryFailure {
      Invocation.shared.report(failure)
      exitProcess(failure.code.rawValue)
    }
    // Not on this thread, which sleeps.
    Task.detached { exitProcess(await Main.run()) }
    sleepForEver()
  }

  private static func run() async -> Int32 {
    do {
      var command = try command(CommandLine.arguments.dropFirst())
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      return ExitCode.done.rawValue
    } catch let code as ExitCode {
      return code.rawValue
    } catch {
      if let failure = Session.failure(error) as? ToolFailure {
        Invocation.shared.report(failure)
        return failure.code.rawValue
      }
      let code = Pipewright.exitCode(for: error)
      let message = Pipewright.fullMessage(for: error)
      if code.isSuccess {
        Invocation.shared.print(message)
        return ExitCode.done.rawValue
      }
      Invocation.shared.printError(message)
      // What is neither the user's mistake nor foreseen is ours.
      let isUsage = code == .validationFailure
      return (isUsage ? ExitCode.usage : ExitCode.ownFault).rawValue
    }
  }

  /// What is asked for.
  ///
  /// To read the arguments with all verbs in mind takes longer than to find that nothing has
  /// changed, so those that are asked for all day are tried first. What they do not understand, be
  /// it a mistake or a wish for help, is for all of them to answer.
  private static func command(_ arguments: ArraySlice<String>) throws -> any ParsableCommand {
    switch arguments.first {
    case nil: if let run = try? Run.parse([]) { return run }
    case "run": if let run = try? Run.parse(Array(arguments.dropFirst())) { return run }
    case "status": if let status = try? Status.parse(Array(arguments.dropFirst())) { return status }
    default: break
    }
    return try Pipewright.parseAsRoot()
  }

  private static var memoryFailure: ToolFailure? {
    guard let missing = Machine.missingMemory() else { return nil }
    let (limit, needed) = (missing.limitBytes >> 20, missing.neededBytes >> 20)
    return ToolFailure(
      code: .machine,
      fact:
        "a limit of \(limit) MB of memory is too low: beside itself the tool needs \(needed) MB",
      hint: "raise it with 'ulimit -v'")
  }
}
