import CPipelineSystem

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What one thread sleeps beside until another rings.
struct Bell: Sendable {
  private let reader: Descriptor
  private let writer: Descriptor

  init() throws(SystemError) {
    var ends: [Int32] = [-1, -1]
    let made = pipeline_wake_pipe(&ends)
    guard made >= 0 else { throw SystemError("make", "pipe", code: -made) }
    reader = Descriptor(owning: ends[0])
    writer = Descriptor(owning: ends[1])
  }

  /// Wakes who sleeps, or who would go to sleep next.
  func ring() {
    var byte: UInt8 = 0
    // A full pipe wakes as well.
    _ = pipeline_write(writer.number, &byte, 1)
  }

  /// Sleeps until it rings, at most so long; nil is for ever.
  func wait(milliseconds: Int32?) {
    var polled = pollfd(fd: reader.number, events: Int16(POLLIN), revents: 0)
    guard poll(&polled, 1, milliseconds ?? -1) > 0 else { return }
    withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
      _ = pipeline_read(reader.number, buffer.baseAddress, buffer.count)
    }
  }
}
