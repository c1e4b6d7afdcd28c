import PipelineModel

/// What a compiled file does, apart from where and when it was built.
///
/// The digest of what the loader maps into memory, less what changes without the code changing:
/// ELF's build id, `.swift_modhash` and run path; Mach-O's identifier, signature, symbols and run
/// path; in both the directory of the build. Measured: equal after a comment was
/// added and for builds in two directories. Where `Bundle.module` embeds the build's directory,
/// equal only if both paths are equally long, since the length moves the code behind it.
package enum CodeIdentity {
  /// Why a file has no code identity.
  package enum Problem: Error, Equatable {
    /// Neither ELF nor Mach-O, both of 64 bits, little endian.
    case notExecutable
    /// An offset or length points outside of the file.
    case malformed
  }

  /// - Parameter buildDirectory: absolute; where its bytes stand in what is loaded, they count as
  ///   zero. The root package's directory, usually.
  package static func read(
    _ executable: [UInt8], buildDirectory: Path? = nil
  ) throws(Problem) -> Digest {
    let image = ImageBytes(bytes: executable)
    let directory = buildDirectory.map(\.bytes) ?? []
    if executable.starts(with: [0x7F, 0x45, 0x4C, 0x46]) {
      return digest(of: try ELFImage(image).loaded, of: image, without: directory)
    }
    guard executable.count >= 8 else { throw .notExecutable }
    switch try image.number(UInt32.self, at: 0) {
    case MachOImage.magic:
      return digest(of: try MachOImage(image).loaded, of: image, without: directory)
    case MachOImage.fatMagic:
      var slices: [Digest] = []
      for slice in try MachOImage.slices(image) {
        let thin = ImageBytes(bytes: Array(executable[slice]))
        slices.append(digest(of: try MachOImage(thin).loaded, of: thin, without: directory))
      }
      return SHA256.digest(slices.flatMap(\.bytes))
    default:
      throw .notExecutable
    }
  }

  /// Part of an executable that is mapped into memory.
  struct Segment {
    /// Fixed-size numbers that count with it: address, size, protection.
    var header: [UInt64]
    /// Where its bytes are in the file.
    var place: Range<Int>
  }

  /// What counts of an executable.
  struct Loaded {
    var segments: [Segment]
    /// Ranges of the file that count as zero.
    var blanks: [Range<Int>]
  }

  private static func digest(
    of loaded: Loaded, of image: ImageBytes, without directory: [UInt8]
  ) -> Digest {
    var bytes = image.bytes
    for blank in loaded.blanks {
      for index in blank { bytes[index] = 0 }
    }
    // A very short path would stand in code by chance.
    if directory.count >= 4 {
      for segment in loaded.segments { blank(directory, in: &bytes, segment.place) }
    }
    var hasher = SHA256()
    for segment in loaded.segments {
      for number in segment.header + [UInt64(segment.place.count)] {
        hasher.update((0..<8).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * $0)) })
      }
      bytes.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[segment.place])) }
    }
    return hasher.finish()
  }

  private static func blank(_ word: [UInt8], in bytes: inout [UInt8], _ place: Range<Int>) {
    guard let first = word.first else { return }
    bytes.withUnsafeMutableBufferPointer { bytes in
      var index = place.lowerBound
      while index + word.count <= place.upperBound {
        if bytes[index] == first, word.indices.allSatisfy({ bytes[index + $0] == word[$0] }) {
          for offset in word.indices { bytes[index + offset] = 0 }
          index += word.count
        } else {
          index += 1
        }
      }
    }
  }
}
