import PipelineModel

/// What can be found out anew, kept so that it need not be.
package struct Index: Equatable, Sendable {
  /// As `Stamps` keeps them.
  package var stamps: [Path: StampedContent]
  /// Of every step that was ever tried in this workspace.
  package var states: [StepName: StepState]
  /// Small answers that are dear to get: a toolchain's version line by its executable's stamp.
  package var notes: [String: String]

  package init(
    stamps: [Path: StampedContent] = [:], states: [StepName: StepState] = [:],
    notes: [String: String] = [:]
  ) {
    self.stamps = stamps
    self.states = states
    self.notes = notes
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

  package init(lastKey: ActionKey? = nil, hasFailed: Bool = false, seconds: Double? = nil) {
    self.lastKey = lastKey
    self.hasFailed = hasFailed
    self.seconds = seconds
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
    let bytes: [UInt8]
    do {
      guard try directory.exists("index") else { return dropped(nil) }
      bytes = try directory.read("index")
    } catch {
      return dropped("the index was dropped: \(error)")
    }
    guard let file = IndexFile.read(bytes) else {
      return dropped("the index was dropped, since it is damaged or of another version")
    }
    if !boot.isEmpty, file.boot.utf8.elementsEqual(boot.utf8) {
      return Reading(index: file.index, note: nil, isNew: false)
    }
    var index = file.index
    index.stamps = [:]
    return Reading(
      index: index, note: "files are read anew, since the machine was restarted", isNew: false)
  }

  /// Writes the file `index`, whole or not at all. Stamps that nobody asked for in the last two
  /// months are left out.
  package func write(
    in directory: Directory, boot: String = Machine.boot, now: Int64 = SystemClock.now
  ) throws {
    var kept = self
    let oldest = Int32(clamping: now / 86_400_000_000_000) - Index.keptDays
    if stamps.contains(where: { $0.value.lastUse < oldest }) {
      kept.stamps = stamps.filter { $0.value.lastUse >= oldest }
    }
    try directory.replace("index", with: IndexFile.bytes(of: kept, boot: boot))
  }

  /// The states of steps as far as results tell: the newest success of each in this workspace.
  package static func statesFromResults(
    of store: Store, workspace: String
  ) throws -> [StepName: StepState] {
    var newest: [StepName: Result] = [:]
    for key in try store.keys() {
      guard let result = try store.result(for: key), result.workspace == workspace else { continue }
      if let other = newest[result.step], other.finished >= result.finished { continue }
      newest[result.step] = result
    }
    return newest.mapValues { StepState(lastKey: $0.key, seconds: $0.usage.seconds) }
  }
}
