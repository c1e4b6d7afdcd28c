import CPipelineSystem
import PipelineModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A look at everything that a table of sightings tells of, on all processors: what is not as it
/// was seen.
///
/// Directories are opened from the one above, and no link is followed: where one is on the way,
/// or in the place of a file, what lies there counts as changed.
package struct Survey: Sendable {
  let table: SightingTable
  /// What relative paths are seen from.
  let workspace: Directory

  /// A look at what a table tells of.
  package init(table: SightingTable, workspace: Directory) {
    self.table = table
    self.workspace = workspace
  }

  /// Entries looked at by one thread at a time; enough to make up for opening a directory again.
  private static let pieceCount = 1024

  /// The entries whose status is not what it was, sorted.
  ///
  /// - Parameter isWanted: by entry; others are not looked at.
  package func changes(among isWanted: [Bool]) -> [Int] {
    let pieces = (table.count + Survey.pieceCount - 1) / Survey.pieceCount
    let changes = Locked<[Int]>([])
    isWanted.withUnsafeBufferPointer { isWanted in
      Machine.forEach(below: pieces) { piece in
        let first = piece * Survey.pieceCount
        let found = self.changes(
          in: first..<min(first + Survey.pieceCount, table.count), among: isWanted)
        if !found.isEmpty { changes.withLock { $0 += found } }
      }
    }
    return changes.withLock { $0 }.sorted()
  }

  /// Whether each of these entries is what it was.
  func isUnchanged(_ entries: [Int]) -> Bool {
    var way = Way(table, workspace)
    return entries.sorted().allSatisfy { entry in
      !hasChanged(entry, in: way.open(table.directory(ofEntry: entry)))
    }
  }

  private func changes(in range: Range<Int>, among isWanted: UnsafeBufferPointer<Bool>) -> [Int] {
    var changes: [Int] = []
    var way = Way(table, workspace)
    var directory = table.directory(ofEntry: range.lowerBound)
    var next = range.lowerBound
    while next < range.upperBound, directory < table.directoryCount {
      let entries = table.entries(ofDirectory: directory).clamped(to: next..<range.upperBound)
      if entries.contains(where: { isWanted[$0] }) {
        let opened = way.open(directory)
        for entry in entries where isWanted[entry] && hasChanged(entry, in: opened) {
          changes.append(entry)
        }
      }
      next = max(next, entries.upperBound)
      directory += 1
    }
    return changes
  }

  /// - Parameter directory: a descriptor or a negative `errno`.
  private func hasChanged(_ entry: Int, in directory: Int32) -> Bool {
    guard let kind = table.kind(ofEntry: entry) else { return true }
    guard directory >= 0 else { return kind != .absent || directory != -ENOENT }
    guard let name = table.name(ofEntry: entry).cString else { return true }
    var status = pipeline_status()
    let result = pipeline_status_at(directory, name, 0, &status)
    switch kind {
    case .absent: return result != -ENOENT
    case .file, .executable, .unread:
      guard result == 0, status.kind == Int32(PIPELINE_FILE) else { return true }
    case .directory:
      guard result == 0, status.kind == Int32(PIPELINE_DIRECTORY) else { return true }
    }
    return table.stamp(ofEntry: entry) != Stamp(FileStatus(status))
  }
}

/// The directories on the way to the one that is open, each opened from the one above.
struct Way: ~Copyable {
  private let table: SightingTable
  private let workspace: Directory
  private var open: [(directory: Int, number: Int32)] = []

  init(_ table: SightingTable, _ workspace: Directory) {
    self.table = table
    self.workspace = workspace
  }

  deinit {
    for step in open where step.number >= 0 { _ = pipeline_close(step.number) }
  }

  /// - Returns: a descriptor, which this closes, or a negative `errno`.
  mutating func open(_ directory: Int) -> Int32 {
    var missing: [Int] = []
    var next: Int? = directory
    while let index = next, !open.contains(where: { $0.directory == index }) {
      missing.append(index)
      next = table.parent(ofDirectory: index)
    }
    while let last = open.last, last.directory != next {
      if last.number >= 0 { _ = pipeline_close(last.number) }
      open.removeLast()
    }
    for index in missing.reversed() { open.append((index, descriptor(of: index))) }
    return open.last?.number ?? -ENOENT
  }

  private func descriptor(of index: Int) -> Int32 {
    guard table.parent(ofDirectory: index) != nil else {
      let path = table.path(ofDirectory: index)
      let start = workspace.descriptor.number
      return path.isEmpty
        ? pipeline_open(start, ".", Int32(PIPELINE_OPEN_DIRECTORY), 0)
        : pipeline_open(start, path.cString, Int32(PIPELINE_OPEN_DIRECTORY), 0)
    }
    guard let above = open.last?.number, above >= 0 else { return open.last?.number ?? -ENOENT }
    return pipeline_open(
      above, table.lastName(ofDirectory: index).cString, Int32(PIPELINE_OPEN_REAL_DIRECTORY), 0)
  }
}

extension UnsafeRawBufferPointer {
  /// For C; the bytes must be followed by NUL.
  var cString: UnsafePointer<CChar>? {
    baseAddress?.assumingMemoryBound(to: CChar.self)
  }
}
