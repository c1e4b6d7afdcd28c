import CPipelineSystem

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The thread of a `ProcessLoop`: owns all children, sleeps in `poll`.
struct LoopThread {
  private let mailbox: Mailbox
  private let bell: Descriptor
  private var children: [Member] = []
  private var isStopping = false

  private struct Member {
    let order: LoopOrder
    var child: Child
  }

  private static let pieceBytes = 65_536

  /// The thread that answers this mailbox; `bell` is readable when there is something in it.
  init(mailbox: Mailbox, bell: Descriptor) {
    self.mailbox = mailbox
    self.bell = bell
  }

  /// All of the thread's work; returns when it was asked to stop and the last child has ended.
  mutating func run() {
    withUnsafeTemporaryAllocation(byteCount: LoopThread.pieceBytes, alignment: 16) { buffer in
      while true {
        for request in mailbox.takeRequests() { take(request) }
        advance(using: buffer)
        if isStopping && children.isEmpty { return }
        sleep(using: buffer)
      }
    }
  }

  private mutating func take(_ request: Mailbox.Request) {
    switch request {
    case .launch(let order): start(order)
    case .cancel(let id, let grace):
      for index in children.indices where children[index].order.id == id {
        children[index].child.cancel(grace: grace)
      }
    case .cancelAll(let grace):
      for index in children.indices { children[index].child.cancel(grace: grace) }
    case .stop: isStopping = true
    }
  }

  private mutating func start(_ order: LoopOrder) {
    do {
      let child = try Child(order.launch, onTick: order.onTick, onOutput: order.onOutput)
      children.append(Member(order: order, child: child))
      order.onStart(child.pid)
      tellRunning()
    } catch {
      order.answer(.failure(error))
    }
  }

  /// Does for each child what is due, and lets go of those that ended.
  private mutating func advance(using buffer: UnsafeMutableRawBufferPointer) {
    let now = SystemClock.steady
    var ended: [(LoopOrder, Exit)] = []
    children = children.compactMap { member in
      var member = member
      if let due = member.child.nextLook, due <= now,
        let exit = member.child.advance(using: buffer)
      {
        ended.append((member.order, exit))
        return nil
      }
      return member
    }
    if ended.isEmpty { return }
    tellRunning()
    for (order, exit) in ended { order.answer(.success(exit)) }
  }

  private func tellRunning() {
    let running = children.map {
      ProcessLoop.Running(processID: $0.child.pid, execution: $0.child.execution)
    }
    mailbox.running.withLock { $0 = running }
  }

  /// Sleeps until something happens or is due; takes what happened.
  private mutating func sleep(using buffer: UnsafeMutableRawBufferPointer) {
    let readable = Int16(POLLIN)
    var polled = [pollfd(fd: bell.number, events: readable, revents: 0)]
    for member in children {
      // A number below 0 is passed over.
      let exit = member.child.exitEvent?.number ?? -1
      polled.append(pollfd(fd: exit, events: readable, revents: 0))
      let output = member.child.output?.number ?? -1
      polled.append(pollfd(fd: output, events: readable, revents: 0))
    }
    let count = poll(&polled, nfds_t(polled.count), milliseconds(until: nextDue))
    guard count > 0 else { return }
    if polled[0].revents != 0 { _ = pipeline_read(bell.number, buffer.baseAddress, buffer.count) }
    for index in children.indices {
      if polled[2 * index + 1].revents != 0 { children[index].child.wake() }
      if polled[2 * index + 2].revents != 0 { children[index].child.readOutput(using: buffer) }
    }
  }

  private var nextDue: Int64? { children.compactMap(\.child.nextLook).min() }

  /// Rounded up: too early would be for nothing.
  private func milliseconds(until time: Int64?) -> Int32 {
    guard let time else { return -1 }
    let left = max(0, time - SystemClock.steady)
    return Int32(clamping: left / 1_000_000 + (left % 1_000_000 == 0 ? 0 : 1))
  }
}
