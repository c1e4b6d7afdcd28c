import PipelineModel

/// Where a step's output goes: masked, to a file, and to whoever listens.
///
/// The file is made when there is something to write. Called by one thread at a time.
final class StepLog: Sendable {
  private struct State {
    var file: Descriptor?
    var mask: SecretMask
    var tail: [UInt8] = []
    /// Of all that was written.
    var sizeBytes = 0
    var fault: SystemError?
    var isBlocked = false
    /// Since it was last looked at.
    var hasGrown = false
  }

  private let directory: Directory
  private let path: Path
  private let state: Locked<State>
  private let hear: @Sendable ([UInt8]) -> Void

  /// - Parameters:
  ///   - path: where the log is kept; added to what is there.
  ///   - mask: hides secrets.
  ///   - hear: called with masked bytes as they come.
  init(
    in directory: Directory, at path: Path, mask: SecretMask,
    hear: @escaping @Sendable ([UInt8]) -> Void
  ) {
    self.directory = directory
    self.path = path
    state = Locked(State(mask: mask))
    self.hear = hear
  }

  func take(_ bytes: [UInt8]) {
    write(state.withLock { $0.mask.feed(bytes) })
  }

  /// Writes what a partial secret may have held back.
  func finish() {
    write(state.withLock { $0.mask.flush() })
  }

  /// Makes the file though nothing was written, for who is told where it lies.
  func makeFile() throws(SystemError) {
    try state.withLock { state throws(SystemError) in
      if state.file == nil { state.file = try directory.openOwn(path, for: .appending) }
    }
  }

  /// Whether nothing was written.
  var isEmpty: Bool { state.withLock { $0.sizeBytes == 0 } }

  /// All that was written; nil where that is more than the tail.
  var whole: [UInt8]? { state.withLock { $0.sizeBytes == $0.tail.count ? $0.tail : nil } }

  /// The last 64 KiB.
  var tail: [UInt8] { state.withLock { $0.tail } }

  /// What kept the log from being written, where something did.
  var fault: SystemError? { state.withLock { $0.fault } }

  /// Whether SwiftPM in the step has said that it waits for another SwiftPM.
  ///
  /// Looked for when asked, not with every piece: a step may write many thousands a second.
  var waitsForSwiftPM: Bool {
    state.withLock { state in
      if !state.isBlocked, state.hasGrown {
        state.hasGrown = false
        let lines = state.tail.split(separator: UInt8(ascii: "\n"))
        state.isBlocked = lines.contains {
          let line = String(decoding: $0, as: UTF8.self)
          return line.contains("Another instance of SwiftPM")
            && line.contains("waiting until that process has finished")
        }
      }
      return state.isBlocked
    }
  }

  private func write(_ bytes: [UInt8]) {
    guard !bytes.isEmpty else { return }
    state.withLock { state in
      state.tail += bytes
      state.sizeBytes += bytes.count
      state.hasGrown = true
      if state.tail.count > 2 * StepLog.tailBytes {
        state.tail.removeFirst(state.tail.count - StepLog.tailBytes)
      }
      do throws(SystemError) {
        if state.file == nil { state.file = try directory.openOwn(path, for: .appending) }
        try state.file?.write(bytes)
      } catch {
        state.fault = state.fault ?? error
      }
    }
    hear(bytes)
  }

  private static let tailBytes = 65_536
}

extension [UInt8] {
  /// The last lines of a log, safe to show anywhere.
  func lastLines(_ count: Int) -> [String] {
    let sanitiser = Sanitiser(keepsColour: false, limit: 400)
    return split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .suffix(count + 1).map { sanitiser.text($0) }
      .reversed().drop { $0.isEmpty }.prefix(count).reversed()
  }
}
