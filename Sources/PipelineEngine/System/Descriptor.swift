import CPipelineSystem
import PipelineModel

/// An open file, pipe or directory; closed when nothing holds it any more.
package final class Descriptor: Sendable {
  /// Its number in this process. Not to be closed by others.
  package let number: Int32

  /// For messages.
  private let path: Path?

  /// Takes over an open descriptor; `path` is for messages.
  package init(owning number: Int32, of path: Path? = nil) {
    self.number = number
    self.path = path
  }

  private var subject: Path { path ?? Path("descriptor \(number)") }

  deinit {
    _ = pipeline_close(number)
  }

  /// The status of what is open, whatever its name stands for by now.
  package func status() throws(SystemError) -> FileStatus {
    var status = pipeline_status()
    let result = pipeline_status_of(number, &status)
    guard result >= 0 else {
      throw SystemError("look at", subject, code: -result)
    }
    return FileStatus(status)
  }

  /// Reads what comes next, at most as much as `buffer` holds.
  ///
  /// - Returns: the number of bytes; 0 at the end.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
    guard let start = buffer.baseAddress else { return 0 }
    let count = pipeline_read(number, start, buffer.count)
    guard count >= 0 else {
      throw SystemError("read", subject, code: Int32(-count))
    }
    return Int(count)
  }

  /// What stands from an offset on, at most so many bytes; the position stays.
  package func read(at offset: Int64, count: Int) throws(SystemError) -> [UInt8] {
    var result: Int64 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      result = pipeline_read_at(number, buffer.baseAddress, count, offset)
      filled = Int(max(0, result))
    }
    guard result >= 0 else { throw SystemError("read", subject, code: Int32(-result)) }
    return bytes
  }

  /// Everything from here to the end.
  package func readAll(expecting sizeBytes: Int64 = 0) throws(SystemError) -> [UInt8] {
    // One byte more than expected, so that the end is found without growing the array.
    var bytes = [UInt8](repeating: 0, count: max(4096, Int(clamping: sizeBytes) + 1))
    var filled = 0
    while true {
      if filled == bytes.count {
        bytes.append(contentsOf: [UInt8](repeating: 0, count: bytes.count))
      }
      let count: Int64 = bytes.withUnsafeMutableBytes { buffer in
        pipeline_read(number, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
      }
      guard count >= 0 else {
        throw SystemError("read", subject, code: Int32(-count))
      }
      if count == 0 { break }
      filled += Int(count)
    }
    bytes.removeLast(bytes.count - filled)
    return bytes
  }

  /// Writes all of it.
  package func write(_ bytes: [UInt8]) throws(SystemError) {
    let result = bytes.withUnsafeBytes { pipeline_write(number, $0.baseAddress, $0.count) }
    guard result >= 0 else {
      throw SystemError("write", subject, code: -result)
    }
  }
}

/// Hands `body` the path as C wants it, ended by NUL.
func withCString<Result>(
  _ bytes: some Collection<UInt8>, _ body: (UnsafePointer<CChar>) throws -> Result
) rethrows -> Result {
  let count = bytes.count
  return try withUnsafeTemporaryAllocation(byteCount: count + 1, alignment: 1) { buffer in
    buffer.copyBytes(from: bytes)
    buffer[count] = 0
    // Never nil: there is at least the NUL.
    guard let start = buffer.bindMemory(to: CChar.self).baseAddress else { return try body("") }
    return try body(start)
  }
}
