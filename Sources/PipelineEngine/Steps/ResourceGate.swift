import PipelineModel

/// One set of pools for several worlds that execute at once.
///
/// Steps come in as they came, but one that fits may overtake one that does not yet: a step that
/// waits for the only GPU keeps no processor idle. Nobody is overtaken for ever.
package final class ResourceGate: Sendable {
  fileprivate struct Waiter {
    let id: Int
    let step: Step
    let continuation: CheckedContinuation<Bool, Never>
    var overtakenCount = 0
  }

  fileprivate struct State {
    var pools: Pools
    var waiters: [Waiter] = []
    var lastID = 0
    /// How many steps are in.
    var count = 0
  }

  private let state: Locked<State>
  fileprivate static let overtakingLimit = 16

  /// - Parameter pools: with sizes that suit the steps of all pipelines that will come.
  package init(_ pools: Pools) {
    state = Locked(State(pools: pools))
  }

  /// Waits until there is room for the step, and takes it.
  ///
  /// - Returns: false when the task was cancelled; nothing is then taken.
  package func enter(for step: Step) async -> Bool {
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let admitted = state.withLock { state in
          state.waiters.append(Waiter(id: id, step: step, continuation: continuation))
          return state.admit()
        }
        for waiter in admitted { waiter.continuation.resume(returning: true) }
        // A cancellation from before found nobody waiting.
        if Task.isCancelled { withdraw(id) }
      }
    } onCancel: {
      withdraw(id)
    }
  }

  /// Gives back what `enter` took for the step.
  package func leave(from step: Step) {
    let admitted = state.withLock { state in
      state.pools.giveBack(from: step)
      state.count -= 1
      return state.admit()
    }
    for waiter in admitted { waiter.continuation.resume(returning: true) }
  }

  /// How many wait.
  var waitingCount: Int { state.withLock { $0.waiters.count } }

  private func withdraw(_ id: Int) {
    let (found, admitted) = state.withLock { state -> (Waiter?, [Waiter]) in
      guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return (nil, []) }
      // Those behind it may have waited for it only.
      return (state.waiters.remove(at: index), state.admit())
    }
    found?.continuation.resume(returning: false)
    for waiter in admitted { waiter.continuation.resume(returning: true) }
  }
}

extension ResourceGate.State {
  /// Takes what there is room for, in the order of arrival as far as that wastes nothing.
  fileprivate mutating func admit() -> [ResourceGate.Waiter] {
    var admitted: [ResourceGate.Waiter] = []
    var index = 0
    while index < waiters.count {
      // One that asks for more than there is would wait for ever: it has everything to itself.
      if pools.fits(waiters[index].step) || count == 0 {
        for earlier in 0..<index { waiters[earlier].overtakenCount += 1 }
        let waiter = waiters.remove(at: index)
        pools.take(for: waiter.step)
        count += 1
        admitted.append(waiter)
      } else if waiters[index].overtakenCount >= ResourceGate.overtakingLimit {
        break
      } else {
        index += 1
      }
    }
    return admitted
  }
}
