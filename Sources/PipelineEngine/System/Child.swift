import CPipelineSystem

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A child process from its start to its reaping: told the time, it does what is due.
///
/// Its id is signalled only until it is reaped, which comes last; until then the kernel gives
/// neither the id nor the session to another process.
struct Child {
  /// Its process id, which is its session's too.
  let pid: Int32
  /// The value of its `Launch.executionVariable`.
  let execution: String?
  private let startedAt: Int64
  private let deadline: Int64?
  private let grace: Int64
  private let onTick: (@Sendable () -> Void)?
  private let onOutput: @Sendable ([UInt8]) -> Void

  /// Readable when the child exits; `nil` where there is no such thing, or no need any more.
  private(set) var exitEvent: Descriptor?
  /// The reading end of what it prints; `nil` at its end.
  private(set) var output: Descriptor?
  /// When something is due next though nothing happens; `nil` is never.
  private(set) var nextLook: Int64?

  private var nextTick: Int64?
  private var lastOutputAt: Int64
  private var exitedAt: Int64?
  private var killAt: Int64?
  private var giveUpAt: Int64?
  private var isTimedOut = false
  private var isCancelled = false
  private var leftBehind = 0
  private var strays: [Int32] = []

  /// - Throws: what kept it from being started.
  init(
    _ launch: Launch, onTick: (@Sendable () -> Void)? = nil,
    onOutput: @escaping @Sendable ([UInt8]) -> Void
  ) throws(SystemError) {
    var ends: [Int32] = [-1, -1]
    let piped = pipeline_output_pipe(&ends)
    guard piped >= 0 else { throw SystemError("make", "pipe", code: -piped) }
    output = Descriptor(owning: ends[0])
    let startedAt = SystemClock.steady
    self.startedAt = startedAt
    pid = try launch.start(output: Descriptor(owning: ends[1]))
    execution = launch.execution
    deadline = launch.timeout.map { startedAt.adding($0) }
    grace = launch.grace.inNanoseconds
    self.onTick = onTick
    self.onOutput = onOutput
    nextTick = onTick == nil ? nil : startedAt + Child.tickInterval
    lastOutputAt = startedAt
    nextLook = startedAt
    let event = pipeline_exit_descriptor(pid)
    exitEvent = event >= 0 ? Descriptor(owning: event) : nil
  }

  // MARK: What it is told

  /// Reads one piece of what the child prints.
  ///
  /// - Parameter buffer: anything; its content is not kept.
  mutating func readOutput(using buffer: UnsafeMutableRawBufferPointer) {
    guard let number = output?.number, let start = buffer.baseAddress else { return }
    let count = pipeline_read(number, start, buffer.count)
    if count > 0 {
      onOutput([UInt8](UnsafeRawBufferPointer(start: start, count: Int(count))))
      lastOutputAt = SystemClock.steady
    } else if count != -Int64(EAGAIN) && count != -Int64(EWOULDBLOCK) {
      output = nil
    }
    // Both ends have been seen, or the quiet begins anew.
    if output == nil || exitedAt != nil { nextLook = 0 }
  }

  /// Something happened to the child, so that it is worth a look.
  mutating func wake() { nextLook = 0 }

  /// Asks it and all its children to end. A second request can only shorten the time they have.
  mutating func cancel(grace: Duration) {
    // One that has ended by itself is not unmade by that; what it left behind has less time.
    if exitedAt == nil && pipeline_has_exited(pid) == 0 { isCancelled = true }
    end(by: SystemClock.steady.adding(grace))
  }

  /// Does what is due.
  ///
  /// - Returns: how it ended, once nothing is left to do.
  mutating func advance(using buffer: UnsafeMutableRawBufferPointer) -> Exit? {
    let now = SystemClock.steady
    if exitedAt == nil && pipeline_has_exited(pid) != 0 {
      exitedAt = now
      exitEvent = nil
    }
    if let exitedAt { return finish(exitedAt: exitedAt, now: now, using: buffer) }
    if let deadline, now >= deadline, !isTimedOut, killAt == nil {
      isTimedOut = true
      end(by: now.adding(nanoseconds: grace))
    }
    if let due = killAt, now >= due {
      signalAll(SIGKILL)
      // Once more later: it may have been starting others just then.
      killAt = now + 100_000_000
    }
    if let due = nextTick, now >= due {
      onTick?()
      nextTick = now + Child.tickInterval
    }
    // Where the kernel does not tell of an exit it is asked.
    let poll = exitEvent == nil ? now + 20_000_000 : nil
    nextLook = [killAt, isTimedOut || killAt != nil ? nil : deadline, nextTick, poll]
      .compactMap(\.self).min()
    return nil
  }

  private static let tickInterval: Int64 = 500_000_000

  // MARK: What it does

  private mutating func end(by time: Int64) {
    if killAt == nil { signalAll(SIGTERM) }
    killAt = min(killAt ?? .max, time)
    nextLook = 0
  }

  /// After the exit: a short time for output on its way, then the end of what it left behind.
  private mutating func finish(
    exitedAt: Int64, now: Int64, using buffer: UnsafeMutableRawBufferPointer
  ) -> Exit? {
    if output != nil && killAt == nil {
      let quiet = max(lastOutputAt, exitedAt) + 200_000_000
      let due = min(quiet, exitedAt + 1_000_000_000)
      if now < due {
        nextLook = due
        return nil
      }
    }
    let survivors = Orphans.areNone ? [] : survivors()
    if survivors.isEmpty || now >= giveUpAt ?? .max {
      if execution != nil, !Orphans.areNone {
        strays = Orphans.strays(of: pid, since: ProcessTable.start(of: pid))
      }
      return reap(exitedAt, using: buffer)
    }
    if killAt == nil {
      signalAll(SIGTERM)
      killAt = now + 200_000_000
    }
    leftBehind = max(leftBehind, survivors.count)
    if let due = killAt, now >= due {
      signalAll(SIGKILL)
      // A process that hangs in the kernel cannot be waited for.
      giveUpAt = giveUpAt ?? now + 2_000_000_000
    }
    nextLook = now + 10_000_000
    return nil
  }

  /// Its children that still work, once it has ended or is being ended also those that have left its
  /// session: what goes on writing would belie what is recorded of the step.
  private func survivors() -> [Int32] {
    var pids = ProcessTable.members(ofSession: pid)
    if let execution, isTimedOut || isCancelled || exitedAt != nil {
      pids += ProcessTable.members(ofExecution: execution, since: ProcessTable.start(of: pid))
        .filter { !pids.contains($0) }
    }
    return pids.filter { $0 != pid }
  }

  private func signalAll(_ signal: Int32) {
    if exitedAt == nil {
      _ = pipeline_signal(pid, -1, signal)
      // One that has stopped itself takes no notice of a request.
      if signal == SIGTERM { _ = pipeline_signal(pid, -1, SIGCONT) }
    }
    for member in survivors() {
      ProcessTable.signal(member, signal) { member in
        pipeline_session(member) == pid
          || execution.map { ProcessTable.belongs(member, toExecution: $0) } ?? false
      }
    }
  }

  private mutating func reap(
    _ exitedAt: Int64, using buffer: UnsafeMutableRawBufferPointer
  ) -> Exit {
    // What still lies in the pipe: not more, since somebody else may be filling it.
    for _ in 0..<16 where output != nil {
      let before = lastOutputAt
      readOutput(using: buffer)
      if lastOutputAt == before { break }
    }
    output = nil
    var ended = pipeline_exit()
    Orphans.noteEnd(of: pid)
    let result = pipeline_reap(pid, &ended)
    var exit = Exit(status: ended.is_signal == 1 ? .signal(ended.value) : .code(ended.value))
    // Somebody else reaped it. That cannot be told from success, so it must not look like it.
    if result < 0 { exit.status = .signal(SIGKILL) }
    exit.timedOut = isTimedOut
    exit.cancelled = isCancelled
    exit.wallSeconds = Double(exitedAt - startedAt) / 1e9
    exit.cpuSeconds = Double(ended.cpu_nanoseconds) / 1e9
    exit.peakMemoryBytes = ended.peak_memory_bytes
    exit.leftBehind = leftBehind
    exit.strays = strays
    return exit
  }
}

extension Duration {
  /// Cut off at some 146 years.
  var inNanoseconds: Int64 {
    let parts = components
    guard abs(parts.seconds) < Int64.max / 2_000_000_000 else {
      return parts.seconds < 0 ? 0 : .max / 2
    }
    return parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000
  }
}

extension Int64 {
  fileprivate func adding(_ duration: Duration) -> Int64 {
    adding(nanoseconds: duration.inNanoseconds)
  }

  fileprivate func adding(nanoseconds: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(nanoseconds)
    return overflow ? .max : sum
  }
}
