import PipelineModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// How the pieces of an output are taken; each is called before the content that needs it is
/// known.
struct OutputTaking {
  /// - Returns: the content of the file, whose status is given.
  let file: (Path, FileStatus) throws -> Content
  /// - Returns: the digest of the link's destination.
  let link: ([UInt8]) throws -> Digest
  /// Given after all that it names.
  let listing: (Listing) throws -> Void
}

extension Contents {
  /// What an output holds; `nil` where there is nothing. Links are never followed.
  ///
  /// - Throws: `StorageError` for links and special files where none may be.
  package func content(ofOutput path: Path) throws -> Content? {
    let taking = OutputTaking(
      file: { try stamps.content(of: $0, in: workspace, status: $1, followingLinks: false) },
      link: { SHA256.digest($0) },
      listing: { _ in })
    return try take(output: path, taking)
  }

  /// Goes through an output, piece by piece.
  func take(output path: Path, _ taking: OutputTaking) throws -> Content? {
    guard path.isInside else { throw StorageError.notInside(path) }
    for parent in path.parents {
      if try isLink(parent), !leadsOutside(parent) {
        throw StorageError.linkedParent(path, link: parent)
      }
    }
    guard let status = try workspace.status(of: path) else { return nil }
    switch status.kind {
    case .file: return try taking.file(path, status)
    case .link: throw StorageError.outputIsLink(path)
    case .other: throw StorageError.notAFile(path)
    case .directory:
      let listing = try listing(ofOutput: path, taking)
      try taking.listing(listing)
      return listing.content
    }
  }

  private func listing(ofOutput path: Path, _ taking: OutputTaking) throws -> Listing {
    var entries: [Listing.Entry] = []
    let walk = Walk(
      directory: workspace, followsLinks: false, counts: { !ignore.ignores($0) },
      lists: { try stamps.note(directory: $0, $1, in: workspace) })
    try walk.visit(path) { found, kind in
      let name = found.below(path)
      switch kind {
      case .file:
        guard let status = try workspace.status(of: found), status.kind == .file else {
          throw StorageError.changedWhileRead(found)
        }
        entries.append(Listing.Entry(try taking.file(found, status), at: name))
      case .link:
        let target = try workspace.readLink(found)
        guard Path.staysInside(target: target, ofLinkAt: name) else {
          throw StorageError.escapingLink(found, target: target)
        }
        entries.append(
          Listing.Entry(
            path: name, kind: .link, digest: try taking.link(target), sizeBytes: target.count))
      case .emptyDirectory: if found != path { entries.append(.emptyDirectory(name)) }
      case .danglingLink, .loop, .other: throw StorageError.notAFile(found)
      }
    }
    return Listing(entries)
  }

  /// The ignored entries of an output directory, sorted; not what lies below one of them, and not
  /// what tools make again by themselves wherever they look.
  package func uncounted(in path: Path) throws -> [Path] {
    guard try workspace.status(of: path)?.kind == .directory else { return [] }
    var found: [Path] = []
    var pending = [path]
    while let next = pending.popLast() {
      for entry in try workspace.list(next) {
        let place = next.entry(entry.name)
        if ignore.ignores(place) {
          if !Contents.isDisposable(entry.name) { found.append(place) }
        } else if entry.kind == .directory {
          pending.append(place)
        }
      }
    }
    return found.sorted()
  }

  /// Whether a name is of what tools make again by themselves.
  static func isDisposable(_ name: [UInt8]) -> Bool {
    ["__pycache__", ".ipynb_checkpoints", ".DS_Store"].contains { name.elementsEqual($0.utf8) }
      || name.suffix(4).elementsEqual(".pyc".utf8)
  }

  /// What tells these files and directories, with all below them, from others and from themselves
  /// after a change. Nothing of them is read.
  package func mark(of paths: [Path]) throws -> Digest {
    var text: [UInt8] = []
    func add(_ path: Path) throws {
      guard let status = try workspace.status(of: path) else { return }
      let time = status.modified
      text += path.bytes + [0]
      text += "\(status.sizeBytes) \(time.seconds) \(time.nanoseconds) \(status.inode)\n".utf8
    }
    for path in paths {
      guard try workspace.status(of: path)?.kind == .directory else {
        try add(path)
        continue
      }
      var below: [Path] = []
      let walk = Walk(directory: workspace, followsLinks: false, counts: { _ in true })
      try walk.visit(path) { found, _ in below.append(found) }
      for found in below.sorted() { try add(found) }
    }
    return SHA256.digest(text)
  }

  /// Which links an output's parents may be, for writing.
  package var links: Links {
    let contents = self
    return .refusedUnless { contents.leadsOutside($0) }
  }

  /// Whether a link leads to one of the `outside` directories or below it.
  ///
  /// Directories are known by their identity, whatever way their paths go.
  func leadsOutside(_ link: Path) -> Bool {
    let allowed = outside.compactMap { path in
      (try? workspace.status(of: path, followingLinks: true)).flatMap { $0 }.map(Identity.init)
    }
    guard !allowed.isEmpty, var here = try? workspace.directory(link),
      var mine = (try? here.descriptor.status()).map(Identity.init)
    else { return false }
    while !allowed.contains(mine) {
      guard let above = try? here.directory(".."),
        let next = (try? above.descriptor.status()).map(Identity.init), next != mine
      else { return false }
      here = above
      mine = next
    }
    return true
  }

  private struct Identity: Equatable {
    let device: UInt64
    let inode: UInt64

    init(_ status: FileStatus) {
      device = status.device
      inode = status.inode
    }
  }
}

extension Path {
  /// Whether a link leads to something inside the directory that it lies in, whatever other such
  /// links it passes.
  ///
  /// - Parameter name: of the link, as seen from the directory.
  static func staysInside(target: [UInt8], ofLinkAt name: Path) -> Bool {
    guard !target.isEmpty, !target.contains(0), target.first != UInt8(ascii: "/") else {
      return false
    }
    let components = target.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual([dot]) }
    let ups = components.prefix { $0.elementsEqual([dot, dot]) }.count
    // Behind a name that is a link itself, `..` leads elsewhere than it seems.
    return ups <= name.components.count - 1
      && !components.dropFirst(ups).contains { $0.elementsEqual([dot, dot]) }
  }
}

private let dot = UInt8(ascii: ".")
