import PipelineEngine

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Reads what the plugin answers on standard input, on a thread of its own: a read may wait for
/// minutes.
enum PluginAnswers {
  static func deliver(to builder: PluginBuilder) {
    _ = BackgroundThread.start {
      var splitter = LineSplitter(limit: 16 << 20)
      var buffer = [UInt8](repeating: 0, count: 65_536)
      while true {
        let count = read(STDIN_FILENO, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { break }
        for line in splitter.feed(buffer[..<count]) {
          // Only one request is open at a time, so that answers cannot overtake each other.
          Task { await builder.receive(line) }
        }
      }
      Task { await builder.close() }
    }
  }
}
