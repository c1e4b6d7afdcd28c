/// How a step of an execution ended.
package enum Ending: String, Sendable, CaseIterable {
  case kept, restored, ran, failed, skipped, cancelled
}

/// What to do next, told what has happened: which steps to decide, and which to start.
///
/// A state machine: it acts on nothing itself. Every step of the plan ends exactly once.
package struct Schedule: Sendable {
  private enum State: Sendable {
    /// Some step that it needs or waits for has not settled.
    case waiting
    /// What it reads is settled, and it is not decided.
    case settled
    case decided(Verdict)
    case started
    case ended(Ending)
  }

  private let plan: Plan
  private let keepsGoing: Bool
  private var pools: Pools
  private var states: [State]
  /// By step index: of how many steps that it needs or waits for it is not known yet what they
  /// leave. Who waits for a step counts on finding what that has done, declared or not.
  private var unsettled: [Int]
  /// By step index: how many steps that it needs or waits for have not ended.
  private var unended: [Int]
  /// By step index: longest chain of expected seconds from its start to the end.
  private let remaining: [Double]
  /// The steps of the plan, the longest remaining way first.
  private let byRemaining: [ID<Step>]
  /// How many of these are known to have ended.
  private var endedOfLongest = 0
  private var toDecide: [ID<Step>]
  /// Decided steps that nothing holds back any more, but for pools.
  private var ready: Heap<ID<Step>>
  private var endings: [(step: ID<Step>, ending: Ending)] = []
  private var openCount: Int
  private var isStopping = false

  /// - Parameter durations: seconds, by step index; nil for a step that has never executed, which
  ///   counts as one second.
  package init(_ plan: Plan, pools: Pools, durations: [Double?], keepsGoing: Bool) {
    self.plan = plan
    self.pools = pools
    self.keepsGoing = keepsGoing
    let pipeline = plan.pipeline
    states = [State](repeating: .waiting, count: pipeline.steps.count)
    unsettled = [Int](repeating: 0, count: pipeline.steps.count)
    var remaining = [Double](repeating: 0, count: pipeline.steps.count)
    for id in plan.steps.reversed() {
      let later = pipeline.dependants(of: id).map { remaining[$0.index] }.max() ?? 0
      remaining[id.index] = later + (durations[id.index] ?? 1)
      unsettled[id.index] =
        pipeline.steps[id].needs.count(where: plan.contains)
        + pipeline.steps[id].after.count(where: plan.contains)
    }
    unended = unsettled
    self.remaining = remaining
    byRemaining = plan.steps.sorted { [remaining] in remaining[$0.index] > remaining[$1.index] }
    ready = Heap { [remaining] a, b in
      // Between equals the one that the manifest names first.
      let (longer, shorter) = (remaining[a.index], remaining[b.index])
      return longer == shorter ? a < b : longer > shorter
    }
    openCount = plan.steps.count
    toDecide = []
    for id in plan.steps.reversed() where unsettled[id.index] == 0 {
      states[id.index] = .settled
      toDecide.append(id)
    }
  }

  /// Whether every step has ended.
  package var isDone: Bool { openCount == 0 }

  /// A step whose inputs are settled: decide it, and tell `decided`.
  package mutating func nextToDecide() -> ID<Step>? {
    while let id = toDecide.popLast() {
      if case .settled = states[id.index] { return id }
    }
    return nil
  }

  /// The steps that `nextToDecide` is going to give, as far as that can be said now.
  ///
  /// - Parameter count: how many at most.
  package func comingToDecide(_ count: Int) -> [ID<Step>] {
    var coming: [ID<Step>] = []
    for id in toDecide.reversed() {
      if coming.count == count { break }
      if case .settled = states[id.index] { coming.append(id) }
    }
    return coming
  }

  /// - Parameter verdict: not `undecided`.
  package mutating func decided(_ id: ID<Step>, _ verdict: Verdict) {
    states[id.index] = .decided(verdict)
    // What is kept is there already, so its readers need not wait for its turn to end.
    if case .kept = verdict { settle(plan.pipeline.dependants(of: id)) }
    if unended[id.index] == 0 { becomeReady(id, verdict) }
  }

  /// Whether `nextToDecide` has something to give.
  package var hasMoreToDecide: Bool { !toDecide.isEmpty }

  /// Told that a step can be neither decided nor started: it has failed.
  package mutating func refused(_ id: ID<Step>) {
    end(id, .failed)
  }

  /// The steps to start now, each with what to do, the longest remaining way first.
  package mutating func startReady() -> [(step: ID<Step>, verdict: Verdict)] {
    guard !isStopping else { return [] }
    var started: [(step: ID<Step>, verdict: Verdict)] = []
    var tooLarge: [ID<Step>] = []
    while pools.hasRoom, let id = ready.removeFirst() {
      guard case .decided(let verdict) = states[id.index] else { continue }
      guard pools.fits(plan.pipeline.steps[id]) else {
        tooLarge.append(id)
        continue
      }
      pools.take(for: plan.pipeline.steps[id])
      states[id.index] = .started
      started.append((id, verdict))
    }
    tooLarge.forEach { ready.insert($0) }
    return started
  }

  /// Told that a started step has ended.
  package mutating func ended(_ id: ID<Step>, _ ending: Ending) {
    pools.giveBack(from: plan.pipeline.steps[id])
    end(id, ending)
  }

  /// All endings since the last call, in the order in which they came.
  package mutating func takeEndings() -> [(step: ID<Step>, ending: Ending)] {
    defer { endings = [] }
    return endings
  }

  /// Starts nothing more; what has not started is cancelled.
  package mutating func cancel() {
    isStopping = true
    for id in plan.steps where !isOver(id) { end(id, .cancelled) }
  }

  /// Seconds that are left at least: the longest chain of what has not ended.
  ///
  /// - SeeAlso: Kelley and Walker, "Critical-Path Planning and Scheduling", 1959.
  package var secondsLeft: Double {
    endedOfLongest < byRemaining.count ? remaining[byRemaining[endedOfLongest].index] : 0
  }

  /// Whether nothing can change the step's ending any more, or only its own process.
  private func isOver(_ id: ID<Step>) -> Bool {
    switch states[id.index] {
    case .started, .ended: true
    case .waiting, .settled, .decided: false
    }
  }

  private func isEnded(_ id: ID<Step>) -> Bool {
    if case .ended = states[id.index] { true } else { false }
  }

  private mutating func becomeReady(_ id: ID<Step>, _ verdict: Verdict) {
    if case .kept = verdict { end(id, .kept) } else { ready.insert(id) }
  }

  /// Ends a step and follows what comes of it, without recursion: chains may be long.
  private mutating func end(_ first: ID<Step>, _ ending: Ending) {
    var open = [(step: first, ending: ending)]
    while let (id, ending) = open.popLast() {
      if isEnded(id) { continue }
      let wasKept = isKept(id)
      states[id.index] = .ended(ending)
      endings.append((id, ending))
      openCount -= 1
      while endedOfLongest < byRemaining.count, isEnded(byRemaining[endedOfLongest]) {
        endedOfLongest += 1
      }
      switch ending {
      case .kept, .restored, .ran:
        if !wasKept { settle(plan.pipeline.dependants(of: id)) }
        open += release(plan.pipeline.dependants(of: id)).reversed()
      case .failed where plan.pipeline.steps[id].traits.contains(.allowFailure):
        settle(plan.pipeline.waiters[id.index])
        open += release(plan.pipeline.waiters[id.index]).reversed()
        open += skipped(plan.pipeline.readers[id.index]).reversed()
      case .failed, .skipped, .cancelled:
        let how: Ending = ending == .cancelled ? .cancelled : .skipped
        open += skipped(plan.pipeline.dependants(of: id)).reversed().map { ($0.step, how) }
        if ending == .failed, !keepsGoing, !isStopping {
          isStopping = true
          open += skipped(plan.steps).reversed()
        }
      }
    }
  }

  private func isKept(_ id: ID<Step>) -> Bool {
    if case .decided(.kept) = states[id.index] { true } else { false }
  }

  private mutating func settle(_ dependants: [ID<Step>]) {
    for id in dependants.reversed() where plan.contains(id) {
      unsettled[id.index] -= 1
      if unsettled[id.index] == 0, case .waiting = states[id.index] {
        states[id.index] = .settled
        toDecide.append(id)
      }
    }
  }

  /// - Returns: those that are kept and with this have ended.
  private mutating func release(_ dependants: [ID<Step>]) -> [(step: ID<Step>, ending: Ending)] {
    var kept: [(step: ID<Step>, ending: Ending)] = []
    for id in dependants where plan.contains(id) {
      unended[id.index] -= 1
      guard unended[id.index] == 0, case .decided(let verdict) = states[id.index] else { continue }
      if case .kept = verdict { kept.append((id, .kept)) } else { ready.insert(id) }
    }
    return kept
  }

  private func skipped(_ steps: [ID<Step>]) -> [(step: ID<Step>, ending: Ending)] {
    steps.filter { plan.contains($0) && !isOver($0) }.map { ($0, .skipped) }
  }
}
