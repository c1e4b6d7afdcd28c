import Foundation
import PackagePlugin

/// One execution of the tool, from its start until it has ended.
struct ToolSession {
  let tool: URL
  let environment: [String: String]
  let answer: (_ payload: String) -> [String: Any]

  struct End {
    var bySignal = false
    var code: Int32 = 0
    /// The closing line that the tool asked for.
    var error: String?
  }

  @discardableResult
  func run(_ arguments: [String]) throws -> End {
    let process = Process()
    let (answers, requests, ended) = (Pipe(), Pipe(), Pipe())
    process.executableURL = tool
    process.arguments = arguments
    process.environment = environment
    // Never this process's own: descriptor 0 of a plugin is SwiftPM's channel.
    process.standardInput = answers
    process.standardError = requests
    process.terminationHandler = { _ in try? ended.fileHandleForWriting.close() }
    try process.run()
    // After the start, lest the tool inherit an ignored signal.
    signal(SIGPIPE, SIG_IGN)
    let signals = [SIGINT, SIGTERM].map { forward($0, to: process.processIdentifier) }
    defer { signals.forEach { $0.cancel() } }

    var end = End()
    serve(requests.fileHandleForReading, answers.fileHandleForWriting, ended, process, &end)
    process.waitUntilExit()
    end.bySignal = process.terminationReason == .uncaughtSignal
    end.code = process.terminationStatus
    return end
  }

  private func forward(_ number: Int32, to process: pid_t) -> any DispatchSourceSignal {
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    source.setEventHandler { kill(process, number) }
    source.resume()
    return source
  }

  /// Serves requests until the tool has ended, whoever else still holds its standard error.
  private func serve(
    _ requests: FileHandle, _ answers: FileHandle, _ ended: Pipe, _ process: Process, _ end: inout End
  ) {
    var watched = [
      pollfd(fd: requests.fileDescriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: ended.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0),
      // Standard output: in error as soon as SwiftPM is gone.
      pollfd(fd: 1, events: 0, revents: 0),
    ]
    var pending = Data()
    while true {
      guard poll(&watched, nfds_t(watched.count), -1) >= 0 else { continue }
      if watched[0].revents != 0 {
        let bytes = requests.availableData
        // An end of file here does not end the tool, but `poll` would tell of it for ever.
        if bytes.isEmpty { watched[0].fd = -1 }
        pending.append(bytes)
        while let newline = pending.firstIndex(of: 0x0A) {
          take(String(decoding: pending[..<newline], as: UTF8.self), answers, &end)
          pending.removeSubrange(...newline)
        }
      } else if watched[1].revents != 0 {
        if !pending.isEmpty { print(String(decoding: pending, as: UTF8.self)) }
        return
      } else if watched[2].revents != 0 {
        process.terminate()
        watched[2].fd = -1
      }
    }
  }

  private func take(_ line: String, _ answers: FileHandle, _ end: inout End) {
    guard line.utf8.first == 0x1E else { return print(line) }
    let words = line.dropFirst().split(separator: " ", maxSplits: 1)
    let payload = words.count == 2 ? String(words[1]) : ""
    switch words.first {
    case "progress": Diagnostics.progress(payload)
    case "error": end.error = payload
    case "build":
      let reply = try? JSONSerialization.data(withJSONObject: answer(payload))
      // Where the tool is gone there is nobody to tell.
      try? answers.write(contentsOf: (reply ?? Data()) + [0x0A])
    default: print("pipewright asks for '\(line.dropFirst())', which this plugin does not know")
    }
  }
}
