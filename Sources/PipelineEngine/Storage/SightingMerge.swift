import PipelineModel

/// A table of sightings as it is to be written: an older one, and what was learnt since.
package struct SightingMerge {
  /// The four parts of the table.
  private(set) var directories: [UInt8] = []
  private(set) var entries: [UInt8] = []
  private(set) var digests: [UInt8] = []
  private(set) var names: [UInt8] = []
  /// By entry of the older table: its place in this one; `SightingTable.none` where it has gone.
  package private(set) var places: [UInt32]
  private(set) var count = 0

  private let base: SightingTable
  private let oldest: Int32
  private let use: (Int) -> Int32

  /// What was learnt of one directory.
  private typealias Learnt = [(name: [UInt8], sighting: Sighting?)]

  /// - Parameters:
  ///   - learnt: nil for what is not to be believed any more.
  ///   - oldest: what was last asked for before that day is left out.
  ///   - use: the day of last use of an entry of the older table.
  init(
    _ base: SightingTable, learnt: [Path: Sighting?], oldest: Int32, use: @escaping (Int) -> Int32
  ) {
    self.base = base
    self.oldest = oldest
    self.use = use
    places = [UInt32](repeating: SightingTable.none, count: base.count)
    entries.reserveCapacity((base.count + learnt.count) * SightingTable.entryBytes)
    digests.reserveCapacity((base.count + learnt.count) * SightingTable.digestBytes)
    names.reserveCapacity((base.count + learnt.count) * 24)
    let news = SightingMerge.byDirectory(learnt)
    var folders: [Folder] = []
    for path in SightingMerge.directories(of: base, and: news.keys) {
      let first = count
      merge(known(in: path), news[path] ?? [])
      folders.append(Folder(path: path, first: first, count: count - first))
    }
    write(folders)
  }

  /// The table, to be searched before it is written; nil for our own mistakes.
  package var table: SightingTable? {
    var offset = 0
    let parts = [directories, entries, digests, names].map { part in
      defer { offset += part.count }
      return SightingTable.Part(offset: offset, count: part.count)
    }
    let file = MappedFile(copying: directories, entries, digests, names)
    return SightingTable(file, parts)
  }

  private struct Folder {
    let path: Path
    let first: Int
    let count: Int
  }

  private static func byDirectory(_ learnt: [Path: Sighting?]) -> [Path: Learnt] {
    var news: [Path: Learnt] = [:]
    for (path, sighting) in learnt {
      let (folder, name) = path.bytes.withUnsafeBytes { bytes in
        let place = SightingPlace(bytes)
        return (SightingPlace.folder(place.directory), Array(place.name))
      }
      news[folder, default: []].append((name, sighting))
    }
    return news.mapValues { $0.sorted { $0.name.lexicographicallyPrecedes($1.name) } }
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

  private func known(in path: Path) -> Range<Int> {
    path.bytes.withUnsafeBytes { base.index(ofDirectory: $0) }
      .map { base.entries(ofDirectory: $0) } ?? 0..<0
  }

  private mutating func merge(_ known: Range<Int>, _ learnt: Learnt) {
    var next = known.lowerBound
    for (name, sighting) in learnt {
      var order = -1
      while next < known.upperBound {
        order = name.withUnsafeBytes { compare($0, base.name(ofEntry: next)) }
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
    while next < known.upperBound {
      copy(next)
      next += 1
    }
  }

  private mutating func copy(_ index: Int) {
    let day = use(index)
    guard day >= oldest else { return }
    places[index] = UInt32(count)
    let start = entries.count
    let name = base.name(ofEntry: index)
    entries += base.bytes(ofEntry: index)
    put(UInt32(names.count), at: start + 48)
    put(day, at: start + 56)
    digests += base.digestBytes(ofEntry: index)
    names += name
    names.append(0)
    count += 1
  }

  private mutating func add(_ name: [UInt8], _ sighting: Sighting) {
    var out = ByteWriter(capacity: SightingTable.entryBytes)
    let stamp = sighting.stamp
    out.add(stamp.sizeBytes)
    out.add(stamp.modified.seconds)
    out.add(stamp.changed.seconds)
    out.add(stamp.inode)
    out.add(stamp.device)
    out.add(stamp.modified.nanoseconds)
    out.add(stamp.changed.nanoseconds)
    out.add(UInt32(names.count))
    out.add(UInt16(name.count))
    out.add(sighting.kind.rawValue)
    out.add(UInt8(0))
    out.add(sighting.lastUse)
    out.add(UInt32(0))
    entries += out.bytes
    var digest = ByteWriter(capacity: SightingTable.digestBytes)
    digest.add(sighting.digest)
    digests += digest.bytes
    names += name
    names.append(0)
    count += 1
  }

  private mutating func put(_ number: some FixedWidthInteger, at position: Int) {
    entries.withUnsafeMutableBytes {
      $0.storeBytes(of: number.littleEndian, toByteOffset: position, as: type(of: number))
    }
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
    var out = ByteWriter(capacity: folders.count * SightingTable.directoryBytes)
    for (index, folder) in folders.enumerated() where isNeeded[index] {
      let parent = above[index].flatMap { places[$0] }
      places[index] = UInt32(places.count)
      out.add(UInt32(names.count))
      out.add(UInt32(folder.path.bytes.count))
      out.add(UInt32(folder.first))
      out.add(UInt32(folder.count))
      out.add(parent ?? SightingTable.none)
      out.add(UInt32(folder.path.name.count))
      names += folder.path.bytes
      names.append(0)
    }
    directories = out.bytes
  }
}

extension Path {
  /// The directory that this one is opened from; nil for one that is opened by its whole path.
  fileprivate var above: Path? {
    let isTop = isHere || bytes.count == 1 && isAbsolute || name.elementsEqual("..".utf8)
    return isTop ? nil : parent
  }
}
