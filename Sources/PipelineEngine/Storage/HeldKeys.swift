import PipelineModel

/// The keys that steps of this process execute just now.
final class HeldKeys: Sendable {
  private let held = Locked<Set<ActionKey>>([])

  /// Takes a key, waiting for it without holding a thread.
  ///
  /// - Returns: `nil` when the task was cancelled, or `isCancelled` answered yes.
  func acquire(
    _ key: ActionKey, command: String, onWait: (FileLock.Holder?) -> Void,
    isCancelled: () -> Bool
  ) async throws -> KeyLock? {
    var patience = FileLock.Patience()
    while !held.withLock({ $0.insert(key).inserted }) {
      if isCancelled() || Task.isCancelled { return nil }
      if patience.isTimeToTell() {
        onWait(
          FileLock.Holder(
            processID: Machine.processID, host: Machine.hostName, command: command))
      }
      try? await Task.sleep(for: .nanoseconds(patience.nextSleep()))
    }
    return KeyLock(key, in: self)
  }

  fileprivate func release(_ key: ActionKey) {
    held.withLock { _ = $0.remove(key) }
  }
}

/// A key that a step holds until what it made is recorded.
package final class KeyLock: Sendable {
  private let key: ActionKey
  private let keys: HeldKeys
  private let file = Locked<FileLock?>(nil)

  fileprivate init(_ key: ActionKey, in keys: HeldKeys) {
    self.key = key
    self.keys = keys
  }

  deinit {
    // First the file: who gets the key next may ask for it at once.
    file.withLock { $0 = nil }
    keys.release(key)
  }

  /// Holds a lock between processes, too.
  func hold(_ lock: FileLock) { file.withLock { $0 = lock } }
}
