import PipelineEngine
import PipelineModel

/// A store that several memory worlds may share.
final class MemoryStore: Sendable {
  let state = Locked(State())

  struct State: Sendable {
    var objects: [Digest: [UInt8]] = [:]
    var results: [ActionKey: Result] = [:]

    mutating func add(_ tree: MemoryTree) {
      for bytes in tree.files.values { objects[SHA256.digest(bytes)] = bytes }
      if !tree.isFile { objects[tree.content.digest] = tree.listing.bytes }
    }

    func contains(_ content: Content) -> Bool { tree(content) != nil }

    /// Nil where any object is missing.
    func tree(_ content: Content) -> MemoryTree? {
      guard let bytes = objects[content.digest] else { return nil }
      guard content.kind == .directory else { return MemoryTree(files: [.here: bytes]) }
      guard let listing = Listing(reading: bytes) else { return nil }
      var files: [Path: [UInt8]] = [:]
      for entry in listing.entries {
        guard let bytes = objects[entry.digest] else { return nil }
        files[entry.path] = bytes
      }
      return MemoryTree(files: files)
    }
  }
}

/// A file, by the empty path, or the files of a directory.
struct MemoryTree: Sendable {
  var files: [Path: [UInt8]]

  var isFile: Bool { files[.here] != nil }

  var listing: Listing {
    Listing(
      files.map {
        .init(
          path: $0.key, kind: .file, digest: SHA256.digest($0.value), sizeBytes: $0.value.count)
      })
  }

  var content: Content {
    guard let bytes = files[.here] else { return listing.content }
    return Content(kind: .file, digest: SHA256.digest(bytes), sizeBytes: bytes.count)
  }
}
