/// Why something could not be exported.
package enum MLflowProblem: Error, Equatable {
  /// What the server itself says.
  package struct Refusal: Error, Equatable {
    package let status: Int
    /// `RESOURCE_DOES_NOT_EXIST` and its like; empty where it gave none.
    package let code: String
    package let message: String
  }

  case badURL(String)
  case noCurl
  case unreachable(String, String)
  /// It answers from elsewhere.
  case moved(String, status: Int)
  case notMLflow(String, status: Int)
  case unauthorised(String, String)
  case forbidden(String, String)
  case refused(Refusal)
  /// No answer came to something that must not be done twice.
  case uncertain(String)
  /// The server's experiment of that name was deleted there.
  case deletedExperiment(String)

  /// Whether no other call would fare better.
  var concernsEveryCall: Bool {
    switch self {
    case .badURL, .noCurl, .unreachable, .moved, .unauthorised, .deletedExperiment: true
    case .notMLflow, .forbidden, .refused, .uncertain: false
    }
  }

  /// The server's own code, where it gave one.
  var code: String? {
    guard case .refused(let refusal) = self else { return nil }
    return refusal.code
  }

  /// One line without a full stop.
  package var fact: String {
    switch self {
    case .badURL(let url):
      "'\(url)' is no URL of a tracking server: it begins with http:// or https://"
    case .noCurl: "there is no program 'curl' in PATH, which speaks to the server"
    case .unreachable(let url, let fact): "'\(url)' cannot be reached: \(fact)"
    case .moved(let url, let status): "'\(url)' answers that it is elsewhere (\(status))"
    case .notMLflow(let url, let status):
      "'\(url)' does not answer as an MLflow tracking server does (\(status))"
    case .unauthorised(let url, let text):
      "'\(url)' does not know who asks (401)\(text.isEmpty ? "" : ": \(text)")"
    case .forbidden(let url, let text):
      "'\(url)' does not allow it (403)\(text.isEmpty ? "" : ": \(text)")"
    case .refused(let refusal):
      "the server refuses (\(refusal.status)\(refusal.code.isEmpty ? "" : " \(refusal.code)")): "
        + refusal.message
    case .uncertain(let fact): "the server did not finish its answer: \(fact)"
    case .deletedExperiment(let name):
      "the server's experiment '\(name)' was deleted there"
    }
  }

  /// What the user can do.
  package var hint: String? {
    switch self {
    case .badURL: "write it as http://HOST:5000"
    case .noCurl: "install curl"
    case .unreachable: "see that 'mlflow server' runs there, and that the address is right"
    case .moved: "give the address that it moved to, often https:// instead of http://"
    case .notMLflow: "give the address that the server's pages have, without what follows '#'"
    case .unauthorised:
      "set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN"
    case .forbidden: "ask who runs the server for the permission, or see its '--allowed-hosts'"
    case .refused: nil
    case .uncertain: "export again: what has arrived is not written twice"
    case .deletedExperiment:
      "restore it there, as 'mlflow experiments restore' does, or remove it for good"
    }
  }
}
