import PipelineEngine

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What ends a run early: signals, the death of who listens, and the run's own time limit.
///
/// The first stops what has not started and asks running steps to end; the second ends them at
/// once, and this process soon after, whatever it waits for; before there are steps, the first ends the process.
final class StopSignal: Sendable {
  private struct State {
    var machine: MachineWorld?
    var count = 0
    var code: ExitCode?
  }

  private let state = Locked(State())
  private let grace: Duration

  init(grace: Duration) {
    self.grace = grace
  }

  func attach(_ machine: MachineWorld) {
    state.withLock { $0.machine = machine }
  }

  var isStopped: Bool { state.withLock { $0.code != nil } }

  var exitCode: ExitCode? { state.withLock { $0.code } }

  /// Lets signals stop it, as long as what this returns is held.
  ///
  /// - Throws: `ToolFailure` where they cannot be watched.
  func watch() throws -> Interruptions {
    do {
      return try Interruptions { self.stop(.signal($0.exitCode)) }
    } catch {
      throw Session.failure(error)
    }
  }

  private func timeIsUp() {
    stop(.timeIsUp)
  }

  /// Does something, and stops the run where it takes longer than a limit.
  func within<Outcome: Sendable>(
    _ limit: Duration?, _ body: @escaping @Sendable () async throws -> Outcome
  ) async throws -> Outcome {
    guard let limit else { return try await body() }
    let clock = Task.detached {
      try await Task.sleep(for: limit)
      self.timeIsUp()
    }
    defer { clock.cancel() }
    return try await body()
  }

  private func stop(_ code: ExitCode) {
    let (machine, count) = state.withLock { state in
      state.count += 1
      state.code = state.code ?? code
      return (state.machine, state.count)
    }
    guard let machine, count <= 3 else { exitProcess(code.rawValue) }
    machine.cancelSteps(grace: count == 1 ? grace : .zero)
    // Steps are gone soon, but what they have printed may wait for a reader that has stopped.
    if count == 2 {
      _ = BackgroundThread.start {
        sleep(StopSignal.patience)
        exitProcess(code.rawValue)
      }
    }
  }

  /// How many seconds the end may take once it has been asked for twice.
  private static let patience: UInt32 = 5
}
