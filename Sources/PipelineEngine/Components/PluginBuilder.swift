import PipelineModel

/// Asks the plugin, which holds SwiftPM's lock while this process lives.
///
/// What plugin and tool say to each other, protocol 1:
/// - The tool's arguments are the plugin's, less SwiftPM's own flags for permissions and the build
///   system; its working directory is the user's.
/// - Its environment has `PIPEWRIGHT_PLUGIN` (the protocol's number), `PIPEWRIGHT_GRAPH` (the file
///   that `PackageGraph.read` takes), `PIPEWRIGHT_PACKAGE` (the root package's directory),
///   `PIPEWRIGHT_SCRATCH` (SwiftPM's build directory) and `PIPEWRIGHT_HOST_PID` (`swift package`).
///   `LD_LIBRARY_PATH` is as the user had it.
/// - Its standard output goes to SwiftPM, which prints whole lines; `poll` on it tells of `POLLERR`
///   once SwiftPM is gone.
/// - A line of its standard error that starts with the byte 0x1E is a request: a verb, a blank, a
///   payload. Any other line is printed as it is.
///   - `progress TEXT` is shown at once, on standard error.
///   - `error TEXT` is the closing line if the tool's exit code is not 0, in place of the plugin's.
///   - `build ["PRODUCT", …]` builds for release. The answer is one line on the tool's standard
///     input: `{"ok":true,"products":{"PRODUCT":"/path"}}` or `{"ok":false,"log":"…"}`. Answers
///     come in the order of the requests.
/// - The end of its standard input means that the plugin is gone.
/// - SIGINT and SIGTERM are passed on to it. Where a signal ended the tool itself, it is started
///   once more as `pipewright end-survivors`, in the same directory and environment, to end the
///   steps that were left behind.
package actor PluginBuilder: ProductBuilder {
  private let send: @Sendable ([UInt8]) throws -> Void
  private var waiting: [CheckedContinuation<[UInt8]?, Never>] = []
  private var isGone = false

  /// - Parameter send: writes the bytes to standard error, at once and whole.
  package init(send: @escaping @Sendable ([UInt8]) throws -> Void) {
    self.send = send
  }

  package func build(_ products: [String]) async throws(BuildProblem) -> [String: Path] {
    let names = JSON.text(.list(products.map { .text($0) }))
    guard let line = await answer(to: PluginBuilder.request("build", names)) else {
      throw .unreachable("the plugin is gone")
    }
    guard let answer = try? JSON.read(line), let succeeded = answer["ok"]?.boolean else {
      throw .unreachable("the plugin answered what is no answer")
    }
    guard succeeded else { throw .failed(log: answer["log"]?.text ?? "") }
    var paths: [String: Path] = [:]
    for product in products {
      guard let path = answer["products"]?[product]?.text else {
        throw .unreachable("the plugin named no executable for '\(product)'")
      }
      paths[product] = Path(path)
    }
    return paths
  }

  /// Takes the next line that the plugin wrote, without its end.
  package func receive(_ line: [UInt8]) {
    // A line that nobody waits for is none of ours.
    guard !waiting.isEmpty else { return }
    waiting.removeFirst().resume(returning: line)
  }

  /// Says that no line will come any more.
  package func close() {
    isGone = true
    for request in waiting { request.resume(returning: nil) }
    waiting = []
  }

  /// A request's bytes; what would break the line becomes a blank.
  package static func request(_ verb: String, _ payload: String) -> [UInt8] {
    let words = Array("\(verb) \(payload)".utf8).map { $0 == 10 || $0 == 13 ? 32 : $0 }
    return [0x1E] + words + [10]
  }

  /// Sends and joins the queue in one go, so the queue's order is the requests'.
  private func answer(to request: [UInt8]) async -> [UInt8]? {
    await withCheckedContinuation { continuation in
      guard !isGone, (try? send(request)) != nil else {
        return continuation.resume(returning: nil)
      }
      waiting.append(continuation)
    }
  }
}
