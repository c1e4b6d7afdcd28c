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
  /// The same of files that are not large: the system has to be asked for larger ones each time.
  private static let smallPieceBytes: Int64 = 256 << 10
  /// From here on it pays to read, hash and pass on at the same time.
  private static let largeBytes: Int64 = 4 << 20

  /// The digest of all bytes, from the first to the last.
  ///
  /// - Parameter path: for messages.
  /// - Parameter sink: is given every piece, in order; of a large file on another thread, while
  ///   this one hashes.
  /// - Throws: `changedWhileRead` where the file is not the same before and after.
  func digest(
    of path: @autoclosure () -> Path,
    givingTo sink: ((UnsafeRawBufferPointer) throws -> Void)? = nil
  ) throws -> Digest {
    var digest = SHA256()
    let total =
      status.sizeBytes < OpenFile.largeBytes
      ? try takeAll { piece in
        digest.update(piece)
        try sink?(piece)
      }
      : try relay([{ digest.update($0) }] + [sink].compactMap(\.self))
    guard total == status.sizeBytes, Stamp(try descriptor.status()) == Stamp(status) else {
      throw StorageError.changedWhileRead(path())
    }
    return digest.finish()
  }

  /// - Returns: how many bytes there were; reading stops at the first beyond the file's size.
  private func takeAll(_ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Int64 {
    // One byte more than there should be, so that the end shows without a second call.
    let capacity = Int(min(status.sizeBytes, OpenFile.smallPieceBytes - 1)) + 1
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 64)
    defer { buffer.deallocate() }
    var total: Int64 = 0
    while total <= status.sizeBytes {
      let count = try descriptor.read(into: buffer)
      try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      total += Int64(count)
      if count == 0 || (count < capacity && total == status.sizeBytes) { break }
    }
    return total
  }

  /// The same, with a thread that reads and one for each worker but the first.
  private func relay(_ workers: [PieceRelay.Worker]) throws -> Int64 {
    var total: Int64 = 0
    let relay = PieceRelay(pieceBytes: Int(OpenFile.pieceBytes), room: 4)
    try relay.run(
      from: { buffer in
        if total > status.sizeBytes { return 0 }
        let count = try descriptor.read(into: buffer)
        total += Int64(count)
        return count
      }, to: workers)
    return total
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
