/// Lets only so many in at once.
actor Turnstile {
  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(_ places: Int) {
    free = places
  }

  func pass<Outcome: Sendable>(
    _ body: @Sendable () async throws -> Outcome
  ) async rethrows -> Outcome {
    if free > 0 {
      free -= 1
    } else {
      // Who leaves hands the place on.
      await withCheckedContinuation { waiting.append($0) }
    }
    defer { leave() }
    return try await body()
  }

  private func leave() {
    if waiting.isEmpty {
      free += 1
    } else {
      waiting.removeFirst().resume()
    }
  }
}
