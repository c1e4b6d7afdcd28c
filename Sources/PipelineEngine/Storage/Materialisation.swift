import CPipelineSystem
import PipelineModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension Store {
  /// Makes a content appear at an output's path, in place of what is there.
  ///
  /// It is copied beside its place while every byte is verified, then renamed; a directory is
  /// replaced whole. Nothing is written through a link other than those that `links` allows.
  ///
  /// - Throws: `damaged` or `missing` where the store cannot give it: the step is to execute. The
  ///   workspace is then as before.
  package func materialise(
    _ content: Content, at path: Path, in workspace: Directory, links: Links = .refused
  ) throws {
    guard path.isInside else { throw StorageError.notInside(path) }
    if !path.parent.isHere { try workspace.makeDirectories(path.parent, links: links) }
    let place = try workspace.whereabouts(of: path, for: "write", links: links)
    let parent = Directory(
      path: workspace.path.appending(path).parent, descriptor: place.parent,
      shownAs: workspace.shown(path).parent)
    let name = Path(place.name)
    if try parent.status(of: name)?.kind == .link { throw StorageError.outputIsLink(path) }
    switch content.kind {
    case .file, .executable:
      let file = try copy(
        content.digest, into: parent, parent.descriptor, name,
        isExecutable: content.kind == .executable, for: path)
      let aside = try moveAside(name, in: parent, unlessFile: true)
      try putBack(aside, to: name, in: parent) {
        try file.move(to: parent.descriptor, name: place.name)
      }
    case .directory:
      let temporary = Path(try NewFile.temporaryName(for: path))
      do {
        // Made, it may yet be out of reach: where no more files can be open.
        try parent.makeDirectories(temporary)
        do {
          try fill(try parent.directory(temporary), with: content.digest, for: path)
        } catch let error as SystemError where error.code == ENAMETOOLONG {
          // No output was ever called that.
          throw try damage(of: content.digest)
        }
        let aside = try moveAside(name, in: parent, unlessFile: false)
        try putBack(aside, to: name, in: parent) { try parent.rename(temporary, to: name) }
      } catch {
        try? parent.remove(temporary)
        throw error
      }
    }
  }

  /// A verified copy of an object, not yet in its place.
  ///
  /// - Parameters:
  ///   - parent: where it is going to be: below `directory`, as `name` says.
  ///   - path: for messages.
  private func copy(
    _ digest: Digest, into directory: Directory, _ parent: Descriptor, _ name: Path,
    isExecutable: Bool, for path: Path
  ) throws -> TemporaryFile {
    let permissions = directory.permissions(isExecutable ? 0o777 : 0o666, ofNew: name)
    let (file, copied) = try Store.persisting {
      let object = try openObject(digest)
      let file = try TemporaryFile(in: parent, permissions: permissions, for: path)
      return (file, try file.take(object, of: path))
    }
    guard copied == digest else { throw try damage(of: digest) }
    return file
  }

  private func fill(_ directory: Directory, with digest: Digest, for path: Path) throws {
    guard let listing = Listing(reading: try read(digest)) else { throw try damage(of: digest) }
    var parent = (path: Path.here, descriptor: directory.descriptor)
    // Links last: nothing is then written through one.
    let ordered =
      listing.entries.filter { $0.kind != .link } + listing.entries.filter { $0.kind == .link }
    for entry in ordered {
      if entry.path.parent != parent.path {
        let descriptor = try directory.walk(
          to: entry.path.parent, for: "write", of: path, links: .refused, making: true)
        parent = (entry.path.parent, descriptor)
      }
      switch entry.kind {
      case .file, .executable:
        let file = try copy(
          entry.digest, into: directory, parent.descriptor, entry.path,
          isExecutable: entry.kind == .executable, for: path.appending(entry.path))
        try file.place(Array(entry.path.name), in: parent.descriptor)
      case .directory: try directory.makeDirectories(entry.path)
      case .link:
        let target = try read(entry.digest)
        // Such an output is refused when it is stored.
        guard Path.staysInside(target: target, ofLinkAt: entry.path) else {
          throw try damage(of: digest)
        }
        try directory.makeLink(entry.path, to: target)
      }
    }
  }

  /// Renames what is at an output's place, where it could not be replaced by one renaming.
  ///
  /// - Returns: its name of now; `nil` where nothing is in the way.
  private func moveAside(
    _ name: Path, in parent: Directory, unlessFile: Bool
  ) throws -> Path? {
    guard let status = try parent.status(of: name) else { return nil }
    if unlessFile, status.kind != .directory { return nil }
    let aside = Path(try NewFile.asideName(for: name))
    try parent.rename(name, to: aside)
    return aside
  }

  /// Calls `body`; removes what was moved aside for it, or moves it back if it fails.
  private func putBack(
    _ aside: Path?, to name: Path, in parent: Directory, after body: () throws -> Void
  ) throws {
    do {
      try body()
    } catch {
      if let aside { try? parent.rename(aside, to: name) }
      throw error
    }
    if let aside { try parent.remove(aside) }
  }
}

extension TemporaryFile {
  /// Moves the file to a name that must be free.
  ///
  /// A listing may hold names that the file system takes for one.
  fileprivate func place(_ name: [UInt8], in parent: Descriptor) throws(SystemError) {
    var status = pipeline_status()
    let look = withCString(name) { pipeline_status_at(parent.number, $0, 0, &status) }
    if look == 0 {
      throw SystemError(
        "write", Path(name), code: EEXIST,
        fact: "this file system takes two names of the directory for one")
    }
    try move(to: parent, name: name)
  }
}
