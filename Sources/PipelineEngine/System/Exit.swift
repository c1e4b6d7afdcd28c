/// How a child process ended, and what it took.
package struct Exit: Equatable, Sendable {
  /// What the kernel says of it.
  package enum Status: Equatable, Sendable {
    /// It ended by itself.
    case code(Int32)
    /// A signal ended it.
    case signal(Int32)
  }

  /// Its own ending; `timedOut` and `cancelled` may say more.
  package var status: Status
  /// Its time was up, so it was asked to end; the status may still be success.
  package var timedOut = false
  /// It was asked to end because the run is being stopped.
  package var cancelled = false
  /// From its start to its own exit, by the steady clock.
  package var wallSeconds = 0.0
  /// In user and system mode; of it and the children it waited for.
  package var cpuSeconds = 0.0
  /// The most that it, or a child it waited for, had in memory at once.
  ///
  /// On Linux never less than what this process had in memory when it started the child.
  package var peakMemoryBytes: Int64 = 0
  /// Background processes that it left and that were ended after it.
  package var leftBehind = 0
  /// Processes that it started, that left its session and its environment behind, and go on; as far
  /// as the system tells of them.
  package var strays: [Int32] = []

  /// Success, and not because it was asked to end.
  package var isSuccess: Bool { status == .code(0) && !timedOut && !cancelled }
}
