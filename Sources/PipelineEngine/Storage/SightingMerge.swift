import PipelineModel

/// A table of sightings as it is to be written: an older one, and what was learnt since.
///
/// Its parts lie in one piece of memory, with room for all that they can come to hold: what of it
/// is not written to takes nothing, and nothing is copied from where it was made.
package struct SightingMerge {
  private let file: MappedFile
  private var directories: TablePart
  private var entries: TablePart
  private var digests: TablePart
  private var names: TablePart
  /// By entry of the older table: its place in this one; `SightingTable.none` where it has gone.
  package private(set) var places: [UInt32]
  private var count = 0

  private let base: SightingTable
  private let learnt: LearntSightings
  private let oldest: Int32
  private let use: (Int) -> Int32

  /// Paths in one directory, and where what was learnt of each lies.
  private typealias News = [(path: Path, place: Int32)]

  /// - Parameters:
  ///   - oldest: what was last asked for before that day is left out.
  ///   - use: the day of last use of an entry of the older table.
  init(
    _ base: SightingTable, learnt: LearntSightings, oldest: Int32, use: @escaping (Int) -> Int32
  ) {
    self.base = base
    self.learnt = learnt
    self.oldest = oldest
    self.use = use
    places = [UInt32](repeating: SightingTable.none, count: base.count)
    let news = SightingMerge.byDirectory(learnt)
    var folders = SightingMerge.directories(of: base, and: news.keys).map { path in
      Folder(path: path, known: SightingMerge.known(in: path, of: base))
    }
    let need = SightingMerge.need(folders, base, learnt)
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: need.end, alignment: 16)
    file = MappedFile(takingOver: memory)
    directories = TablePart(memory, need.directories)
    entries = TablePart(memory, need.entries)
    digests = TablePart(memory, need.digests)
    names = TablePart(memory, need.names)
    for index in folders.indices {
      folders[index].first = count
      merge(folders[index].known, news[folders[index].path] ?? [])
      folders[index].count = count - folders[index].first
    }
    write(folders)
  }

  /// The table, to be searched before it is written; nil for our own mistakes.
  package var table: SightingTable? {
    let parts = [directories, entries, digests, names].map { part in
      SightingTable.Part(offset: part.offset, count: part.count)
    }
    return SightingTable(file, parts)
  }

  /// Directories, entries, digests and names, as they are to be written.
  func withParts<Answer>(
    _ body: ([UnsafeRawBufferPointer]) throws -> Answer
  ) rethrows -> Answer {
    try withExtendedLifetime(file) {
      try body(
        [directories, entries, digests, names].map { part in
          UnsafeRawBufferPointer(rebasing: file.bytes[part.offset..<(part.offset + part.count)])
        })
    }
  }

  private struct Folder {
    let path: Path
    /// Its entries in the older table.
    let known: Range<Int>
    var first = 0
    var count = 0
  }

  /// Where each part has its room.
  private struct Need {
    let directories: Range<Int>
    let entries: Range<Int>
    let digests: Range<Int>
    let names: Range<Int>

    var end: Int { names.upperBound }
  }

  /// As much room as is needed if nothing of the older table is left out or replaced.
  private static func need(
    _ folders: [Folder], _ base: SightingTable, _ learnt: LearntSightings
  ) -> Need {
    var entryCount = learnt.places.count
    // A name is at most as long as its path, but `.` and the end of each.
    var nameBytes = learnt.places.keys.reduce(0) { $0 + $1.bytes.count + 2 }
    for folder in folders {
      entryCount += folder.known.count
      nameBytes += folder.path.bytes.count + 1
      for entry in folder.known { nameBytes += base.name(ofEntry: entry).count + 1 }
    }
    let entries = folders.count * SightingTable.directoryBytes
    let digests = entries + entryCount * SightingTable.entryBytes
    let names = digests + entryCount * SightingTable.digestBytes
    return Need(
      directories: 0..<entries, entries: entries..<digests, digests: digests..<names,
      names: names..<(names + nameBytes))
  }

  private static func byDirectory(_ learnt: LearntSightings) -> [Path: News] {
    var news: [Path: News] = [:]
    for (path, place) in learnt.places {
      let folder = path.bytes.withUnsafeBytes {
        SightingPlace.folder(SightingPlace($0).directory)
      }
      news[folder, default: []].append((path, place))
    }
    return news.mapValues { $0.sorted { name(of: $0.path, isBefore: $1.path) } }
  }

  private static func name(of path: Path, isBefore other: Path) -> Bool {
    path.bytes.withUnsafeBytes { path in
      other.bytes.withUnsafeBytes { other in
        compare(SightingPlace(path).name, SightingPlace(other).name) < 0
      }
    }
  }

  /// All directories of both, and all above them, sorted.
  private static func directories(
    of base: SightingTable, and news: some Sequence<Path>
  ) -> [Path] {
    let known = (0..<base.directoryCount).map { SightingPlace.folder(base.path(ofDirectory: $0)) }
    var all = Set(known)
    for path in news {
      var next: Path? = path
      while let folder = next, all.insert(folder).inserted { next = folder.above }
    }
    return all.count == known.count ? known : all.sorted()
  }

  private static func known(in path: Path, of base: SightingTable) -> Range<Int> {
    path.bytes.withUnsafeBytes { base.index(ofDirectory: $0) }
      .map { base.entries(ofDirectory: $0) } ?? 0..<0
  }

  private mutating func merge(_ known: Range<Int>, _ news: News) {
    var next = known.lowerBound
    for (path, place) in news {
      path.bytes.withUnsafeBytes { bytes in
        merge(SightingPlace(bytes).name, learnt.sightings[Int(place)], known, &next)
      }
    }
    while next < known.upperBound {
      copy(next)
      next += 1
    }
  }

  /// Copies what comes before a name, and puts what was learnt of it in the place of what was known.
  private mutating func merge(
    _ name: UnsafeRawBufferPointer, _ sighting: Sighting?, _ known: Range<Int>, _ next: inout Int
  ) {
    var order = -1
    while next < known.upperBound {
      order = compare(name, base.name(ofEntry: next))
      guard order > 0 else { break }
      copy(next)
      next += 1
    }
    let isKnown = next < known.upperBound && order == 0
    if let sighting, sighting.lastUse >= oldest {
      if isKnown { places[next] = UInt32(count) }
      add(name, sighting)
    }
    if isKnown { next += 1 }
  }

  private mutating func copy(_ index: Int) {
    let day = use(index)
    guard day >= oldest else { return }
    places[index] = UInt32(count)
    let start = entries.count
    entries.add(base.bytes(ofEntry: index))
    entries.put(UInt32(names.count), at: start + 48)
    entries.put(day, at: start + 56)
    digests.add(base.digestBytes(ofEntry: index))
    names.addName(base.name(ofEntry: index))
    count += 1
  }

  private mutating func add(_ name: UnsafeRawBufferPointer, _ sighting: Sighting) {
    entries.add(sighting.stamp)
    entries.add(UInt32(names.count))
    entries.add(UInt16(name.count))
    entries.add(sighting.kind.rawValue)
    entries.add(UInt8(0))
    entries.add(sighting.lastUse)
    entries.add(UInt32(0))
    digests.add(sighting.digest)
    names.addName(name)
    count += 1
  }

  /// The directories that hold something, or lead to one that does.
  private mutating func write(_ folders: [Folder]) {
    let positions = Dictionary(
      folders.enumerated().map { ($0.element.path, $0.offset) },
      uniquingKeysWith: { first, _ in first })
    let above = folders.map { $0.path.above.flatMap { positions[$0] } }
    var isNeeded = folders.map { $0.count > 0 }
    for index in folders.indices.reversed() where isNeeded[index] {
      if let parent = above[index] { isNeeded[parent] = true }
    }
    var places: [Int: UInt32] = [:]
    for (index, folder) in folders.enumerated() where isNeeded[index] {
      let parent = above[index].flatMap { places[$0] }
      places[index] = UInt32(places.count)
      directories.add(UInt32(names.count))
      directories.add(UInt32(folder.path.bytes.count))
      directories.add(UInt32(folder.first))
      directories.add(UInt32(folder.count))
      directories.add(parent ?? SightingTable.none)
      directories.add(UInt32(folder.path.name.count))
      folder.path.bytes.withUnsafeBytes { names.addName($0) }
    }
  }
}

extension Path {
  /// The directory that this one is opened from; nil for one that is opened by its whole path.
  fileprivate var above: Path? {
    let isTop = isHere || bytes.count == 1 && isAbsolute || name.elementsEqual("..".utf8)
    return isTop ? nil : parent
  }
}
