import CPipelineSystem
import PipelineModel

/// A second look at what a survey has found under other stamps, on all processors: files are read
/// where they lie, since many are only touched.
///
/// As in the survey no link is followed, on the way or in the place of a file.
struct Rereading {
  /// A file that holds what it held.
  struct Touch {
    /// Among those of the table.
    let entry: Int
    let stamp: Stamp
    /// Whether a change from now on must give it another stamp.
    let isAtRest: Bool
  }

  /// What was found.
  struct Found {
    fileprivate(set) var touches: [Touch] = []
    /// Entries that are other than they were, or may be; sorted.
    fileprivate(set) var differences: [Int] = []
    /// Whether a link is in the place of one of these.
    fileprivate(set) var hasLink = false
  }

  let table: SightingTable
  let workspace: Directory
  /// Tells which stamps can be believed, and is told of what is other than it was.
  let stamps: Stamps

  /// Files that one thread takes at a time: enough to make up for opening a directory again.
  private static let pieceCount = 256
  /// No more than these bytes of them, so that all threads have something to hash.
  private static let pieceBytes: Int64 = 1 << 20

  /// - Parameter changes: entries, sorted.
  func look(at changes: [Int]) -> Found {
    let pieces = pieces(of: changes)
    let all = Locked(Found())
    Machine.forEach(below: pieces.count) { piece in
      var found = Found()
      var way = Way(table, workspace)
      for entry in changes[pieces[piece]] { look(at: entry, by: &way, &found) }
      all.withLock {
        $0.touches += found.touches
        $0.differences += found.differences
        if found.hasLink { $0.hasLink = true }
      }
    }
    return all.withLock {
      $0.differences.sort()
      return $0
    }
  }

  private func pieces(of changes: [Int]) -> [Range<Int>] {
    var pieces: [Range<Int>] = []
    var (first, bytes): (Int, Int64) = (0, 0)
    for (place, entry) in changes.enumerated() {
      bytes = bytes.addingReportingOverflow(table.stamp(ofEntry: entry).sizeBytes).partialValue
      if place - first == Rereading.pieceCount - 1 || !(0..<Rereading.pieceBytes).contains(bytes) {
        pieces.append(first..<(place + 1))
        (first, bytes) = (place + 1, 0)
      }
    }
    if first < changes.count { pieces.append(first..<changes.count) }
    return pieces
  }

  private func look(at entry: Int, by way: inout Way, _ found: inout Found) {
    let directory = way.open(table.directory(ofEntry: entry))
    if let before = table.sighting(entry)?.content, let file = open(entry, in: directory),
      let (now, isAtRest) = read(file, entry)
    {
      if now == before {
        found.touches.append(
          Touch(entry: entry, stamp: Stamp(file.status), isAtRest: isAtRest))
        return
      }
      stamps.note(now, of: table.path(ofEntry: entry), under: file.status, isAtRest: isAtRest)
    }
    // What cannot be read is told of by whoever needs it.
    found.differences.append(entry)
    let status = try? workspace.status(of: table.path(ofEntry: entry))
    if status?.kind == .link { found.hasLink = true }
  }

  /// - Parameter directory: a descriptor or a negative `errno`.
  private func open(_ entry: Int, in directory: Int32) -> OpenFile? {
    guard directory >= 0, let name = table.name(ofEntry: entry).cString else { return nil }
    let number = pipeline_open(directory, name, Int32(PIPELINE_READ_UNLINKED), 0)
    guard number >= 0 else { return nil }
    let descriptor = Descriptor(owning: number)
    guard let status = try? descriptor.status(), status.kind == .file else { return nil }
    return OpenFile(descriptor: descriptor, status: status)
  }

  /// Nil where it does not come to rest, or cannot be read.
  private func read(_ file: OpenFile, _ entry: Int) -> (content: Content, isAtRest: Bool)? {
    do {
      let isAtRest = try stamps.isAtRest(
        file.status, of: table.path(ofEntry: entry), in: workspace)
      let digest = try file.digest(of: table.path(ofEntry: entry))
      return (Content(file.status, digest: digest), isAtRest)
    } catch {
      return nil
    }
  }

  /// Whether a link is on the way to one of these.
  func hasLinks(on entries: [Int]) -> Bool {
    var places: Set<Path> = []
    var last: Int?
    for entry in entries {
      let directory = table.directory(ofEntry: entry)
      if directory != last {
        last = directory
        let path = SightingPlace.folder(table.path(ofDirectory: directory))
        places.formUnion(path.parents + [path])
      }
    }
    return places.contains { place in
      guard !place.isHere, let status = try? workspace.status(of: place) else { return false }
      return status.kind == .link
    }
  }
}
