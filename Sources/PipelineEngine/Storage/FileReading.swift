import PipelineModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension OpenFile {
  /// All bytes of a small file.
  ///
  /// - Parameter path: for messages.
  /// - Throws: `changedWhileRead` where the file is not the same before and after.
  func bytes(of path: Path) throws -> [UInt8] {
    // One byte more than there should be, so that the end shows without a second call.
    let bytes = try descriptor.read(at: 0, count: Int(status.sizeBytes) + 1)
    guard bytes.count == status.sizeBytes, Stamp(try descriptor.status()) == Stamp(status) else {
      throw StorageError.changedWhileRead(path)
    }
    return bytes
  }

  /// Bytes read at once: memory does not grow with the file.
  private static let pieceBytes: Int64 = 1 << 20

  /// The digest of all bytes, from the first to the last.
  ///
  /// - Parameter path: for messages.
  /// - Parameter sink: is given every piece, in order.
  /// - Throws: `changedWhileRead` where the file is not the same before and after.
  func digest(
    of path: Path, givingTo sink: ((UnsafeRawBufferPointer) throws -> Void)? = nil
  ) throws -> Digest {
    // One byte more than there should be, so that the end shows without a second call.
    let capacity = Int(min(status.sizeBytes, OpenFile.pieceBytes - 1)) + 1
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 64)
    defer { buffer.deallocate() }
    var digest = SHA256()
    var total: Int64 = 0
    while total <= status.sizeBytes {
      let count = try descriptor.read(into: buffer)
      let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
      digest.update(piece)
      try sink?(piece)
      total += Int64(count)
      if count == 0 || (count < capacity && total == status.sizeBytes) { break }
    }
    guard total == status.sizeBytes, Stamp(try descriptor.status()) == Stamp(status) else {
      throw StorageError.changedWhileRead(path)
    }
    return digest.finish()
  }
}

extension Directory {
  /// A regular file open for reading.
  ///
  /// - Parameter followingLinks: whether `path` itself may be a link to it.
  /// - Throws: `notAFile`; `changedWhileRead` where a link took the file's place meanwhile.
  func openFile(_ path: Path, followingLinks: Bool) throws -> OpenFile {
    let file: OpenFile
    do throws(SystemError) {
      file = try open(path, followingLinks: followingLinks)
    } catch {
      // It was a file when it was looked at.
      if !followingLinks, error.code == ELOOP { throw StorageError.changedWhileRead(path) }
      throw error
    }
    guard file.status.kind == .file else { throw StorageError.notAFile(path) }
    return file
  }
}
