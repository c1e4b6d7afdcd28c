import PipelineModel

/// What can be found out anew, kept so that it need not be.
package struct Index: Sendable {
  /// What files and directories were seen to be.
  package let sightings: SightingTable
  /// Of the last run that found or left all its steps fresh.
  package var standing: Standing?
  /// Of every step that was ever tried in this workspace.
  package var states: [StepName: StepState]
  /// Small answers that are dear to get: a toolchain's version line by its executable's stamp.
  package var notes: [String: String]
  /// Tells the file that it was read from from all others; nil where it was read from none.
  let identity: Digest?
  /// Where states had to be found from results, the keys of all that were made in this workspace:
  /// the newest of a step need not be its current one.
  var guessed: Set<ActionKey> = []

  package init(
    sightings: SightingTable = .empty, standing: Standing? = nil,
    states: [StepName: StepState] = [:], notes: [String: String] = [:], identity: Digest? = nil
  ) {
    self.sightings = sightings
    self.standing = standing
    self.states = states
    self.notes = notes
    self.identity = identity
  }
}

/// What is remembered of a step in this workspace.
package struct StepState: Equatable, Sendable {
  /// Of the last success.
  package var lastKey: ActionKey?
  /// Whether the last attempt failed.
  package var hasFailed: Bool
  /// How long the last success took.
  package var seconds: Double?
  /// When that was, in nanoseconds since 1970, if it was in this workspace.
  package var finished: Int?

  package init(
    lastKey: ActionKey? = nil, hasFailed: Bool = false, seconds: Double? = nil,
    finished: Int? = nil
  ) {
    self.lastKey = lastKey
    self.hasFailed = hasFailed
    self.seconds = seconds
    self.finished = finished
  }
}

extension Index {
  /// An index as it was read.
  package struct Reading: Sendable {
    /// Empty where it was dropped.
    package let index: Index
    /// Why all of it or its stamps were dropped; `nil` where they were not.
    package let note: String?
    /// Whether the states are unknown, so that `statesFromResults` has to find them.
    package let isNew: Bool
  }

  /// What stamps are kept for after the last time that they were asked for, in days.
  private static let keptDays: Int32 = 60

  /// Reads the file `index`. Never fails: what is damaged or unknown is dropped.
  ///
  /// Stamps from another start of the machine are dropped too: after an unclean end a file may
  /// have lost bytes and kept its times. So all files are read once after each start.
  ///
  /// - Parameter boot: of now; unknown is as good as another.
  package static func read(in directory: Directory, boot: String = Machine.boot) -> Reading {
    func dropped(_ note: String?) -> Reading {
      Reading(index: Index(), note: note, isNew: true)
    }
    let opened: OpenFile
    do {
      guard try directory.exists("index") else { return dropped(nil) }
      opened = try directory.open("index")
    } catch {
      return dropped("the index was dropped: \(error)")
    }
    guard opened.status.kind == .file, let file = MappedFile(opened).flatMap(IndexFile.read) else {
      return dropped("the index was dropped, since it is damaged or of another version")
    }
    if !boot.isEmpty, file.boot.utf8.elementsEqual(boot.utf8) {
      return Reading(index: file.index, note: nil, isNew: false)
    }
    return Reading(
      index: Index(
        states: file.index.states, notes: file.index.notes, identity: file.index.identity),
      note: "files are read anew, since the machine was restarted", isNew: false)
  }

  /// Writes the file `index`, whole or not at all: this, with what was learnt since it was read.
  /// What nobody asked for in the last two months is left out.
  ///
  /// - Parameters:
  ///   - stamps: begun with the sightings of this.
  ///   - draft: the standing; nil where there is none any more.
  package func write(
    in directory: Directory, learnt stamps: Stamps, standing draft: StandingDraft? = nil,
    boot: String = Machine.boot, now: Int64 = SystemClock.now
  ) throws {
    let oldest = Int32(clamping: now / 86_400_000_000_000) - Index.keptDays
    // Who is answered by the standing writes nothing, and has asked for all of it nevertheless.
    let isStanding = standing?.marks(count: sightings.count)
    let merged = stamps.merged(oldest: oldest) { isStanding?[$0] ?? false }
    let bytes = draft.flatMap { draft in
      merged.table.flatMap {
        draft.bytes(in: $0, carrying: standing, places: merged.places)
      }
    }
    let file = try directory.newFile("index")
    try IndexFile.write(
      merged, standing: bytes ?? [], states: states, notes: notes, boot: boot
    ) { try file.write($0) }
    try file.commit(durable: false)
  }

  /// Writes the file `index` as this was read, but for the stamps of files that were touched.
  func write(in directory: Directory, restamping touches: [Rereading.Touch]) throws {
    let touches = touches.filter(\.isAtRest)
    if touches.isEmpty { return }
    var bytes = sightings.fileBytes(restamping: touches)
    IndexFile.seal(&bytes)
    try directory.replace("index", with: bytes)
  }

  /// The states of steps as far as results tell: the newest success of each in this workspace,
  /// which may have been made for an experiment beside it; and the keys of all successes.
  package static func statesFromResults(
    of store: Store, workspace: String
  ) throws -> (states: [StepName: StepState], keys: Set<ActionKey>) {
    let keys = try store.keys()
    let found = Locked(Found())
    Machine.forEach(below: keys.count) { place in
      do {
        // Damage is for those to find who need the result, and for who verifies.
        guard case .result(let result)? = try store.reading(of: keys[place]),
          result.workspace == workspace
        else { return }
        let success = Success(
          state: StepState(
            lastKey: result.key, seconds: result.usage.seconds, finished: result.finished),
          finished: result.finished, place: place)
        found.withLock { found in
          found.keys.insert(result.key)
          if let other = found.newest[result.step], other.isNewer(than: success) { return }
          found.newest[result.step] = success
        }
      } catch {
        found.withLock { $0.fault = $0.fault ?? error }
      }
    }
    return try found.withLock { found in
      if let fault = found.fault { throw fault }
      return (found.newest.mapValues(\.state), found.keys)
    }
  }

  private struct Found {
    var newest: [StepName: Success] = [:]
    var keys: Set<ActionKey> = []
    var fault: (any Error)?
  }

  /// One of several successes of a step.
  private struct Success {
    let state: StepState
    let finished: Int
    /// Of its key among all.
    let place: Int

    /// Of two from the same moment always the same one.
    func isNewer(than other: Success) -> Bool {
      finished == other.finished ? place < other.place : finished > other.finished
    }
  }
}
