import PipelineModel
import Testing

@testable import PipelineEngine

/// How the tool speaks to a tracking server, tried on a web server that answers as it is told.
@Suite("MLflow server") struct MLflowServerTests {
  private static let quick = HTTPPatience(
    delays: [.milliseconds(10), .milliseconds(10), .milliseconds(10)], longest: .seconds(3))

  private func server(
    _ url: String, _ loop: ProcessLoop, _ variables: [String: String] = [:]
  ) throws -> MLflowServer {
    var environment = [EnvironmentVariable("PATH", "/usr/local/bin:/usr/bin:/bin")]
    environment += variables.map { EnvironmentVariable($0.key, $0.value) }
    return MLflowServer(
      try MLflowLocation(url, environment: environment), loop: loop,
      patience: MLflowServerTests.quick)
  }

  @Test("What fails in passing is tried again, and answers keep their order")
  func retries() async throws {
    let tiny = try await TinyServer([
      .init(status: 503), .init(status: 429, header: "Retry-After: 1"),
      .init(body: #"{"n": 1}"#), .init(body: #"{"n": 2}"#),
    ])
    let begin = SystemClock.steady
    let answers = try await server(tiny.url, tiny.loop).ask([.get("one"), .get("two")])
    // Both failed at first; the second try began a second later, as the server had asked.
    #expect(answers.map { $0["n"]?.integer } == [1, 2])
    #expect(SystemClock.steady - begin > 1_000_000_000)
    #expect(try tiny.requests.count == 4)
  }

  @Test("A refusal is not repeated, and is told in the server's words")
  func refusals() async throws {
    let body = #"{"error_code": "INVALID_PARAMETER_VALUE", "message": "no such thing"}"#
    let tiny = try await TinyServer([.init(status: 400, body: body)])
    let asked = server
    await #expect {
      try await asked(tiny.url, tiny.loop, [:]).ask(.get("one"))
    } throws: { error in
      (error as? MLflowProblem)?.fact
        == "the server refuses (400 INVALID_PARAMETER_VALUE): no such thing"
    }
    #expect(try tiny.requests.count == 1)
  }

  struct Case: Sendable {
    let answer: TinyServer.Answer
    let fact: String
    var hint = ""
  }

  static let cases = [
    Case(
      answer: .init(status: 401, body: "You are not authenticated."),
      fact: "does not know who asks (401): You are not authenticated.",
      hint: "MLFLOW_TRACKING_TOKEN"),
    Case(
      answer: .init(status: 403, body: "Permission denied"),
      fact: "does not allow it (403): Permission denied", hint: "permission"),
    Case(
      answer: .init(status: 404, body: "<html><h1>Not Found</h1></html>"),
      fact: "does not answer as an MLflow tracking server does (404)", hint: "address"),
    Case(
      answer: .init(body: "<html>Welcome</html>"),
      fact: "does not answer as an MLflow tracking server does (200)", hint: "address"),
    Case(
      answer: .init(status: 302, header: "Location: https://elsewhere"),
      fact: "answers that it is elsewhere (302)", hint: "https"),
  ]

  @Test("What is wrong with the server is said", arguments: cases)
  func wrong(_ c: Case) async throws {
    let tiny = try await TinyServer([c.answer])
    do {
      _ = try await server(tiny.url, tiny.loop).ask(.get("one"))
      Issue.record("nothing is said of \(c.answer.status)")
    } catch let problem as MLflowProblem {
      #expect(problem.fact == "'\(tiny.url)' \(c.fact)")
      #expect(problem.hint?.contains(c.hint) == true)
    }
  }

  @Test("Where nobody knows what became of it, only what may be done twice is done twice")
  func uncertain() async throws {
    for isRepeatable in [true, false] {
      let tiny = try await TinyServer([.init(status: 0), .init(body: #"{"n": 1}"#)])
      let call = MLflowServer.Call.post("one", [("a", .null)], isRepeatable: isRepeatable)
      let answer = try await server(tiny.url, tiny.loop).attempt([call]).first
      switch answer {
      case .success: #expect(isRepeatable)
      case .failure(.uncertain): #expect(!isRepeatable)
      case .failure(let problem): Issue.record("\(problem)")
      case nil: Issue.record("no answer")
      }
      #expect(try tiny.requests.count == (isRepeatable ? 2 : 1))
    }
  }

  @Test("Nobody there, and no curl")
  func nobody() async throws {
    let loop = try ProcessLoop()
    // The port of nothing.
    let url = "http://127.0.0.1:9"
    do {
      _ = try await server(url, loop).ask(.get("one"))
      Issue.record("somebody answers")
    } catch let problem as MLflowProblem {
      guard case .unreachable(url, let fact) = problem else { throw problem }
      #expect(fact.contains("9"))
    }
    await #expect(throws: MLflowProblem.noCurl) {
      _ = try await server(url, loop, ["PATH": "/nowhere"]).ask(.get("one"))
    }
  }

  @Test("Who asks is said by the variables of MLflow, or by the URL")
  func credentials() async throws {
    let tiny = try await TinyServer([.init()])
    let withUser = tiny.url.replacing("//", with: "//ann:p%40ss@")
    for (url, variables) in [
      (tiny.url, ["MLFLOW_TRACKING_TOKEN": "t\"o\\ken"]),
      (tiny.url, ["MLFLOW_TRACKING_USERNAME": "ann", "MLFLOW_TRACKING_PASSWORD": "p@ss"]),
      (withUser, [:]), (tiny.url + "//", [:]),
    ] {
      _ = try await server(url, tiny.loop, variables).ask(.post("x?a=1", [("k", .text("ü\n"))]))
    }
    let rest = #"{"k":"ü\n"}"#
    #expect(
      try tiny.requests == [
        #"POST /api/2.0/x?a=1 Bearer t"o\ken "# + rest,
        "POST /api/2.0/x?a=1 Basic YW5uOnBAc3M= " + rest,
        "POST /api/2.0/x?a=1 Basic YW5uOnBAc3M= " + rest, "POST /api/2.0/x?a=1 - " + rest,
      ])
  }

  @Test("Neither arguments nor what is left behind shows a secret")
  func secrecy() async throws {
    // A program of that name that shows what it was told before it does it.
    let scratch = try ScratchDirectory()
    try scratch.directory.replace(
      "curl",
      with: Array(
        """
        #!/bin/sh
        { echo "$*"; env; ls -la; pwd; } > "\(scratch.directory.path)/seen"
        exec /usr/bin/curl "$@"

        """.utf8), permissions: 0o777)
    let tiny = try await TinyServer([.init()])
    let variables = [
      "PATH": "\(scratch.directory.path):/usr/bin:/bin", "MLFLOW_TRACKING_TOKEN": "",
    ]
    let location = try MLflowLocation(
      tiny.url.replacing("//", with: "//ann:hidden@"),
      environment: variables.map { EnvironmentVariable($0.key, $0.value) })
    let server = MLflowServer(location, loop: tiny.loop)
    _ = try await server.ask(.post("one", [("k", .text("private"))]))
    let seen = try scratch.text("seen")
    #expect(seen.hasPrefix("-q -K -\n"))
    #expect(!seen.contains("hidden") && !seen.contains("private"))
    #expect(seen.contains("drwx------") && seen.contains("-rw-------"))
    #expect(try tiny.requests.first?.contains("private") == true)
    let place = try #require(seen.split(separator: "\n").last)
    #expect(place.contains("pipewright-export-"))
    #expect(try !Directory(opening: "/").exists(Path(String(place))))
  }
}
