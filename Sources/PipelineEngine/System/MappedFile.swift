import CPipelineSystem

/// The bytes of a file, read by the processor where the system keeps them.
///
/// To be used of files that are replaced and never written to: what somebody cuts off of a mapped
/// file cannot be read any more.
package final class MappedFile: @unchecked Sendable {
  /// All bytes; valid as long as this lives.
  package let bytes: UnsafeRawBufferPointer
  private let isMapped: Bool

  /// - Returns: nil where the system refuses, and for an empty file.
  package init?(_ file: OpenFile) {
    let count = Int(clamping: file.status.sizeBytes)
    var start: UnsafeRawPointer?
    guard count > 0, pipeline_map(file.descriptor.number, count, &start) == 0, let start else {
      return nil
    }
    bytes = UnsafeRawBufferPointer(start: start, count: count)
    isMapped = true
  }

  /// The same of bytes that are in no file.
  package convenience init(copying bytes: [UInt8]) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
    copy.copyBytes(from: bytes)
    self.init(takingOver: copy)
  }

  /// The same of memory that was allocated, and that this deallocates.
  init(takingOver memory: UnsafeMutableRawBufferPointer) {
    bytes = UnsafeRawBufferPointer(memory)
    isMapped = false
  }

  deinit {
    if isMapped {
      pipeline_unmap(bytes.baseAddress, bytes.count)
    } else {
      bytes.deallocate()
    }
  }
}
