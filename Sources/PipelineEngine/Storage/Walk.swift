import PipelineModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A visit of all that lies below a directory, at any depth, without recursion.
struct Walk {
  /// What a visit comes upon, beside directories that it goes into.
  enum Found {
    case file
    /// Only where links are not followed.
    case link
    /// Nothing in it counts; the top directory too.
    case emptyDirectory
    /// A link that leads nowhere.
    case danglingLink
    /// A link to itself, or a directory that was reached from inside itself.
    case loop
    case other
  }

  /// What paths are seen from.
  let directory: Directory
  /// Whether what links lead to stands in their place.
  let followsLinks: Bool
  /// What is not counted is passed over as if it were not there.
  let counts: (Path) -> Bool
  /// Which directories are looked into.
  var enters: (Path) -> Bool = { _ in true }
  /// Told of each directory before it is listed.
  var lists: (Path, FileStatus) throws -> Void = { _, _ in }

  private struct Identity: Equatable {
    let device: UInt64
    let inode: UInt64
  }

  /// - Parameter body: is given each path as seen from `directory`.
  func visit(_ top: Path, _ body: (Path, Found) throws -> Void) throws {
    var pending: [(path: Path, depth: Int)] = [(top, 0)]
    // The directories that the present one was reached through.
    var chain: [Identity] = []
    while let next = pending.popLast() {
      guard let status = try directory.status(of: next.path, followingLinks: followsLinks) else {
        throw SystemError("list", next.path, code: ENOENT)
      }
      if followsLinks {
        chain.removeLast(chain.count - next.depth)
        let identity = Identity(device: status.device, inode: status.inode)
        if chain.contains(identity) {
          try body(next.path, .loop)
          continue
        }
        chain.append(identity)
      }
      try lists(next.path, status)
      var isEmpty = true
      for entry in try directory.list(next.path) {
        let path = next.path.entry(entry.name)
        guard counts(path) else { continue }
        isEmpty = false
        if let found = try found(path, entry.kind) {
          try body(path, found)
        } else if enters(path) {
          pending.append((path, next.depth + 1))
        }
      }
      if isEmpty { try body(next.path, .emptyDirectory) }
    }
  }

  /// - Returns: `nil` for a directory.
  private func found(_ path: Path, _ kind: FileKind) throws -> Found? {
    switch kind {
    case .file: return .file
    case .directory: return nil
    case .other: return .other
    case .link:
      guard followsLinks else { return .link }
      do {
        switch try directory.status(of: path, followingLinks: true)?.kind {
        case .file?: return .file
        case .directory?: return nil
        case .other?: return .other
        case .link?, nil: return .danglingLink
        }
      } catch  where error.code == ELOOP {
        return .loop
      }
    }
  }
}
