/// Whether the store has what a version is.
package enum Presence: String, Sendable, CaseIterable {
  /// All of it is there.
  case stored
  /// A collection took it; only what was recorded of it is left.
  case collected
  /// Its output says `store: false`, so the store never had it.
  case unstored = "not stored"
  /// A result still names it, and some of it is not there.
  case missing
}
