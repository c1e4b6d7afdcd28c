import Foundation

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A program at work in a process group of its own, its two outputs in one file.
///
/// Not `Foundation.Process`: on Linux that one hands down a blocked signal mask, and waits until
/// the last descendant has ended.
struct Program: Sendable {
  struct Ended: Sendable {
    /// 128 and the signal's number where one ended it.
    let code: Int32
    let output: String
  }

  let processID: pid_t
  private let file: URL

  /// - Parameter file: takes what the program and its children print.
  init(
    _ words: [String], in directory: URL, environment: [String: String], output file: URL
  ) throws {
    self.file = file
    var actions = Program.actions()
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(
      &actions, 1, file.path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0o644)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var attributes = Program.attributes()
    defer { posix_spawnattr_destroy(&attributes) }
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETPGROUP) | Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
    // Not every C library can launch into a directory.
    let moving = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", directory.path]
    let argv = (moving + words).map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { (argv + variables).forEach { free($0) } }
    var process: pid_t = 0
    let failure = posix_spawn(&process, moving[0], &actions, &attributes, argv, variables)
    guard failure == 0 else { throw POSIXError(POSIXErrorCode(rawValue: failure) ?? .ENOEXEC) }
    processID = process
  }

  /// Waits until the program has ended; not for what it has left behind.
  ///
  /// - Parameter limit: seconds, after which its whole group is killed.
  func ended(within limit: Double) async -> Ended {
    let status = await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        var status: Int32 = 0
        let end = Date().addingTimeInterval(limit)
        while waitpid(processID, &status, WNOHANG) == 0 {
          if Date() > end { kill(-processID, SIGKILL) }
          usleep(3_000)
        }
        continuation.resume(returning: status)
      }
    }
    let signal = status & 0x7F
    return Ended(code: signal == 0 ? status >> 8 & 0xFF : 128 + signal, output: printed)
  }

  /// What has been printed by now.
  var printed: String {
    String(decoding: FileManager.default.contents(atPath: file.path) ?? Data(), as: UTF8.self)
  }

  #if canImport(Darwin)
    private static func actions() -> posix_spawn_file_actions_t? {
      var actions: posix_spawn_file_actions_t?
      posix_spawn_file_actions_init(&actions)
      return actions
    }

    private static func attributes() -> posix_spawnattr_t? {
      var attributes: posix_spawnattr_t?
      posix_spawnattr_init(&attributes)
      return attributes
    }
  #else
    private static func actions() -> posix_spawn_file_actions_t {
      var actions = posix_spawn_file_actions_t()
      posix_spawn_file_actions_init(&actions)
      return actions
    }

    private static func attributes() -> posix_spawnattr_t {
      var attributes = posix_spawnattr_t()
      posix_spawnattr_init(&attributes)
      return attributes
    }
  #endif
}
