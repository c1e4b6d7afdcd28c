import Foundation
import PackagePlugin

/// Executions of the tool, each from its start until it has ended.
struct ToolSession {
  let tool: String
  let environment: [String: String]
  let build: ([String]) -> (products: [String: String], log: String)
  /// What the tool asked to be said at the end.
  var closingLine: String?

  mutating func run(_ arguments: [String]) throws -> (code: Int32, signal: Int32) {
    let (answers, requests, ended) = (Pipe(), Pipe(), Pipe())
    let process = try start(
      [tool] + arguments, input: answers.fileHandleForReading, errors: requests.fileHandleForWriting
    )
    signal(SIGPIPE, SIG_IGN)
    let signals = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { kill(process, number) }
      source.resume()
      return source
    }
    defer { signals.forEach { $0.cancel() } }
    DispatchQueue.global().async {
      var status: Int32 = 0
      while waitpid(process, &status, 0) < 0, errno == EINTR {}
      write(ended.fileHandleForWriting.fileDescriptor, &status, 4)
    }
    // Standard output is in error as soon as SwiftPM is gone.
    var watched =
      [requests, ended].map { $0.fileHandleForReading.fileDescriptor }.map {
        pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
      } + [pollfd(fd: 1, events: 0, revents: 0)]
    var pending = Data()
    while true {
      guard poll(&watched, nfds_t(watched.count), -1) > 0 else { continue }
      if watched[0].revents != 0 {
        let bytes = requests.fileHandleForReading.availableData
        // `poll` would tell of the end for ever.
        if bytes.isEmpty { watched[0].fd = -1 }
        pending.append(bytes)
        while let newline = pending.firstIndex(of: 0x0A) {
          take(String(decoding: pending[..<newline], as: UTF8.self), answers.fileHandleForWriting)
          pending.removeSubrange(...newline)
        }
      } else if watched[1].revents != 0 {
        // Not the end of its standard error: who else still holds that is not waited for.
        var status: Int32 = 0
        read(watched[1].fd, &status, 4)
        if !pending.isEmpty { print(String(decoding: pending, as: UTF8.self)) }
        return (status >> 8 & 0xFF, status & 0x7F)
      } else {
        kill(process, SIGTERM)
        watched[2].fd = -1
      }
    }
  }

  /// Not by `Foundation.Process`: on Linux that one hands down a blocked signal mask and a descriptor
  /// by whose closing, in the last descendant, it knows the end.
  private func start(_ words: [String], input: FileHandle, errors: FileHandle) throws -> pid_t {
    #if canImport(Darwin)
      var (actions, attributes): (posix_spawn_file_actions_t?, posix_spawnattr_t?)
    #else
      var (actions, attributes) = (posix_spawn_file_actions_t(), posix_spawnattr_t())
    #endif
    posix_spawn_file_actions_init(&actions)
    // Never this process's own: descriptor 0 of a plugin is SwiftPM's channel.
    posix_spawn_file_actions_adddup2(&actions, input.fileDescriptor, 0)
    posix_spawn_file_actions_adddup2(&actions, errors.fileDescriptor, 2)
    for entry in try FileManager.default.contentsOfDirectory(atPath: "/dev/fd") {
      if let other = Int32(entry), other > 2 { _ = fcntl(other, F_SETFD, FD_CLOEXEC) }
    }
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_init(&attributes)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
    let argv = words.map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    var process: pid_t = 0
    let failure = posix_spawn(&process, tool, &actions, &attributes, argv, variables)
    guard failure == 0 else { throw POSIXError(POSIXErrorCode(rawValue: failure) ?? .ENOEXEC) }
    // Else the end of the tool would not be the end of these pipes.
    try input.close()
    try errors.close()
    return process
  }

  private mutating func take(_ line: String, _ answers: FileHandle) {
    guard line.utf8.first == 0x1E else { return print(line) }
    let words = line.dropFirst().split(separator: " ", maxSplits: 1)
    let payload = words.count == 2 ? String(words[1]) : ""
    switch words.first {
    case "progress": Diagnostics.progress(payload)
    case "error": closingLine = payload
    case "build":
      let names = try? JSONDecoder().decode([String].self, from: Data(payload.utf8))
      let built = build(names ?? [])
      let answer: [String: Any] =
        ["ok": built.log.isEmpty, "products": built.products, "log": built.log]
      let bytes = try? JSONSerialization.data(withJSONObject: answer)
      // Where the tool is gone there is nobody to tell.
      try? answers.write(contentsOf: (bytes ?? Data()) + [0x0A])
    default: print("pipewright asks for '\(line.dropFirst())', which this plugin does not know")
    }
  }
}
