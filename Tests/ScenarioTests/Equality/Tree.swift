import Foundation

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What lies below a directory, by path: what two workspaces are compared by.
struct Tree: Equatable {
  enum Entry: Equatable {
    case directory
    case file(Data, isExecutable: Bool)
    case link(String)
    /// Sockets and the like.
    case other
  }

  private(set) var entries: [String: Entry] = [:]

  /// - Parameter isCounted: told a path; what is not counted is passed over with all below it.
  init(_ root: URL, isCounted: (String) -> Bool = { _ in true }) throws {
    var folders = [""]
    while let folder = folders.popLast() {
      let place = folder.isEmpty ? root.path : "\(root.path)/\(folder)"
      for name in try FileManager.default.contentsOfDirectory(atPath: place) {
        let path = folder.isEmpty ? name : "\(folder)/\(name)"
        guard isCounted(path) else { continue }
        let entry = try Tree.entry(at: "\(root.path)/\(path)")
        entries[path] = entry
        if entry == .directory { folders.append(path) }
      }
    }
  }

  /// Whether a name counts in directories and patterns.
  static func counts(_ path: String) -> Bool {
    let name = path.split(separator: "/").last ?? ""
    return
      !(name == ".pipeline" || name == ".DS_Store" || name.hasSuffix("~")
      || name.hasSuffix(".pyc"))
  }

  /// Paths of regular files at or below some paths, sorted.
  static func files(in root: URL, below places: [String]) -> [String] {
    places.flatMap { place -> [String] in
      let folder = root.appending(path: place)
      switch try? entry(at: folder.path) {
      case .file: return [place]
      case .directory:
        let entries = (try? Tree(folder))?.entries ?? [:]
        return entries.filter { if case .file = $0.value { true } else { false } }.keys
          .map { "\(place)/\($0)" }
      case .link, .other, nil: return []
      }
    }.sorted()
  }

  private static func entry(at path: String) throws -> Entry {
    var status = stat()
    guard lstat(path, &status) == 0 else { throw POSIXError(.ENOENT) }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: return .directory
    case S_IFLNK: return .link(try FileManager.default.destinationOfSymbolicLink(atPath: path))
    case S_IFREG:
      return .file(
        try Data(contentsOf: URL(filePath: path)), isExecutable: status.st_mode & 0o100 != 0)
    default: return .other
    }
  }

  /// Paths at which two trees differ, with what there is.
  func differences(from other: Tree, where isCompared: (String) -> Bool) -> [String] {
    Set(entries.keys).union(other.entries.keys).sorted().filter(isCompared).compactMap { path in
      let (mine, theirs) = (entries[path], other.entries[path])
      if mine == theirs { return nil }
      return "\(path): \(Tree.text(mine)), and \(Tree.text(theirs)) in the other"
    }
  }

  private static func text(_ entry: Entry?) -> String {
    switch entry {
    case nil: "nothing"
    case .file(let bytes, let isExecutable):
      "'\(String(decoding: bytes, as: UTF8.self))'" + (isExecutable ? ", executable" : "")
    case .link(let destination): "a link to \(destination)"
    case .directory, .other: "\(entry ?? .other)"
    }
  }
}

/// When a file was read and written, to the nanosecond.
struct FileTimes {
  private let times: [timespec]

  init(of place: URL) throws {
    var status = stat()
    guard lstat(place.path, &status) == 0 else { throw POSIXError(.ENOENT) }
    #if canImport(Darwin)
      times = [status.st_atimespec, status.st_mtimespec]
    #else
      times = [status.st_atim, status.st_mtim]
    #endif
  }

  init(seconds: Int) {
    times = [timespec(tv_sec: seconds, tv_nsec: 0), timespec(tv_sec: seconds, tv_nsec: 0)]
  }

  func set(on place: URL) {
    utimensat(AT_FDCWD, place.path, times, AT_SYMLINK_NOFOLLOW)
  }
}
