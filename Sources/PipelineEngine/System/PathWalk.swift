import CPipelineSystem
import PipelineModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What is done with symbolic links among the parents of a relative path that is written to.
///
/// The links of absolute paths are followed: who writes one says himself where it leads.
package enum Links: Sendable {
  case followed
  case refused
  /// Refused unless the function says yes to the link's path.
  case refusedUnless(@Sendable (Path) -> Bool)

  /// Whether the link at `path` may be followed.
  func allow(_ path: Path) -> Bool {
    switch self {
    case .followed: true
    case .refused: false
    case .refusedUnless(let isAllowed): isAllowed(path)
    }
  }
}

/// A directory that was reached, and the name in it that a path ends with.
struct Whereabouts {
  let parent: Descriptor
  let name: [UInt8]
}

extension Path {
  /// Longer than this, a path is resolved in pieces. (The system's limit is 4096 or 1024.)
  fileprivate static var pieceBytes: Int {
    #if canImport(Darwin)
      1000
    #else
      4000
    #endif
  }

  /// Calls `body` with a directory and this path as seen from there, short enough for one call.
  ///
  /// - Returns: what `body` returns, or a negative `errno`.
  func withAnchor<Number: FixedWidthInteger>(
    from start: Int32, _ body: (Int32, UnsafePointer<CChar>) -> Number
  ) -> Number {
    if bytes.contains(0) { return Number(truncatingIfNeeded: -EINVAL) }
    if isHere { return body(start, ".") }
    if bytes.count <= Path.pieceBytes { return withCString(bytes) { body(start, $0) } }
    var held: Descriptor?
    var rest = bytes[...]
    while rest.count > Path.pieceBytes {
      let limit = rest.startIndex + Path.pieceBytes
      guard let cut = rest[..<limit].lastIndex(of: UInt8(ascii: "/")), cut > rest.startIndex else {
        return Number(truncatingIfNeeded: -ENAMETOOLONG)
      }
      let next = withCString(rest[..<cut]) {
        pipeline_open(held?.number ?? start, $0, Int32(PIPELINE_OPEN_DIRECTORY), 0)
      }
      if next < 0 { return Number(truncatingIfNeeded: next) }
      held = Descriptor(owning: next, of: self)
      rest = rest[(cut + 1)...]
    }
    return withExtendedLifetime(held) {
      withCString(rest) { body(held?.number ?? start, $0) }
    }
  }
}

extension Directory {
  /// The parent directory of `path`, reached component by component.
  func whereabouts(
    of path: Path, for operation: String, links: Links
  ) throws(SystemError) -> Whereabouts {
    guard let name = path.components.last, !name.elementsEqual("..".utf8) else {
      throw SystemError(operation, shown(path), code: EINVAL, fact: "it has no name of its own")
    }
    if path.bytes.contains(0) { throw SystemError(operation, shown(path), code: EINVAL) }
    let parent = try walk(
      to: path.parent, for: operation, of: shown(path), links: links, making: false)
    return Whereabouts(parent: parent, name: Array(name))
  }

  /// Opens a directory component by component, so that no link goes unseen, whoever plants it
  /// meanwhile.
  ///
  /// - Parameter subject: what errors speak of.
  /// - Parameter making: whether missing directories are made.
  func walk(
    to path: Path, for operation: String, of subject: Path, links: Links, making: Bool
  ) throws(SystemError) -> Descriptor {
    if path.isHere { return descriptor }
    // Nearly every path: its directories are there, and none is a link.
    if path.bytes.count <= Path.pieceBytes, !path.bytes.contains(0) {
      let whole = withCString(path.bytes) {
        pipeline_open(descriptor.number, $0, Int32(PIPELINE_OPEN_UNLINKED_DIRECTORY), 0)
      }
      if whole >= 0 { return Descriptor(owning: whole, of: subject) }
    }
    var here = descriptor
    if path.isAbsolute {
      let root = pipeline_open(descriptor.number, "/", Int32(PIPELINE_OPEN_DIRECTORY), 0)
      here = Descriptor(owning: try checked(root, operation, subject), of: "/")
    }
    var reached = path.isAbsolute ? Path("/") : Path.here
    for component in path.components {
      reached = reached.entry(component)
      var next = open(component, in: here, following: path.isAbsolute)
      if next == -ENOENT && making {
        let permissions = permissions(0o777, ofNew: reached)
        let made = withCString(component) {
          pipeline_make_directory(here.number, $0, permissions)
        }
        if made < 0 && made != -EEXIST { throw SystemError(operation, subject, code: -made) }
        next = open(component, in: here, following: path.isAbsolute)
      }
      if next < 0, isLink(component, in: here) {
        guard links.allow(reached) else {
          throw SystemError(
            operation, subject, code: ELOOP, fact: "'\(shown(reached))' is a symbolic link")
        }
        next = open(component, in: here, following: true)
      }
      guard next >= 0 else {
        let isOther = next == -ENOTDIR && shown(reached) != subject
        let fact = isOther ? "'\(shown(reached))' is not a directory" : nil
        throw SystemError(operation, subject, code: -next, fact: fact)
      }
      here = Descriptor(owning: next, of: subject)
    }
    return here
  }

  /// The first parent of `path` that is a symbolic link; `nil` where there is none or a parent is
  /// missing. Looked up anew at each call.
  package func firstLink(onTheWayTo path: Path) throws(SystemError) -> Path? {
    var here = descriptor
    if path.isAbsolute {
      let root = pipeline_open(descriptor.number, "/", Int32(PIPELINE_OPEN_DIRECTORY), 0)
      here = Descriptor(owning: try checked(root, "look at", path), of: path)
    }
    var reached = path.isAbsolute ? Path("/") : Path.here
    for component in path.components.dropLast() {
      reached = reached.entry(component)
      if isLink(component, in: here) { return reached }
      let next = open(component, in: here, following: false)
      if next == -ENOENT || next == -ENOTDIR { return isLink(component, in: here) ? reached : nil }
      here = Descriptor(owning: try checked(next, "look at", reached), of: path)
    }
    return nil
  }

  private func open(
    _ component: ArraySlice<UInt8>, in parent: Descriptor, following: Bool
  ) -> Int32 {
    let how = following ? PIPELINE_OPEN_DIRECTORY : PIPELINE_OPEN_REAL_DIRECTORY
    return withCString(component) { pipeline_open(parent.number, $0, Int32(how), 0) }
  }

  private func isLink(_ component: ArraySlice<UInt8>, in parent: Descriptor) -> Bool {
    var status = pipeline_status()
    let result = withCString(component) { pipeline_status_at(parent.number, $0, 0, &status) }
    return result == 0 && FileKind(status.kind) == .link
  }
}
