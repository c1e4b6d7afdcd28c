import PipelineModel

/// Which files were found under other stamps while somebody works on them.
///
/// A file that is written to and then put back holds the same before and after, and something else
/// in between. Its times or its inode tell.
struct Restampings {
  private var watchers = 0
  /// How many there were, so far.
  private var count = 0
  /// The latest of each file, by number.
  private var latest: [Path: Int] = [:]
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
  func paths(since start: Int) -> [Path] {
    latest.filter { $0.value > start }.map(\.key)
  }

  /// Notes the stamp of a file that was read.
  ///
  /// - Parameter before: the stamp that was believed; nil where there was none.
  mutating func note(_ now: Stamp, at path: Path, before: Stamp?, isBelieved: Bool) {
    let last = unsettled.isEmpty ? before : unsettled[path] ?? before
    if !isBelieved {
      unsettled[path] = now
    } else if !unsettled.isEmpty {
      unsettled[path] = nil
    }
    guard watchers > 0, let last, last != now else { return }
    count += 1
    latest[path] = count
  }
}
