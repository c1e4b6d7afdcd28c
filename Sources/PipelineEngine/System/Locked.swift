import CPipelineSystem

/// A value that one thread at a time can reach.
///
/// Of our own since `Synchronization.Mutex` would ask for macOS 15.
package final class Locked<Value>: @unchecked Sendable {
  private let mutex = pipeline_mutex_make()
  private var value: Value

  /// Keeps `value`, which nobody else may still hold.
  package init(_ value: sending Value) {
    self.value = value
  }

  deinit {
    pipeline_mutex_free(mutex)
  }

  /// What `body` returns, which holds the lock meanwhile: it must be short and call nothing back.
  package func withLock<Result, Fault: Error>(
    _ body: (inout Value) throws(Fault) -> Result
  ) throws(Fault) -> Result {
    pipeline_mutex_lock(mutex)
    defer { pipeline_mutex_unlock(mutex) }
    return try body(&value)
  }
}
