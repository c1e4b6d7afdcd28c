import CPipelineDigest

/// SHA-256 over bytes that come piece by piece.
package struct SHA256: Sendable {
  private var state = pipeline_sha256()

  package init() {
    pipeline_sha256_begin(&state)
  }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    pipeline_sha256_update(&state, bytes.baseAddress, bytes.count)
  }

  package mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update($0) }
  }

  /// The digest of all that was given so far.
  package func finish() -> Digest {
    var copy = state
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { bytes in
      // Never nil: there is room for 32.
      if let start = bytes.baseAddress { pipeline_sha256_finish(&copy, start) }
      return Digest(bytes: bytes)
    }
  }

  /// The digest of these bytes.
  package static func digest(_ bytes: [UInt8]) -> Digest {
    var hasher = SHA256()
    hasher.update(bytes)
    return hasher.finish()
  }
}

extension Digest {
  /// The digest of a text's UTF-8 bytes.
  package init(of text: String) {
    self = SHA256.digest(Array(text.utf8))
  }
}
