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
  /// Removes a file, a link (not what it leads to) or a directory with all that it holds.
  ///
  /// Directories that forbid it to their owner are opened first. It is no error if there is nothing.
  package func remove(_ path: Path, links: Links = .refused) throws(SystemError) {
    let place: Whereabouts
    do {
      place = try whereabouts(of: path, for: "remove", links: links)
    } catch  where error.code == ENOENT || (error.code == ENOTDIR && error.fact != nil) {
      return
    }
    var removal = Removal(path: shown(path))
    try removal.remove(place.name, from: place.parent)
  }
}

/// The removal of one tree: by descriptors, never through a link, with never more than `depthLimit`
/// directories open.
private struct Removal {
  let path: Path
  private var levels: [Level] = []
  private var surprises = 0

  private static let depthLimit = 64
  private static let surpriseLimit = 1000

  private struct Level {
    let directory: Descriptor
    let name: [UInt8]
    /// Directories in it that are still to be emptied.
    var remaining: [[UInt8]]
  }

  init(path: Path) {
    self.path = path
  }

  mutating func remove(_ name: [UInt8], from parent: Descriptor) throws(SystemError) {
    guard try removeUnlessDirectory(name, from: parent) == .directory else { return }
    try enter(name, from: parent)
    while let top = levels.indices.last {
      if let next = levels[top].remaining.popLast() {
        if levels.count < Removal.depthLimit {
          try enter(next, from: levels[top].directory)
        } else {
          try hoist(next, from: levels[top].directory)
        }
      } else {
        let done = levels.removeLast()
        try leave(done, to: levels.last?.directory ?? parent)
      }
    }
  }

  /// Opens a directory and removes from it all but directories.
  private mutating func enter(_ name: [UInt8], from parent: Descriptor) throws(SystemError) {
    var number = open(name, in: parent)
    if number == -EACCES {
      unlock(name, in: parent)
      number = open(name, in: parent)
    }
    if number == -ENOENT { return }
    let directory = Descriptor(owning: try checked(number, "remove", path), of: path)
    let permissions = try directory.status().permissions
    if permissions & 0o700 != 0o700 {
      // Where this is not allowed, the first removal will say so.
      _ = pipeline_set_permissions(directory.number, permissions | 0o700)
    }
    // The listing closes what it reads, hence a second descriptor.
    let listed = try checked(
      pipeline_open(directory.number, ".", Int32(PIPELINE_OPEN_DIRECTORY), 0), "remove", path)
    var level = Level(directory: directory, name: name, remaining: [])
    for entry in try Directory.entries(owning: listed, of: path) {
      if try removeUnlessDirectory(entry.name, from: directory) == .directory {
        level.remaining.append(entry.name)
      }
    }
    levels.append(level)
  }

  /// Removes a directory that was emptied.
  private mutating func leave(_ level: Level, to parent: Descriptor) throws(SystemError) {
    let result = withCString(level.name) { pipeline_remove_directory(parent.number, $0) }
    if result == -ENOENT { return }
    if result == -ENOTEMPTY || result == -EEXIST, surprises < Removal.surpriseLimit {
      // Somebody put something there meanwhile.
      surprises += 1
      try enter(level.name, from: parent)
    } else {
      try checked(result, "remove", path)
    }
  }

  /// Moves a directory that lies too deep to the top of the tree, where it will be met again.
  private mutating func hoist(_ name: [UInt8], from parent: Descriptor) throws(SystemError) {
    guard let top = levels.first?.directory else { return }
    let unused = try NewFile.temporaryName(for: path)
    func move() -> Int32 {
      withCString(name) { from in
        withCString(unused) { pipeline_rename(parent.number, from, top.number, $0) }
      }
    }
    var result = move()
    if result == -EACCES {
      // Its entry for its parent changes, so it must be writable itself.
      unlock(name, in: parent)
      result = move()
    }
    try checked(result, "remove", path)
    levels[0].remaining.append(unused)
  }

  /// Removes what is not a directory.
  ///
  /// - Returns: what it was; `nil` where there was nothing.
  private func removeUnlessDirectory(
    _ name: [UInt8], from parent: Descriptor
  ) throws(SystemError) -> FileKind? {
    var status = pipeline_status()
    let look = withCString(name) { pipeline_status_at(parent.number, $0, 0, &status) }
    if look == -ENOENT { return nil }
    try checked(look, "remove", path)
    let kind = FileKind(status.kind)
    if kind == .directory { return kind }
    let result = withCString(name) { pipeline_remove_file(parent.number, $0) }
    if result == -ENOENT { return nil }
    try checked(result, "remove", path)
    return kind
  }

  private func open(_ name: [UInt8], in parent: Descriptor) -> Int32 {
    withCString(name) {
      pipeline_open(parent.number, $0, Int32(PIPELINE_OPEN_REAL_DIRECTORY), 0)
    }
  }

  private func unlock(_ name: [UInt8], in parent: Descriptor) {
    _ = withCString(name) { pipeline_set_permissions_at(parent.number, $0, 0o700) }
  }
}
