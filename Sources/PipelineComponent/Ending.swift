#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension Component {
  /// Does the component's work and, where it throws, ends the process with exit status 1 and the
  /// error on standard error.
  ///
  /// Without it, an error that leaves the top level is a crash, whose signal and backtrace hide the
  /// message.
  ///
  /// The closure is sendable, hence on no actor. At the top level it would be on the main actor,
  /// and the compiler would put the line numbers of its checks into the executable: then a comment
  /// above them would change the component's code.
  public static func run(_ work: @Sendable (Component) throws -> Void) {
    do {
      try work(Component())
    } catch {
      fail(String(describing: error))
    }
  }

  /// Does the component's work, some of it asynchronous, and ends like ``run(_:)`` where it throws.
  public nonisolated(nonsending) static func run(
    _ work: nonisolated(nonsending) (Component) async throws -> Void
  ) async {
    do {
      try await work(Component())
    } catch {
      fail(String(describing: error))
    }
  }

  /// Ends the process with exit status 1, so that the step fails.
  ///
  /// - Parameter message: goes to standard error after `error: `.
  public static func fail(_ message: String) -> Never {
    StandardError.write("error: \(message)")
    exit(EXIT_FAILURE)
  }
}

/// Where a component says what a person has to know.
enum StandardError {
  /// Writes the text and a line end, as far as that goes.
  static func write(_ text: String) {
    try? ByteFile.send(Array("\(text)\n".utf8), to: STDERR_FILENO)
  }
}
