/// Something that happens once, and that one task at a time waits for.
final class Occurrence: Sendable {
  private struct State {
    var hasHappened = false
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let state = Locked(State())

  /// Lets it happen; a second time does nothing.
  func happen() {
    let waiter = state.withLock { state in
      state.hasHappened = true
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume()
  }

  /// Returns when it has happened, or when the task is cancelled.
  func wait() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          // Whoever cancels after this finds the waiter.
          if state.hasHappened || Task.isCancelled { return true }
          precondition(state.waiter == nil, "two wait for one occurrence")
          state.waiter = continuation
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      let waiter = state.withLock { state in
        defer { state.waiter = nil }
        return state.waiter
      }
      waiter?.resume()
    }
  }

  /// The same, but for no longer than that.
  func wait(atMost limit: Duration) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { try? await Task.sleep(for: limit) }
      group.addTask { await self.wait() }
      await group.next()
      group.cancelAll()
    }
  }
}
