import CPipelineSystem
import PipelineModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What the operating system refused, and of what.
package struct SystemError: Error, Equatable {
  /// A verb and what goes with it, to be read after "cannot": `write`, `make directory`.
  package let operation: String
  /// What it was tried on: a path or a command, as people write it.
  package let subject: String
  /// The `errno`.
  package let code: Int32
  /// Said in place of the system's own words for `code`, where those would mislead.
  package let fact: String?

  /// The refusal of an operation on something that is no path.
  package init(_ operation: String, _ subject: String, code: Int32, fact: String? = nil) {
    self.operation = operation
    self.subject = subject
    self.code = code
    self.fact = fact
  }

  /// The refusal of an operation on a path.
  package init(_ operation: String, _ path: Path, code: Int32, fact: String? = nil) {
    self.init(operation, path.description, code: code, fact: fact)
  }

  /// Whether there is no room for more on a disk.
  var isDiskFull: Bool { code == ENOSPC || code == EDQUOT }

  /// Whether the bytes are there, and cannot be had.
  var isUnreadable: Bool { [EIO, EACCES, EPERM].contains(code) }

  /// Whether nothing can have that name.
  var isNoName: Bool { [ENAMETOOLONG, ENOTDIR, EINVAL].contains(code) }

  /// Whether the machine fails or has no more to give, and not what was asked for is wrong.
  var isOfMachine: Bool {
    isDiskFull || [EIO, EMFILE, ENFILE, ENOMEM, EAGAIN].contains(code)
  }

  /// Whether there is nothing of that name.
  var isAbsence: Bool { code == ENOENT || code == ENOTDIR }

  /// What the user can do about it, where something is known to help.
  package var hint: String? {
    switch code {
    case ENOSPC: "free some space on that disk, then run again"
    case EDQUOT: "your disk quota is used up: remove some files, then run again"
    case EACCES, EPERM: "check who owns it and its permissions"
    case EROFS: "that file system is mounted for reading only: work on a writable one"
    case EMFILE: "too many files are open: raise the limit with 'ulimit -n' or lower '--jobs'"
    case ENFILE: "the machine has too many files open: end some programs, then run again"
    case EIO: "the disk may be failing: look at the system's log and check your backups"
    case ENOEXEC: "let its first line name an interpreter, as '#!/bin/sh' does"
    case ENAMETOOLONG: "use shorter names"
    case E2BIG: "arguments and environment are too long together: use PIPELINE_INPUT_<NAME>_FILE"
    default: nil
    }
  }
}

extension SystemError: CustomStringConvertible {
  /// One line without a full stop, to be shown after `error: `.
  package var description: String {
    "cannot \(operation) '\(subject)': \(fact ?? SystemError.text(of: code))"
  }

  /// The system's own words for an `errno`.
  private static func text(of code: Int32) -> String {
    var text = [CChar](repeating: 0, count: 256)
    pipeline_error_text(code, &text, text.count)
    return String(
      decoding: text.prefix { $0 != 0 }.map(UInt8.init(truncatingIfNeeded:)), as: UTF8.self)
  }
}

/// Takes the result of a function of `CPipelineSystem`, which is negative where it failed.
@discardableResult
func checked<Number: FixedWidthInteger>(
  _ result: Number, _ operation: String, _ path: Path
) throws(SystemError) -> Number {
  guard result < 0 else { return result }
  throw SystemError(operation, path, code: Int32(-Int64(result)))
}
