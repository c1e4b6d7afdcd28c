import PipelineModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What is where in this workspace, as far as it can be told without reading.
extension MachineWorld {
  package func hasInput(at path: Path) throws -> Bool {
    if let status = try? root.status(of: path, followingLinks: true),
      status.kind == .file || status.kind == .directory
    {
      return true
    }
    // Says why it is not, where there is something.
    return try content(ofInput: path) != nil
  }

  package func hasOutput(at path: Path) throws -> Bool { try root.exists(path) }

  package func kind(at path: Path) throws -> FileKind? { try root.status(of: path)?.kind }

  package func destination(of path: Path) throws -> Path {
    if path.isInside, try root.status(of: path)?.kind != .link { return path }
    let real = resolved(root.path.appending(path))
    let home = resolved(root.path)
    guard home.holds(real) else { return real }
    return Path(real.bytes.dropFirst(home == "/" ? 1 : home.bytes.count + 1))
  }

  package func mayWrite(through link: Path) -> Bool { contents.links.allow(link) }

  /// An absolute path without links, as far as it exists; a link may lead to what a step is still
  /// to make.
  private func resolved(_ path: Path) -> Path {
    var existing = path
    var rest: [ArraySlice<UInt8>] = []
    var hops = 0
    while existing != "/" {
      if let found = MachineWorld.realPath(existing) {
        return rest.reversed().reduce(found) { $0.entry($1) }
      }
      if hops < MachineWorld.mostHops, let destination = try? root.readLink(existing) {
        existing = existing.parent.appending(Path(destination))
        hops += 1
      } else {
        rest.append(existing.name)
        existing = existing.parent
      }
    }
    return path
  }

  /// As many links as the kernel follows.
  private static let mostHops = 40

  private static func realPath(_ path: Path) -> Path? {
    let text = path.bytes.map { CChar(bitPattern: $0) } + [0]
    guard let found = realpath(text, nil) else { return nil }
    defer { free(found) }
    return Path(
      Array(UnsafeBufferPointer(start: found, count: strlen(found))).map {
        UInt8(bitPattern: $0)
      })
  }
}
