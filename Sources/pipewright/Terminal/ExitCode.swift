import PipelineEngine

/// What the tool's process ends with.
enum ExitCode: Error, Equatable {
  case done
  case stepFailed
  case usage
  case isStale
  case verificationFailed
  case machine
  case busy
  /// Another machine was needed, and cannot be had.
  case remoteLost
  case timeIsUp
  case ownFault
  case signal(Int32)

  var rawValue: Int32 {
    switch self {
    case .done: 0
    case .stepFailed: 1
    case .usage: 2
    case .isStale: 3
    case .verificationFailed: 4
    case .machine: 5
    case .busy: 6
    case .remoteLost: 7
    case .timeIsUp: 9
    case .ownFault: 70
    case .signal(let code): code
    }
  }
}

/// Why the tool ends before it has done what was asked, in words for the user.
struct ToolFailure: Error {
  let code: ExitCode
  let fact: String
  var hint: String?
}

extension ToolFailure {
  init(_ error: SystemError) {
    self.init(code: .machine, fact: error.description, hint: error.hint)
  }
}
