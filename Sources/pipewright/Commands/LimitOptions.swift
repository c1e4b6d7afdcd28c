import ArgumentParser
import PipelineEngine
import PipelineModel

/// What a run may take.
struct LimitOptions: ParsableArguments {
  @Option(
    // As of make and ninja: `-j8` too.
    name: [.customShort("j", allowingJoined: true), .long],
    help: ArgumentHelp(
      "How many steps of one cpu execute at once; by default as many as there are processors.",
      valueName: "count"))
  var jobs: UInt32?

  @Option(
    help: ArgumentHelp("The size of a pool that steps ask from: gpus=1.", valueName: "name=count"))
  var resources: [String] = []

  @Option(
    help: ArgumentHelp("End the whole run after this time: 90s, 10m, 2h.", valueName: "duration"))
  var timeout: String?

  @Option(
    help: ArgumentHelp(
      "How long steps have to end by themselves when the run is stopped.", valueName: "duration"))
  var grace: String = "3s"

  @Flag(name: .customLong("no-wait"), help: "Exit with 6 if another run has the workspace.")
  var noWait = false

  func validate() throws {
    if jobs == 0 { throw ValidationError("'--jobs' is at least 1.") }
    for resource in resources where pool(resource) == nil {
      throw ValidationError("'--resources \(resource)' is not of the form name=count.")
    }
    for (name, text) in [("timeout", timeout), ("grace", grace)] {
      if let text, Quantity.duration(text) == nil {
        throw ValidationError(
          "'--\(name) \(text)' is no duration; write it like 90s, 10m or 1h30m.")
      }
    }
  }

  /// Sizes by name.
  var pools: [String: Int] {
    Dictionary(resources.compactMap(pool), uniquingKeysWith: { $1 })
  }

  var jobCount: Int { jobs.map(Int.init) ?? Machine.processorCount }

  var timeoutDuration: Duration? { timeout.flatMap(Quantity.duration) }

  var graceDuration: Duration { Quantity.duration(grace) ?? .seconds(3) }

  private func pool(_ text: String) -> (String, Int)? {
    let sides = text.split(separator: "=")
    guard sides.count == 2, Name(String(sides[0])) != nil, let count = Int(sides[1]), count >= 0
    else { return nil }
    return (String(sides[0]), count)
  }
}

extension Pools {
  /// What the steps of a plan share.
  init(_ limits: LimitOptions, _ plan: Plan) {
    self.init(
      cpus: limits.jobCount, memoryBytes: Machine.memoryBytes, given: limits.pools,
      steps: plan.steps.lazy.map { plan.pipeline.steps[$0] })
  }
}
