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

  /// The same of bytes that are in no file, one piece behind the other.
  package init(copying pieces: [UInt8]...) {
    let count = pieces.reduce(0) { $0 + $1.count }
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
    var start = 0
    for piece in pieces {
      UnsafeMutableRawBufferPointer(rebasing: copy[start..<(start + piece.count)])
        .copyBytes(from: piece)
      start += piece.count
    }
    bytes = UnsafeRawBufferPointer(copy)
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
