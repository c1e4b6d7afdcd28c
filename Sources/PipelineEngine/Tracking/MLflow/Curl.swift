import PipelineModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Speaks HTTP through the program `curl`: many requests over one connection for each process.
///
/// URLs, credentials and bodies reach it through files that only this user can read and that are
/// gone afterwards, never through its arguments, which every user of the machine can see.
package struct Curl: Sendable {
  /// What keeps any request from being made.
  package enum Problem: Error, Equatable {
    /// There is no such program in `PATH`.
    case notFound
    case failed(String)
  }

  let loop: ProcessLoop
  let environment: [EnvironmentVariable]
  let credentials: HTTPCredentials
  /// Whether certificates count for nothing.
  let isInsecure: Bool
  let patience: HTTPPatience

  package init(
    loop: ProcessLoop, environment: [EnvironmentVariable], credentials: HTTPCredentials = .none,
    isInsecure: Bool = false, patience: HTTPPatience = .usual
  ) {
    self.loop = loop
    self.environment = environment
    self.credentials = credentials
    self.isInsecure = isInsecure
    self.patience = patience
  }

  /// So many requests go into one process.
  private static let most = 250

  /// The answers to requests, in their order; what fails in passing is tried again.
  package func answers(to requests: [HTTPRequest]) async throws -> [HTTPAnswer] {
    var answers: [HTTPAnswer?] = Array(repeating: nil, count: requests.count)
    var open = Array(requests.indices)
    var delays = patience.delays[...]
    while !open.isEmpty {
      var wait = Duration.zero
      var again: [Int] = []
      for start in stride(from: 0, to: open.count, by: Curl.most) {
        let part = Array(open[start..<min(start + Curl.most, open.count)])
        let came = try await perform(part.map { requests[$0] })
        for (index, answer) in zip(part, came) {
          answers[index] = answer
          guard answer.isWorthRepeating(of: requests[index]) else { continue }
          again.append(index)
          wait = max(wait, answer.wait)
        }
      }
      guard let delay = delays.popFirst(), !again.isEmpty, wait <= patience.longest else { break }
      try await Task.sleep(for: max(delay, wait))
      open = again
    }
    return answers.compactMap(\.self)
  }

  /// One process.
  private func perform(_ requests: [HTTPRequest]) async throws -> [HTTPAnswer] {
    let exchange = try CurlExchange(requests, credentials: credentials, isInsecure: isInsecure)
    let launch = Launch(
      ["curl", "-q", "-K", "-"].map { Array($0.utf8) },
      environment: environment + [EnvironmentVariable("LC_ALL", "C")],
      directory: exchange.folder, input: try exchange.instructions())
    let output = Locked<[UInt8]>([])
    let exit: Exit
    do {
      exit = try await loop.run(launch) { bytes in output.withLock { $0 += bytes } }
    } catch let error as SystemError where error.code == ENOENT {
      throw Problem.notFound
    }
    if exit.cancelled { throw CancellationError() }
    let text = String(decoding: output.withLock { $0 }, as: UTF8.self)
    guard let answers = try exchange.answers(told: text) else {
      let last = text.split(separator: "\n").last.map(String.init) ?? "it said nothing"
      throw Problem.failed(last)
    }
    return answers
  }
}

extension HTTPAnswer {
  /// What the server asks to wait.
  fileprivate var wait: Duration {
    guard case .answered(_, _, let seconds?) = self else { return .zero }
    return .seconds(seconds)
  }

  /// Whether it failed in passing, and trying again cannot do twice what is to be done once.
  fileprivate func isWorthRepeating(of request: HTTPRequest) -> Bool {
    switch self {
    case .answered(let status, _, _):
      // Those two say that nothing was done.
      if status == 429 || status == 503 { return true }
      return status >= 500 && status != 501 && request.isRepeatable
    case .lost(_, let isSent, let isPassing):
      return isPassing && (!isSent || request.isRepeatable)
    }
  }
}
