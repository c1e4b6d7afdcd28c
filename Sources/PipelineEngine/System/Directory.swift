import CPipelineSystem
import PipelineModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// An open directory, through which all files are reached.
///
/// Relative paths are resolved from it, absolute ones directly. Should it be renamed meanwhile, it
/// stays the same directory. Paths may be longer than the system takes in one call.
package final class Directory: Sendable {
  /// Absolute, as it was when it was opened.
  package let path: Path
  /// The open directory itself.
  package let descriptor: Descriptor
  /// What errors put before relative paths, so that whoever reads them finds what they speak of.
  private let prefix: Path

  /// An open directory and the absolute path that it was opened by.
  ///
  /// - Parameter prefix: where errors say that it is; they speak of what is in a workspace as seen
  ///   from there.
  package init(path: Path, descriptor: Descriptor, shownAs prefix: Path = .here) {
    self.path = path
    self.descriptor = descriptor
    self.prefix = prefix
  }

  /// Opens a directory, through links.
  ///
  /// - Parameters:
  ///   - path: absolute, or relative to the working directory.
  ///   - prefix: where errors say that it is.
  package convenience init(
    opening path: Path, shownAs prefix: Path = .here
  ) throws(SystemError) {
    let start = path.isAbsolute ? path : try Directory.working().appending(path)
    let result = start.withAnchor(from: pipeline_current_directory()) {
      pipeline_open($0, $1, Int32(PIPELINE_OPEN_DIRECTORY), 0)
    }
    let number = try checked(result, "open directory", path)
    self.init(
      path: start, descriptor: Descriptor(owning: number, of: path), shownAs: prefix)
  }

  /// A path as errors speak of it.
  func shown(_ path: Path) -> Path {
    let shown = prefix.appending(path)
    return shown.isHere ? self.path : shown
  }

  /// The directory that this process works in.
  private static func working() throws(SystemError) -> Path {
    var text = [CChar](repeating: 0, count: 65_536)
    try checked(pipeline_working_directory(&text, text.count), "find directory", .here)
    return Path(text.prefix { $0 != 0 }.map(UInt8.init(truncatingIfNeeded:)))
  }

  /// Calls `body` with a directory and a path from there; a negative result is thrown.
  @discardableResult
  func call<Number: FixedWidthInteger>(
    _ operation: String, _ path: Path, _ body: (Int32, UnsafePointer<CChar>) -> Number
  ) throws(SystemError) -> Number {
    let result = path.withAnchor(from: descriptor.number, body)
    return try result < 0 ? checked(result, operation, shown(path)) : result
  }

  // MARK: Looking and reading

  /// What is known of a file without reading it; `nil` where there is none.
  package func status(
    of path: Path, followingLinks: Bool = false
  ) throws(SystemError) -> FileStatus? {
    var status = pipeline_status()
    let result = path.withAnchor(from: descriptor.number) {
      pipeline_status_at($0, $1, followingLinks ? 1 : 0, &status)
    }
    if result == -ENOENT || result == -ENOTDIR { return nil }
    try checked(result, "look at", shown(path))
    return FileStatus(status)
  }

  /// Whether there is something of that name, be it a link that leads nowhere.
  package func exists(_ path: Path) throws(SystemError) -> Bool {
    try status(of: path) != nil
  }

  /// A file open for reading, with its status from just after.
  package func open(
    _ path: Path, followingLinks: Bool = true
  ) throws(SystemError) -> OpenFile {
    let how = followingLinks ? PIPELINE_READ : PIPELINE_READ_UNLINKED
    let number = try call("open", path) { pipeline_open($0, $1, Int32(how), 0) }
    let descriptor = Descriptor(owning: number, of: shown(path))
    return OpenFile(descriptor: descriptor, status: try descriptor.status())
  }

  /// The content of a regular file.
  package func read(_ path: Path) throws(SystemError) -> [UInt8] {
    let file = try open(path)
    switch file.status.kind {
    case .file: return try file.descriptor.readAll(expecting: file.status.sizeBytes)
    case .directory: throw SystemError("read", shown(path), code: EISDIR)
    case .link, .other:
      throw SystemError("read", shown(path), code: EINVAL, fact: "it is not a file")
    }
  }

  /// A file open for adding at its end, made if there is none; through links, since the user has
  /// named it.
  package func openForAppending(_ path: Path) throws(SystemError) -> Descriptor {
    let number = try call("open", path) { pipeline_open($0, $1, Int32(PIPELINE_APPEND), 0o666) }
    return Descriptor(owning: number, of: shown(path))
  }

  /// How a file of the tool's own is opened.
  enum Use {
    case readingAndWriting
    /// The same, or for reading where it may not be written to.
    case writingOrReading
    case appending
  }

  /// A file of the tool's own, made if there is none.
  ///
  /// - Throws: where a link or anything but a file is in its place. Whoever has put it there would
  ///   have the tool write to what it leads to.
  func openOwn(
    _ path: Path, for use: Use, _ operation: String = "open"
  ) throws(SystemError) -> Descriptor {
    let how = use == .appending ? PIPELINE_APPEND_UNLINKED : PIPELINE_MAKE
    let permissions = permissions(0o666, ofNew: path)
    let result = path.withAnchor(from: descriptor.number) { start, text in
      let result = pipeline_open(start, text, Int32(how), permissions)
      guard use == .writingOrReading, result == -EACCES || result == -EROFS else { return result }
      let readable = pipeline_open(start, text, Int32(PIPELINE_READ_UNLINKED), 0)
      return readable >= 0 ? readable : result
    }
    if result == -ELOOP, try status(of: path)?.kind == .link {
      throw SystemError(operation, shown(path), code: ELOOP, fact: "it is a symbolic link")
    }
    let file = Descriptor(owning: try checked(result, operation, shown(path)), of: shown(path))
    guard try file.status().kind == .file else {
      throw SystemError(operation, shown(path), code: EINVAL, fact: "it is not a file")
    }
    return file
  }

  /// Another directory, through links.
  ///
  /// - Parameter prefix: where errors say that it is; as seen from here unless given.
  package func directory(
    _ path: Path, shownAs prefix: Path? = nil
  ) throws(SystemError) -> Directory {
    let number = try call("open directory", path) {
      pipeline_open($0, $1, Int32(PIPELINE_OPEN_DIRECTORY), 0)
    }
    return Directory(
      path: self.path.appending(path), descriptor: Descriptor(owning: number, of: shown(path)),
      shownAs: prefix ?? self.prefix.appending(path))
  }

  /// What a directory holds, sorted by bytes.
  package func list(_ path: Path = .here) throws(SystemError) -> [DirectoryEntry] {
    let number = try call("list", path) {
      pipeline_open($0, $1, Int32(PIPELINE_OPEN_DIRECTORY), 0)
    }
    return try Directory.entries(owning: number, of: shown(path))
      .sorted { $0.name.lexicographicallyPrecedes($1.name) }
  }

  /// What an open directory holds, in no order. Closes the descriptor.
  static func entries(owning number: Int32, of path: Path) throws(SystemError) -> [DirectoryEntry] {
    var entries: [DirectoryEntry] = []
    let result = withUnsafeMutablePointer(to: &entries) { pointer in
      let visit: pipeline_visitor = { context, name, length, kind in
        guard let context, let name else { return 1 }
        let bytes = [UInt8](UnsafeRawBufferPointer(start: name, count: length))
        context.assumingMemoryBound(to: [DirectoryEntry].self).pointee
          .append(DirectoryEntry(name: bytes, kind: FileKind(kind)))
        return 0
      }
      return pipeline_list(number, visit, pointer)
    }
    try checked(result, "list", path)
    return entries
  }

  /// What a symbolic link says, byte for byte.
  package func readLink(_ path: Path) throws(SystemError) -> [UInt8] {
    var text = [CChar](repeating: 0, count: 4096)
    while true {
      let count = try call("read link", path) {
        pipeline_read_link($0, $1, &text, text.count)
      }
      if count < text.count { return text.prefix(Int(count)).map(UInt8.init(truncatingIfNeeded:)) }
      text = [CChar](repeating: 0, count: text.count * 2)
    }
  }
}

/// A file open for reading and its status.
package struct OpenFile: Sendable {
  /// At its first byte.
  package let descriptor: Descriptor
  /// Taken from the open file, so it cannot be that of another.
  package let status: FileStatus
}

/// One name in a directory.
package struct DirectoryEntry: Equatable, Sendable {
  package let name: [UInt8]
  package let kind: FileKind
}
