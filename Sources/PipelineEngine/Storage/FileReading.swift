import PipelineModel

extension OpenFile {
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
    let file = try open(path)
    guard file.status.kind == .file else { throw StorageError.notAFile(path) }
    if !followingLinks {
      // Opening follows a link; the name's own status tells whether it did.
      guard let seen = try status(of: path), seen.kind == .file,
        seen.inode == file.status.inode, seen.device == file.status.device
      else { throw StorageError.changedWhileRead(path) }
    }
    return file
  }
}
