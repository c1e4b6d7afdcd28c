import PipelineModel

/// Decisions made before their turn, several at once on all processors.
///
/// The order in which they are given stays the schedule's, so nobody sees that they were made in
/// another.
struct DecisionsAhead<W: Facts> {
  private let decider: Decider<W>
  private var made: [ID<Step>: Swift.Result<Decision, any Error>] = [:]
  private var pace = Pace(processors: Machine.processorCount)

  init(_ decider: Decider<W>) {
    self.decider = decider
  }

  /// The decision of a step, and with it, where it was not made yet, those of the steps that are
  /// next.
  ///
  /// - Parameter schedule: which has just given the step.
  /// - Parameter known: what settled steps have written.
  mutating func decision(
    of id: ID<Step>, _ schedule: Schedule, known: [ID<Artifact>: Content]
  ) async -> Swift.Result<Decision, any Error> {
    if let decision = made.removeValue(forKey: id) { return decision }
    let others = schedule.comingToDecide(pace.count - 1)
      .filter { made[$0] == nil && mayComeEarly($0) }
    let steps = [id] + others
    let start = SystemClock.steady
    var decisions = await decisions(of: steps, known: known)
    pace.note(steps.count, nanoseconds: SystemClock.steady - start)
    let first = decisions.removeFirst()
    for (step, decision) in zip(others, decisions) { made[step] = decision }
    return first
  }

  /// To decide a step with a component may mean to build that, and one build is enough at a time.
  private func mayComeEarly(_ id: ID<Step>) -> Bool {
    switch decider.plan.pipeline.steps[id].work {
    case .swift: false
    case .command, .script: true
    }
  }

  private func decisions(
    of steps: [ID<Step>], known: [ID<Artifact>: Content]
  ) async -> [Swift.Result<Decision, any Error>] {
    if steps.count == 1 { return [await decision(of: steps[0], known)] }
    let next = Locked(0)
    return await withTaskGroup(of: [(Int, Swift.Result<Decision, any Error>)].self) { group in
      for _ in 0..<min(steps.count, Machine.processorCount) {
        group.addTask {
          var made: [(Int, Swift.Result<Decision, any Error>)] = []
          while true {
            let place = next.withLock { place in
              defer { place += 1 }
              return place
            }
            guard place < steps.count else { return made }
            made.append((place, await decision(of: steps[place], known)))
          }
        }
      }
      let made = await group.reduce(into: []) { $0 += $1 }
      return made.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  private func decision(
    of step: ID<Step>, _ known: [ID<Artifact>: Content]
  ) async -> Swift.Result<Decision, any Error> {
    do {
      return .success(try await decider.decide(step, known: known))
    } catch {
      return .failure(error)
    }
  }
}

/// How many steps to decide at once: so many that it takes a moment, since the first of them waits
/// for the last.
struct Pace {
  private let fewest: Int
  private(set) var count: Int

  private static let most = 64
  /// A moment, in nanoseconds.
  private static let moment: Int64 = 4_000_000

  init(processors: Int) {
    fewest = processors
    count = processors
  }

  /// Told how long some took.
  mutating func note(_ steps: Int, nanoseconds: Int64) {
    let each = max(1, nanoseconds / Int64(max(1, steps)))
    count = min(max(fewest, Int(clamping: Pace.moment / each)), max(fewest, Pace.most))
  }
}
