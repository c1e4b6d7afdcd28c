import PipelineModel
import Testing

@testable import PipelineEngine

/// A web server that answers as it is told: a real one, on this machine, of a few lines of Python.
final class TinyServer: Sendable {
  /// What each request gets in turn; the last again and again.
  struct Answer: Sendable {
    var status = 200
    var body = "{}"
    var header = ""
  }

  let url: String
  let loop: ProcessLoop
  private let scratch: ScratchDirectory
  private let task: Task<Void, any Error>

  init(_ answers: [Answer]) async throws {
    let scratch = try ScratchDirectory()
    self.scratch = scratch
    try scratch.write("server.py", TinyServer.program)
    let told = answers.map { answer in
      Value.list([
        .number("\(answer.status)"), .text(answer.body), .text(answer.header),
      ])
    }
    try scratch.write("answers.json", JSON.text(.list(told)))
    let loop = try ProcessLoop()
    self.loop = loop
    let output = Gathered()
    let launch = scratch.shell("exec python3 server.py")
    task = Task { _ = try await loop.run(launch) { output.add($0) } }
    #expect(await output.waitFor("ready"))
    let port = try #require(output.words.first)
    url = "http://127.0.0.1:\(port)"
  }

  deinit {
    task.cancel()
  }

  /// `METHOD PATH`, then the words of who asks, then the body: of every request so far.
  var requests: [String] {
    get throws {
      try scratch.text("requests").split(separator: "\n").map(String.init)
    }
  }

  private static let program = """
    import base64, http.server, json
    answers = json.load(open("answers.json"))
    count = 0
    class Asked(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        def answer(self):
            global count
            status, body, header = answers[min(count, len(answers) - 1)]
            count += 1
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            with open("requests", "a") as log:
                who = self.headers.get("Authorization") or "-"
                print(self.command, self.path, who, sent, file=log)
            if status == 0:
                self.close_connection = True
                return
            self.send_response(status)
            if header:
                self.send_header(*header.split(": "))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())
        do_GET = do_POST = do_PUT = do_DELETE = answer
        def log_message(self, *words): pass
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Asked)
    open("requests", "w").close()
    print(server.server_port, "ready", flush=True)
    server.serve_forever()

    """
}
