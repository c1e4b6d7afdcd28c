import PipelineModel

/// An MLflow tracking server, spoken to over its REST API.
package struct MLflowServer: Sendable {
  /// One call of the API below `/api/2.0/`.
  struct Call: Sendable {
    let method: String
    let path: String
    let body: HTTPRequest.Body
    let isRepeatable: Bool

    /// - Parameter query: names and values, not yet escaped.
    static func get(_ path: String, _ query: [(String, String)] = []) -> Call {
      let words = query.map { "\($0.0)=\(URLText.escaped($0.1))" }
      let full = words.isEmpty ? path : "\(path)?\(words.joined(separator: "&"))"
      return Call(method: "GET", path: full, body: .none, isRepeatable: true)
    }

    static func post(
      _ path: String, _ entries: [(key: String, value: Value)], isRepeatable: Bool = true
    ) -> Call {
      Call(method: "POST", path: path, body: .json(.map(entries)), isRepeatable: isRepeatable)
    }

    static func delete(_ path: String, _ entries: [(key: String, value: Value)]) -> Call {
      Call(method: "DELETE", path: path, body: .json(.map(entries)), isRepeatable: true)
    }

    /// Sends a file into the server's keeper of artifacts.
    static func put(_ path: String, file: Path) -> Call {
      Call(method: "PUT", path: path, body: .file(file), isRepeatable: true)
    }
  }

  /// Without credentials and without a slash at its end.
  package let url: String
  private let curl: Curl

  /// - Throws: `MLflowProblem.badURL`.
  package init(_ location: MLflowLocation, loop: ProcessLoop, patience: HTTPPatience = .usual) {
    url = location.url
    curl = Curl(
      loop: loop, environment: location.environment, credentials: location.credentials,
      isInsecure: location.isInsecure, patience: patience)
  }

  /// What each call came to, in their order.
  ///
  /// - Throws: `MLflowProblem` where the server cannot be reached or refuses whoever asks.
  func attempt(_ calls: [Call]) async throws -> [Swift.Result<Value, MLflowProblem>] {
    if calls.isEmpty { return [] }
    let requests = calls.map {
      HTTPRequest(
        $0.method, "\(url)/api/2.0/\($0.path)", $0.body, isRepeatable: $0.isRepeatable)
    }
    let answers: [HTTPAnswer]
    do {
      answers = try await curl.answers(to: requests)
    } catch Curl.Problem.notFound {
      throw MLflowProblem.noCurl
    } catch Curl.Problem.failed(let fact) {
      throw MLflowProblem.unreachable(url, fact)
    }
    return try zip(calls, answers).map { call, answer in
      let result = result(of: call, answer)
      if case .failure(let problem) = result, problem.concernsEveryCall { throw problem }
      return result
    }
  }

  /// The answers of calls all of which have to succeed.
  func ask(_ calls: [Call]) async throws -> [Value] {
    try await attempt(calls).map { try $0.get() }
  }

  func ask(_ call: Call) async throws -> Value {
    try await ask([call]).first ?? .null
  }

  private func result(of call: Call, _ answer: HTTPAnswer) -> Swift.Result<Value, MLflowProblem> {
    switch answer {
    case .lost(let fact, let isSent, _):
      return .failure(isSent ? .uncertain(fact) : .unreachable(url, fact))
    case .answered(let status, let body, _):
      let value = try? JSON.read(body)
      if (200..<300).contains(status) {
        if let value { return .success(value) }
        // An upload is answered with nothing; a page of something else with a text.
        return body.isEmpty || call.method == "PUT"
          ? .success(.null) : .failure(.notMLflow(url, status: status))
      }
      let code = value?["error_code"]?.text ?? ""
      let text = value?["message"]?.text ?? MLflowServer.line(of: body)
      switch status {
      case 300..<400: return .failure(.moved(url, status: status))
      case 401: return .failure(.unauthorised(url, text))
      case 403: return .failure(.forbidden(url, text))
      case 404 where code.isEmpty: return .failure(.notMLflow(url, status: status))
      case 500..<600 where !call.isRepeatable && status != 503:
        return .failure(.uncertain("\(status) \(text)"))
      default:
        return .failure(
          .refused(MLflowProblem.Refusal(status: status, code: code, message: text)))
      }
    }
  }

  /// What people can read of a page, on one short line.
  private static func line(of body: [UInt8]) -> String {
    var isMarkup = false
    var text = ""
    for character in String(decoding: body.prefix(2_000), as: UTF8.self) {
      if character == "<" { isMarkup = true }
      if !isMarkup { text.append(character.isNewline ? " " : character) }
      if character == ">" { isMarkup = false }
    }
    return text.split(separator: " ").joined(separator: " ").prefix(200).description
  }
}
