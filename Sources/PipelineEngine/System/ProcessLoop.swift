import CPipelineSystem

/// Child processes, all watched by one thread that sleeps while nothing happens.
///
/// A child ends when it exits, not when its output does: a process that it left in the background
/// may hold that for ever. Such processes are ended, whatever the child's fate.
package final class ProcessLoop: Sendable {
  /// A child that works now.
  package struct Running: Equatable, Sendable {
    /// Its process id, which is its session's too.
    package let processID: Int32
    /// What it was launched as.
    package let execution: String?
  }

  private let mailbox: Mailbox

  /// Starts the thread.
  package init() throws(SystemError) {
    _ = pipeline_keep_children()
    Orphans.adopt()
    var ends: [Int32] = [-1, -1]
    let piped = pipeline_wake_pipe(&ends)
    guard piped >= 0 else { throw SystemError("start", "process loop", code: -piped) }
    let reader = Descriptor(owning: ends[0])
    let mailbox = Mailbox(bell: Descriptor(owning: ends[1]), reader: reader)
    self.mailbox = mailbox
    let started = startThread {
      var thread = LoopThread(mailbox: mailbox, bell: reader)
      thread.run()
    }
    guard started >= 0 else { throw SystemError("start", "process loop", code: -started) }
  }

  deinit {
    mailbox.send(.stop)
  }

  /// The children that work now, in the order of their start.
  package var running: [Running] { mailbox.running.withLock { $0 } }

  /// Starts a child and waits for its end. When the Swift task is cancelled, so is the child.
  ///
  /// - Parameter onStart: told the process id before the child can end.
  /// - Parameter onTick: called twice a second while the child works.
  /// - Parameter onOutput: called in order with what the child prints, both outputs merged, in
  ///   pieces of at most 64 KiB. It and the others run on the loop's thread, which all children
  ///   share: they must be quick. None is called after this returned.
  /// - Throws: what kept it from being started.
  package func run(
    _ launch: Launch,
    onStart: @escaping @Sendable (Int32) -> Void = { _ in },
    onTick: (@Sendable () -> Void)? = nil,
    onOutput: @escaping @Sendable ([UInt8]) -> Void
  ) async throws -> Exit {
    let id = mailbox.nextID()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        mailbox.send(
          .launch(
            LoopOrder(
              id: id, launch: launch, onStart: onStart, onTick: onTick, onOutput: onOutput,
              answer: { continuation.resume(with: $0) })))
        // A cancellation from before the launch found nothing to cancel.
        if Task.isCancelled { mailbox.send(.cancel(id, grace: launch.grace)) }
      }
    } onCancel: {
      mailbox.send(.cancel(id, grace: launch.grace))
    }
  }

  /// Asks all running children to end; those that have not after `grace` are killed. Called again,
  /// it can only shorten that.
  package func cancelAll(grace: Duration) {
    mailbox.send(.cancelAll(grace: grace))
  }
}

/// A child to be started.
struct LoopOrder: Sendable {
  let id: Int
  let launch: Launch
  let onStart: @Sendable (Int32) -> Void
  let onTick: (@Sendable () -> Void)?
  let onOutput: @Sendable ([UInt8]) -> Void
  let answer: @Sendable (Swift.Result<Exit, any Error>) -> Void
}

/// What the loop's thread is asked, and what it makes known.
final class Mailbox: Sendable {
  /// One thing asked of the thread.
  enum Request: Sendable {
    case launch(LoopOrder)
    case cancel(Int, grace: Duration)
    case cancelAll(grace: Duration)
    case stop
  }

  /// The children that work now.
  let running = Locked<[ProcessLoop.Running]>([])
  private let requests = Locked<[Request]>([])
  private let lastID = Locked(0)
  private let bell: Descriptor
  /// Stays open as long as anybody can ring: the thread may have ended by what it was left just
  /// before, and a pipe that nobody reads ends who writes to it.
  private let reader: Descriptor

  init(bell: Descriptor, reader: Descriptor) {
    self.bell = bell
    self.reader = reader
  }

  /// A number that no other launch has.
  func nextID() -> Int {
    lastID.withLock { id in
      id += 1
      return id
    }
  }

  /// Leaves a request and wakes the thread.
  func send(_ request: Request) {
    requests.withLock { $0.append(request) }
    var byte: UInt8 = 0
    // A full pipe wakes as well.
    _ = pipeline_write(bell.number, &byte, 1)
  }

  /// All requests since the last call, in order.
  func takeRequests() -> [Request] {
    requests.withLock { requests in
      defer { requests = [] }
      return requests
    }
  }
}
