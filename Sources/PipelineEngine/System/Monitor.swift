import CPipelineSystem

/// A value that one thread at a time can reach, and for whose changes others can wait.
///
/// Who waits holds a thread: this is for threads that were started for the purpose, and for work
/// that would hold its thread anyway.
final class Monitor<Value>: @unchecked Sendable {
  private let monitor = pipeline_monitor_make()
  private var value: Value

  /// Keeps `value`, which nobody else may still hold.
  init(_ value: sending Value) {
    self.value = value
  }

  deinit {
    pipeline_monitor_free(monitor)
  }

  /// What `body` returns, which holds the lock meanwhile; then all who wait look again.
  func change<Answer>(_ body: (inout Value) throws -> Answer) rethrows -> Answer {
    pipeline_monitor_lock(monitor)
    defer {
      pipeline_monitor_wake(monitor)
      pipeline_monitor_unlock(monitor)
    }
    return try body(&value)
  }

  /// What `body` answers as soon as it answers something; asked now, and again after each change.
  func wait<Answer>(for body: (Value) -> Answer?) -> Answer {
    pipeline_monitor_lock(monitor)
    defer { pipeline_monitor_unlock(monitor) }
    while true {
      if let answer = body(value) { return answer }
      pipeline_monitor_wait(monitor)
    }
  }
}
