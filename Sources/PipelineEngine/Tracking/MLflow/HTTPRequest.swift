import PipelineModel

/// One request of a web server.
package struct HTTPRequest: Sendable {
  /// What is sent with it.
  package enum Body: Sendable {
    case none
    case json(Value)
    /// The bytes of a file, absolute.
    case file(Path)
  }

  package let method: String
  package let url: String
  package let body: Body
  /// Whether a second time does no harm, so that it may follow where nobody knows what became of
  /// the first.
  package let isRepeatable: Bool

  package init(
    _ method: String, _ url: String, _ body: Body = .none, isRepeatable: Bool = true
  ) {
    self.method = method
    self.url = url
    self.body = body
    self.isRepeatable = isRepeatable
  }
}

/// What became of a request.
package enum HTTPAnswer: Sendable {
  /// - Parameter retryAfter: seconds that the server asks to wait.
  case answered(status: Int, body: [UInt8], retryAfter: Int?)
  /// No answer came.
  ///
  /// - Parameter isSent: whether the server may have seen the request.
  case lost(fact: String, isSent: Bool, isPassing: Bool)
}

/// Who one is to a web server. Never written where others could read it.
package enum HTTPCredentials: Sendable {
  case none
  case token(String)
  case password(user: String, String)
}

/// How often and how long a request is tried anew.
package struct HTTPPatience: Sendable {
  /// Before each further try; a server may ask for more, up to `longest`.
  package var delays: [Duration]
  package var longest: Duration

  package static let usual = HTTPPatience(
    delays: [.milliseconds(500), .seconds(1), .seconds(2), .seconds(4), .seconds(8)],
    longest: .seconds(120))

  package init(delays: [Duration], longest: Duration) {
    self.delays = delays
    self.longest = longest
  }
}
