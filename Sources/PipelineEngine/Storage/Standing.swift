import PipelineModel

/// What the steps of a plan had looked at when all of them were fresh: who finds it unchanged, and
/// asks the same question, need not decide again.
///
/// Part of the index, and searched where it lies:
///
///     question    32 bytes
///     complete    4 bytes: 1 where nothing else was to be told, and no row is unknown
///     count       of steps, 4 bytes
///     rows        4 bytes for each step and two more: where among the entries each row begins, and
///                 where the last ends. The first row is of no step: what the manifest was read
///                 from. Then one for each step, in the order of the plan; one that is empty is
///                 unknown: that step has to be decided
///     entries     4 bytes each: of the index's sightings
///     declared    32 bytes for each row: digest of what the manifest said of the step, or of all
///     names       texts, one for each step
package struct Standing: Sendable {
  /// Digest of all that was asked: which steps, with which values, in which environment.
  package let question: Digest
  /// Whether who finds all of it unchanged has nothing to do and nothing to tell.
  package let isComplete: Bool
  /// How many steps there are.
  package let count: Int

  private let file: MappedFile
  /// Where the rows begin in the file.
  private let rows: Int
  private let entries: Int
  private let entryCount: Int
  private let declared: Int
  private let names: Int
  private let end: Int

  /// - Parameter range: where it lies in the file, whose digest was checked.
  /// - Returns: nil where it makes no sense.
  init?(_ file: MappedFile, in range: Range<Int>) {
    guard range.count >= 48, range.lowerBound >= 0, range.upperBound <= file.bytes.count else {
      return nil
    }
    let piece = UnsafeRawBufferPointer(rebasing: file.bytes[range])
    var reader = ByteReader(bytes: piece, position: 0)
    question = reader.digest()
    isComplete = reader.number(UInt32.self) == 1
    count = Int(reader.number(UInt32.self))
    guard count < range.count / 8 else { return nil }
    self.file = file
    rows = range.lowerBound + 40
    entries = rows + 4 * (count + 2)
    guard entries <= range.upperBound else { return nil }
    entryCount = Int(
      UInt32(
        littleEndian: file.bytes.loadUnaligned(fromByteOffset: entries - 4, as: UInt32.self)))
    declared = entries + 4 * entryCount
    names = declared + 32 * (count + 1)
    guard names <= range.upperBound else { return nil }
    end = range.upperBound
  }

  /// The sightings of a step by its place in the plan; of -1, what the manifest was read from.
  func sightings(ofStep index: Int) -> [Int] {
    let (first, last) = (number(rows, index + 1), number(rows, index + 2))
    guard first <= last, last <= entryCount else { return [] }
    return (first..<last).map { number(entries, $0) }
  }

  /// Digest of what the manifest said of a step by its place in the plan; of -1, of all steps.
  package func declaration(ofStep index: Int) -> Digest {
    let start = declared + 32 * (index + 1)
    return Digest(in: UnsafeRawBufferPointer(rebasing: file.bytes[start..<(start + 32)]))
  }

  /// By step, in the order of the plan: whether none of its sightings is among these.
  package func isUntouched(by changes: [Int], among count: Int) -> [Bool] {
    var hasChanged = [Bool](repeating: false, count: count)
    for entry in changes { hasChanged[entry] = true }
    return (0..<self.count).map { step in
      sightings(ofStep: step).allSatisfy { $0 < count && !hasChanged[$0] }
    }
  }

  /// By sighting: whether it belongs to this.
  package func marks(count: Int) -> [Bool] {
    var marks = [Bool](repeating: false, count: count)
    for place in 0..<entryCount {
      let entry = number(entries, place)
      if entry < count { marks[entry] = true }
    }
    return marks
  }

  /// The names of all steps, in the order of the plan.
  package var stepNames: [String] {
    let piece = UnsafeRawBufferPointer(rebasing: file.bytes[names..<end])
    var reader = ByteReader(bytes: piece, position: 0)
    return (0..<count).map { _ in Path.text(reader.text()) }
  }

  private func number(_ start: Int, _ index: Int) -> Int {
    Int(
      UInt32(
        littleEndian: file.bytes.loadUnaligned(
          fromByteOffset: start + 4 * index, as: UInt32.self)))
  }
}

/// A standing as it is to be written.
package struct StandingDraft: Sendable {
  /// What a step had looked at.
  package struct Row: Sendable {
    package enum Seen: Sendable {
      case paths([Path])
      /// The same as in the standing that the index had, at that place of its plan.
      case carried(Int)
      /// The step has to be decided.
      case unknown
    }

    package let name: String
    package let seen: Seen
    /// Digest of what the manifest says of it; where the row is carried, the same as then.
    package let declaration: Digest

    package init(name: String, seen: Seen, declaration: Digest) {
      self.name = name
      self.seen = seen
      self.declaration = declaration
    }
  }

  package let question: Digest
  /// Whether nothing else was to be told.
  package let isQuiet: Bool
  /// What the manifest was read from, and what it says of all steps; not unknown, without a name.
  package let manifest: Row
  package let rows: [Row]

  package init(question: Digest, isQuiet: Bool, manifest: Row, rows: [Row]) {
    self.question = question
    self.isQuiet = isQuiet
    self.manifest = manifest
    self.rows = rows
  }

  /// The same standing again.
  init(carrying old: Standing) {
    func row(_ place: Int, _ name: String) -> Row {
      Row(name: name, seen: .carried(place), declaration: old.declaration(ofStep: place))
    }
    self.init(
      question: old.question, isQuiet: old.isComplete, manifest: row(-1, ""),
      rows: old.stepNames.enumerated().map(row))
  }

  /// - Parameters:
  ///   - table: what is written beside it.
  ///   - places: by sighting of the older index: where it is in the table.
  /// - Returns: nil where it is not known what the manifest was read from.
  package func bytes(
    in table: SightingTable, carrying old: Standing?, places: [UInt32]
  ) -> [UInt8]? {
    var starts = ByteWriter(capacity: 4 * rows.count + 8)
    var entries: [UInt32] = []
    var isComplete = isQuiet
    func found(_ paths: [Path]) -> [UInt32]? {
      let found = paths.compactMap { table.index(of: $0).map(UInt32.init) }
      return found.count == paths.count ? found : nil
    }
    func found(_ seen: Row.Seen) -> [UInt32]? {
      switch seen {
      case .unknown: return nil
      case .paths(let paths): return found(paths)
      case .carried(let place):
        let before = old?.sightings(ofStep: place) ?? []
        let found = before.map { $0 < places.count ? places[$0] : SightingTable.none }
        return found.contains(SightingTable.none) ? nil : found
      }
    }
    guard let common = found(manifest.seen) else { return nil }
    starts.add(UInt32(0))
    entries += common
    for row in rows {
      starts.add(UInt32(entries.count))
      let found = found(row.seen) ?? []
      if found.isEmpty { isComplete = false }
      entries += found
    }
    starts.add(UInt32(entries.count))
    var out = ByteWriter(capacity: starts.bytes.count + 4 * entries.count + 96 * rows.count)
    out.add(question)
    out.add(UInt32(isComplete ? 1 : 0))
    out.add(UInt32(rows.count))
    out.add(starts.bytes)
    for entry in entries { out.add(entry) }
    for row in [manifest] + rows { out.add(row.declaration) }
    for row in rows { out.addText(Array(row.name.utf8)) }
    return out.bytes
  }
}
