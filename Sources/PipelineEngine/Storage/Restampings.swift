import PipelineModel

/// Which files and directories were found under other stamps while somebody works on them.
///
/// A file that is written to and then put back holds the same before and after, and something else
/// in between. Its times or its inode tell. So do those of a directory to which something was added
/// that is gone again.
struct Restampings {
  private struct Restamping {
    /// How many there had been by then, with this one.
    let number: Int
    let isOfDirectory: Bool
    /// When the file or directory had last changed before that.
    let since: FileTime
  }

  private var watchers = 0
  /// How many there were, so far.
  private var count = 0
  private var latest: [Path: Restamping] = [:]
  /// Stamps of what was read too soon to be believed.
  private var unsettled: [Path: Stamp] = [:]

  /// - Returns: what `paths(since:)` begins from.
  mutating func begin() -> Int {
    watchers += 1
    return count
  }

  /// Ends what `begin` began.
  mutating func end() {
    watchers -= 1
    if watchers == 0 { latest = [:] }
  }

  /// Files that came to have another stamp since then.
  func files(since start: Int) -> [Path] {
    latest.filter { $0.value.number > start && !$0.value.isOfDirectory }.map(\.key)
  }

  /// Directories that came to have another stamp since then, and when each had last changed before.
  func directories(since start: Int) -> [(path: Path, before: FileTime)] {
    latest.filter { $0.value.number > start && $0.value.isOfDirectory }
      .map { ($0.key, $0.value.since) }
  }

  /// Notes the stamp of a file that was read, or of a directory that was listed.
  ///
  /// - Parameter before: the stamp that was believed; nil where there was none.
  mutating func note(
    _ now: Stamp, at path: Path, before: Stamp?, isBelieved: Bool, isOfDirectory: Bool = false
  ) {
    let last = unsettled.isEmpty ? before : unsettled[path] ?? before
    if !isBelieved {
      unsettled[path] = now
    } else if !unsettled.isEmpty {
      unsettled[path] = nil
    }
    guard watchers > 0, let last, last != now else { return }
    count += 1
    latest[path] = Restamping(
      number: count, isOfDirectory: isOfDirectory, since: last.changed)
  }
}
