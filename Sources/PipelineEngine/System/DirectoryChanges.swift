import CPipelineSystem
import PipelineModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension Directory {
  /// Makes a directory and all that are missing on the way to it.
  package func makeDirectories(_ path: Path, links: Links = .refused) throws(SystemError) {
    _ = try walk(to: path, for: "make directory", of: shown(path), links: links, making: true)
  }

  /// Writes a file that nobody reads meanwhile, over what it held.
  package func write(_ bytes: [UInt8], to path: Path) throws(SystemError) {
    let permissions = permissions(0o666, ofNew: path)
    let number = try call("write", path) {
      pipeline_open($0, $1, Int32(PIPELINE_REWRITE), permissions)
    }
    try Descriptor(owning: number, of: shown(path)).write(bytes)
  }

  /// Puts `bytes` at `path` at once: who reads meanwhile sees the old content or the new, whole.
  ///
  /// - Parameter durable: returns only when a loss of power cannot take it back.
  package func replace(
    _ path: Path, with bytes: [UInt8], permissions: UInt32 = 0o666, durable: Bool = false,
    links: Links = .refused
  ) throws(SystemError) {
    let file = try newFile(path, permissions: permissions, links: links)
    try file.write(bytes)
    try file.commit(durable: durable)
  }

  /// A file that appears at `path`, in the place of what is there, once it is committed.
  package func newFile(
    _ path: Path, permissions: UInt32 = 0o666, links: Links = .refused
  ) throws(SystemError) -> NewFile {
    let place = try whereabouts(of: path, for: "write", links: links)
    let temporary = try NewFile.temporaryName(for: shown(path))
    let permissions = self.permissions(permissions, ofNew: path)
    let number = withCString(temporary) {
      pipeline_open(place.parent.number, $0, Int32(PIPELINE_NEW), permissions)
    }
    try checked(number, "write", shown(path))
    return NewFile(number: number, temporary: temporary, place: place, path: shown(path))
  }

  /// A new file with the content of an open one, not yet committed. Shares the blocks where the
  /// file system can.
  ///
  /// - Parameter source: its position is left alone.
  package func newFile(
    _ path: Path, copying source: Descriptor, permissions: UInt32 = 0o666,
    links: Links = .refused
  ) throws(SystemError) -> NewFile {
    let place = try whereabouts(of: path, for: "write", links: links)
    let temporary = try NewFile.temporaryName(for: shown(path))
    let permissions = self.permissions(permissions, ofNew: path)
    let number = withCString(temporary) {
      pipeline_copy(source.number, place.parent.number, $0, permissions)
    }
    try checked(number, "write", shown(path))
    return NewFile(number: number, temporary: temporary, place: place, path: shown(path))
  }

  /// Puts the content of an open file at `path` at once.
  package func copy(
    from source: Descriptor, to path: Path, permissions: UInt32 = 0o666, durable: Bool = false,
    links: Links = .refused
  ) throws(SystemError) {
    let file = try newFile(path, copying: source, permissions: permissions, links: links)
    try file.commit(durable: durable)
  }

  /// Gives a file another name, in the place of a file that has it.
  package func rename(
    _ path: Path, to other: Path, links: Links = .refused
  ) throws(SystemError) {
    let operation = "rename to '\(shown(other))'"
    let from = try whereabouts(of: path, for: operation, links: links)
    let to = try whereabouts(of: other, for: operation, links: links)
    let result = withCString(from.name) { name in
      withCString(to.name) { pipeline_rename(from.parent.number, name, to.parent.number, $0) }
    }
    try checked(result, operation, shown(path))
  }

  /// Makes a symbolic link that says `text`, byte for byte.
  package func makeLink(
    _ path: Path, to text: [UInt8], links: Links = .refused
  ) throws(SystemError) {
    if text.contains(0) { throw SystemError("make link", shown(path), code: EINVAL) }
    let place = try whereabouts(of: path, for: "make link", links: links)
    let result = withCString(place.name) { name in
      withCString(text) { pipeline_make_link(place.parent.number, name, $0) }
    }
    try checked(result, "make link", shown(path))
  }

  /// Sets the lower twelve bits of the mode; not through a link.
  package func setPermissions(
    _ permissions: UInt32, of path: Path, links: Links = .refused
  ) throws(SystemError) {
    let place = try whereabouts(of: path, for: "change permissions of", links: links)
    let result = withCString(place.name) {
      pipeline_set_permissions_at(place.parent.number, $0, permissions)
    }
    try checked(result, "change permissions of", shown(path))
  }

  /// Makes a file executable for those who may read it, or for nobody.
  package func setExecutable(
    _ isExecutable: Bool, of path: Path, links: Links = .refused
  ) throws(SystemError) {
    guard let old = try status(of: path)?.permissions else {
      throw SystemError("change permissions of", shown(path), code: ENOENT)
    }
    let new = isExecutable ? old | (old & 0o444) >> 2 : old & ~0o111
    if new != old { try setPermissions(new, of: path, links: links) }
  }

  /// Returns when the names in a directory are safe from a loss of power.
  package func syncDirectory(_ path: Path = .here) throws(SystemError) {
    let open = path.isHere ? descriptor : try directory(path).descriptor
    let result = pipeline_sync(open.number)
    // Nothing else holds it, and it closes itself after its last use.
    withExtendedLifetime(open) {}
    try checked(result, "write", shown(path))
  }

  /// Returns when the content of a file is safe from a loss of power.
  ///
  /// After a failure the content is not to be believed; trying again would seem to succeed.
  package func syncFile(_ path: Path) throws(SystemError) {
    let file = try open(path)
    let result = pipeline_sync(file.descriptor.number)
    withExtendedLifetime(file) {}
    try checked(result, "write", shown(path))
  }
}
