import GRDB
import PipelineModel

/// Why history cannot be read or written.
package struct HistoryFault: Error, Sendable, CustomStringConvertible {
  package let fact: String
  package let hint: String?
  /// Whether what the user asked for cannot be, and nothing is wrong with the file.
  package let isUsage: Bool
  /// Whether the file is no database, or a broken one.
  let isDamage: Bool

  package init(_ fact: String, hint: String? = nil, isUsage: Bool = false) {
    self.init(fact, hint: hint, isUsage: isUsage, isDamage: false)
  }

  private init(_ fact: String, hint: String?, isUsage: Bool, isDamage: Bool) {
    self.fact = fact
    self.hint = hint
    self.isUsage = isUsage
    self.isDamage = isDamage
  }

  package var description: String { fact }

  init(_ error: DatabaseError, of file: Path) {
    let reason = error.message ?? "\(error.resultCode)"
    let hint: String? =
      switch error.resultCode {
      case .SQLITE_FULL: "free some space on that disk, then run again"
      case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
        "check who owns it and its permissions, or name another place with '--history'"
      case .SQLITE_BUSY, .SQLITE_LOCKED: "another program has it open and locked"
      case .SQLITE_IOERR: "see whether that disk is full; if not, it may be failing"
      // SQLite's numbers, of which there may be others.
      default: nil
      }
    self.init(
      "the history '\(file)' cannot be used: \(reason)", hint: hint, isUsage: false,
      isDamage: error.isDamage)
  }
}

extension DatabaseError {
  /// Whether the file is no database, or a broken one.
  var isDamage: Bool {
    resultCode == .SQLITE_CORRUPT || resultCode == .SQLITE_NOTADB
  }
}
