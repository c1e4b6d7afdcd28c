/// Where a tracking server is and who asks.
package struct MLflowLocation: Sendable {
  /// Without credentials and without a slash at its end.
  package let url: String
  let credentials: HTTPCredentials
  let isInsecure: Bool
  let environment: [EnvironmentVariable]

  /// - Parameter text: as the user gives it; may hold `user:password@`.
  /// - Parameter environment: of the tool: `MLFLOW_TRACKING_TOKEN`, `MLFLOW_TRACKING_USERNAME`,
  ///   `MLFLOW_TRACKING_PASSWORD`, `MLFLOW_TRACKING_INSECURE_TLS`, and what curl itself looks at.
  package init(_ text: String, environment: [EnvironmentVariable]) throws(MLflowProblem) {
    func value(_ name: String) -> String? {
      environment.last { $0.name.elementsEqual(name.utf8) }
        .map { String(decoding: $0.value, as: UTF8.self) }
        .flatMap { $0.isEmpty ? nil : $0 }
    }
    guard let scheme = text.firstRange(of: "://"),
      ["http", "https"].contains(text[..<scheme.lowerBound].lowercased())
    else { throw .badURL(URLText.withoutCredentials(text)) }
    let rest = text[scheme.upperBound...]
    let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard !host.isEmpty, host.last != "@", !rest.contains(where: \.isWhitespace) else {
      throw .badURL(URLText.withoutCredentials(text))
    }
    var clean = URLText.withoutCredentials(String(text.prefix { $0 != "?" && $0 != "#" }))
    while clean.hasSuffix("/") { clean.removeLast() }
    url = clean
    // Who asks is told to curl in another way.
    self.environment = environment.filter { !$0.name.starts(with: "MLFLOW_".utf8) }
    isInsecure = ["1", "true"].contains(value("MLFLOW_TRACKING_INSECURE_TLS")?.lowercased() ?? "")
    if let user = value("MLFLOW_TRACKING_USERNAME") {
      credentials = .password(user: user, value("MLFLOW_TRACKING_PASSWORD") ?? "")
    } else if let token = value("MLFLOW_TRACKING_TOKEN") {
      credentials = .token(token)
    } else if let cut = host.lastIndex(of: "@") {
      let parts = host[..<cut].split(separator: ":", maxSplits: 1).map(String.init)
      credentials = .password(
        user: URLText.unescaped(parts.first ?? ""),
        URLText.unescaped(parts.count > 1 ? parts[1] : ""))
    } else {
      credentials = .none
    }
  }
}
