/// What made a version and what was made from it: versions, and the runs between them.
package struct Lineage: Sendable {
  /// Which way from a version.
  package enum Direction: Sendable, CaseIterable {
    /// To what made it.
    case up
    /// To what was made from it.
    case down
  }

  package struct Version: Sendable {
    package let entry: VersionEntry
    /// The runs that have written it; the one that first made it stands first.
    package var makers: [RunEntry] = []
    /// The runs that have read it, the oldest first.
    package var readers: [Int64] = []
    package var presence: Presence = .stored
    /// What the registry calls it: `penguin-classifier@production`.
    package var names: [String] = []

    package init(_ entry: VersionEntry) {
      self.entry = entry
    }
  }

  package struct Run: Sendable {
    package let entry: RunEntry
    /// The code's commit and whether files were changed since; nil where they are not known.
    package var origin: ExperimentOrigin?
    package var parameters: [(name: String, value: Value)] = []
    /// All that determined it, in the order of the fingerprint.
    package var fields: [Field] = []
    package var reads: [(input: String, version: Int64)] = []
    package var writes: [Int64] = []

    package init(_ entry: RunEntry) {
      self.entry = entry
    }
  }

  /// The version that was asked for.
  package let start: Int64
  /// By their numbers in history.
  package private(set) var versions: [Int64: Version] = [:]
  package private(set) var runs: [Int64: Run] = [:]
  /// The runs that lead on from a version, by direction.
  private var steps: [Direction: [Int64: [Int64]]] = [:]

  /// Gathers all that can be reached from a version, the nearest first.
  ///
  /// Upward leads the run that first made a version: what others wrote later was equal.
  ///
  /// - Parameters:
  ///   - depth: at most so many runs away; nil for all.
  ///   - version: what is known of one; nil where it is not known any more.
  ///   - run: likewise.
  package init(
    of start: Int64, _ directions: [Direction], depth: Int?,
    version: (Int64) throws -> Version?, run: (Int64) throws -> Run?
  ) rethrows {
    self.start = start
    versions[start] = try version(start)
    for direction in directions {
      var open = [start]
      var reached: Set = [start]
      var passed: Set<Int64> = []
      var distance = 0
      while !open.isEmpty, depth.map({ distance < $0 }) ?? true {
        var next: [Int64] = []
        for id in open {
          let found = runs(from: id, direction)
          steps[direction, default: [:]][id] = found
          for runID in found where passed.insert(runID).inserted {
            if runs[runID] == nil { runs[runID] = try run(runID) }
            for neighbour in neighbours(of: runID, direction)
            where reached.insert(neighbour).inserted {
              if versions[neighbour] == nil { versions[neighbour] = try version(neighbour) }
              next.append(neighbour)
            }
          }
        }
        open = next
        distance += 1
      }
    }
  }

  private func runs(from version: Int64, _ direction: Direction) -> [Int64] {
    guard let version = versions[version] else { return [] }
    switch direction {
    case .up: return version.makers.prefix(1).map(\.id)
    case .down: return version.readers
    }
  }

  private func neighbours(of run: Int64, _ direction: Direction) -> [Int64] {
    guard let run = runs[run] else { return [] }
    switch direction {
    case .up: return run.reads.map(\.version)
    case .down: return run.writes
    }
  }
}

extension Lineage {
  /// A version or a run where it stands in the tree that a person reads.
  package struct Place: Sendable, Equatable {
    package enum Subject: Sendable, Equatable {
      /// A version, and by which names of inputs the run above has read it.
      case version(Int64, inputs: [String])
      /// A run, and by which names of inputs it has read the version above.
      case run(Int64, inputs: [String])
    }

    package let subject: Subject
    /// 0 for what is next to the version that was asked for.
    package let level: Int
    /// Whether it stands further up already, with all that belongs to it.
    package let isRepeated: Bool
  }

  /// All that was reached in one direction, each version and run with what belongs to it once.
  package func tree(_ direction: Direction) -> [Place] {
    var places: [Place] = []
    var shownVersions: Set = [start]
    var shownRuns: Set<Int64> = []
    var open = runs(leadingFrom: start, direction).map { (subject: $0, level: 0) }
    open.reverse()
    while let (subject, level) = open.popLast() {
      var isNew = true
      var below: [Place.Subject] = []
      switch subject {
      case .version(let id, _):
        isNew = shownVersions.insert(id).inserted
        below = runs(leadingFrom: id, direction)
      case .run(let id, _):
        isNew = shownRuns.insert(id).inserted
        below = versions(leadingFrom: id, direction)
      }
      places.append(Place(subject: subject, level: level, isRepeated: !isNew))
      if isNew { open += below.reversed().map { ($0, level + 1) } }
    }
    return places
  }

  private func runs(leadingFrom version: Int64, _ direction: Direction) -> [Place.Subject] {
    (steps[direction]?[version] ?? []).filter { runs[$0] != nil }.map { id in
      guard direction == .down else { return .run(id, inputs: []) }
      return .run(id, inputs: inputs(of: id, from: version))
    }
  }

  private func versions(leadingFrom run: Int64, _ direction: Direction) -> [Place.Subject] {
    var seen: Set<Int64> = []
    return neighbours(of: run, direction)
      .filter { versions[$0] != nil && seen.insert($0).inserted }
      .map { .version($0, inputs: direction == .up ? inputs(of: run, from: $0) : []) }
  }

  private func inputs(of run: Int64, from version: Int64) -> [String] {
    (runs[run]?.reads ?? []).filter { $0.version == version }.map(\.input)
  }
}

extension Lineage.Run {
  /// What it executed: components, tools and files of code, with their digests.
  package var code: [Field] {
    fields.filter { [.component, .tool, .source].contains($0.kind) }
  }

  /// What it has read that no step wrote.
  ///
  /// - Parameter versions: those that it has read.
  package func data(beside versions: [(input: String, version: VersionEntry)]) -> [Field] {
    let mark = Field.elementMark
    let written = Set(versions.map { "\($0.version.content) \($0.input)" })
    return fields.filter { field in
      guard field.kind == .input, field.value.utf8.contains(UInt8(ascii: ":")) else { return false }
      let name = field.name.hasSuffix(mark) ? String(field.name.dropLast(2)) : field.name
      return !written.contains("\(field.value) \(name)")
    }
  }
}
