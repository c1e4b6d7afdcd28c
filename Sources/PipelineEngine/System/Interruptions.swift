import CPipelineSystem

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Why this process should stop.
package enum Interruption: Equatable, Sendable {
  /// Ctrl-C: SIGINT.
  case interrupted
  /// SIGTERM.
  case terminated
  /// The terminal went away: SIGHUP.
  case hungUp
  /// Nobody reads any more what is written to a watched descriptor.
  case readerGone

  /// The exit code that shells know for it.
  package var exitCode: Int32 {
    switch self {
    case .interrupted: 128 + SIGINT
    case .terminated: 128 + SIGTERM
    case .hungUp: 128 + SIGHUP
    case .readerGone: 128 + SIGPIPE
    }
  }
}

/// Signals that would end this process, told to a function instead, each time one comes.
///
/// While it exists SIGPIPE is ignored. Only one at a time in a process.
package final class Interruptions: Sendable {
  /// What the thread is asked to watch; -1 is nothing yet.
  private let watched = Locked<Int32>(-1)
  private let wake: Descriptor
  private let isCatching = Locked(false)

  /// - Parameter onInterruption: called on a thread of its own, never by a signal handler.
  package init(
    onInterruption: @escaping @Sendable (Interruption) -> Void
  ) throws(SystemError) {
    var ends: [Int32] = [-1, -1]
    let result = pipeline_wake_pipe(&ends)
    guard result >= 0 else { throw SystemError("watch", "signals", code: -result) }
    let reader = Descriptor(owning: ends[0])
    wake = Descriptor(owning: ends[1])
    let caught = pipeline_catch_signals(wake.number)
    guard caught >= 0 else { throw SystemError("watch", "signals", code: -caught) }
    isCatching.withLock { $0 = true }
    let watched = watched
    let started = startThread {
      watch(reader, andReaderOf: watched, onInterruption: onInterruption)
    }
    guard started >= 0 else { throw SystemError("watch", "signals", code: -started) }
  }

  deinit {
    // Handlers first: they write into the pipe that is closed next, which ends the thread.
    if isCatching.withLock({ $0 }) { pipeline_release_signals() }
  }

  /// Also watches whether somebody still reads what is written to this descriptor.
  package func watchHangup(of descriptor: Int32) {
    watched.withLock { $0 = descriptor }
    var byte: UInt8 = 0
    _ = pipeline_write(wake.number, &byte, 1)
  }
}

/// The thread: sleeps until a signal's number comes through the pipe, or a hang-up.
private func watch(
  _ reader: Descriptor, andReaderOf watched: Locked<Int32>,
  onInterruption: (Interruption) -> Void
) {
  var numbers = [UInt8](repeating: 0, count: 64)
  while true {
    var polled = [
      pollfd(fd: reader.number, events: Int16(POLLIN), revents: 0),
      pollfd(fd: watched.withLock { $0 }, events: 0, revents: 0),
    ]
    guard poll(&polled, nfds_t(polled.count), -1) >= 0 || errno == EINTR else { return }
    if polled[1].revents != 0 {
      watched.withLock { $0 = -1 }
      onInterruption(.readerGone)
    }
    if polled[0].revents == 0 { continue }
    let count = pipeline_read(reader.number, &numbers, numbers.count)
    if count == 0 { return }
    for number in numbers.prefix(Int(max(count, 0))) {
      switch Int32(number) {
      case SIGINT: onInterruption(.interrupted)
      case SIGTERM: onInterruption(.terminated)
      case SIGHUP: onInterruption(.hungUp)
      default: break
      }
    }
  }
}

/// Threads outside of Swift's own pool, for what waits for long.
package enum BackgroundThread {
  /// - Returns: false where there can be no more threads.
  package static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
    startThread(body) >= 0
  }
}

/// Starts a detached thread that takes no signals.
///
/// - Returns: a negative `errno` where there can be no more.
func startThread(_ body: @escaping @Sendable () -> Void) -> Int32 {
  final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
  let context = Unmanaged.passRetained(Body(body))
  let result = pipeline_start_thread(
    { context in
      guard let context else { return }
      Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
    }, context.toOpaque())
  if result < 0 { context.release() }
  return result
}
