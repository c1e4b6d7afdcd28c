/// Something that was found wrong and dealt with, so that work could go on.
package struct StorageWarning: Equatable, Hashable, Sendable {
  /// The file or object, as people write it.
  package let subject: String
  /// What is wrong with it.
  package let fact: String
  /// What was done about it.
  package let action: String

  package init(_ subject: String, _ fact: String, action: String) {
    self.subject = subject
    self.fact = fact
    self.action = action
  }
}

extension StorageWarning: CustomStringConvertible {
  /// One line without a full stop.
  package var description: String { "'\(subject)' \(fact): \(action)" }
}

/// Warnings collected from all threads, each once, until somebody shows them.
package final class Warnings: Sendable {
  private let list = Locked<[StorageWarning]>([])

  package init() {}

  /// Adds a warning, unless it is there already.
  package func add(_ warning: StorageWarning) {
    list.withLock { if !$0.contains(warning) { $0.append(warning) } }
  }

  /// Those of now, in the order in which they came.
  package var all: [StorageWarning] { list.withLock { $0 } }

  /// Those of now, which are then forgotten.
  package func take() -> [StorageWarning] {
    list.withLock { warnings in
      defer { warnings = [] }
      return warnings
    }
  }
}
