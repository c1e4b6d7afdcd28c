import PipelineModel

extension VersionInspection {
  /// Files that are larger are not told by lines or values.
  private static let mostBytes = 4 << 20

  /// How two versions differ, as far as the store still has them.
  ///
  /// - Parameter patch: whether the files of directories are told by lines, too.
  package func difference(
    _ old: FoundVersion, _ new: FoundVersion, patch: Bool
  ) throws -> VersionDifference {
    let isThere = try [old, new].map { try store.contains($0.content) }
    var difference = VersionDifference(
      .init(old.label, old.content, isRead: isThere[0]),
      .init(new.label, new.content, isRead: isThere[1]))
    guard isThere == [true, true], !difference.areEqual else { return difference }
    switch (old.content.kind, new.content.kind) {
    case (.directory, .directory):
      guard let before = try store.listing(old.content.digest),
        let now = try store.listing(new.content.digest)
      else { return difference }
      difference.files = try VersionDifference.entries(before, now).map { path, old, new in
        let text = patch ? try lines(old, new) : nil
        return VersionDifference.File(path, old: old, new: new, text: text)
      }
    case (.directory, _), (_, .directory): break
    case (.file, _), (.executable, _):
      let contents = [old.content, new.content]
      guard contents.allSatisfy({ $0.sizeBytes <= VersionInspection.mostBytes }) else { break }
      let (before, now) = (
        try store.read(old.content.digest), try store.read(new.content.digest)
      )
      let isMetrics = old.entry?.kind == .metrics && new.entry?.kind == .metrics
      if let leaves = values(before, isMetrics), let current = values(now, isMetrics) {
        difference.values = VersionDifference.values(leaves, current)
      }
      if difference.values.isEmpty { difference.text = TextDifference(from: before, to: now) }
    }
    return difference
  }

  /// The leaves of metrics or of a JSON object; nil for any other text.
  private func values(_ bytes: [UInt8], _ isMetrics: Bool) -> [(name: String, value: Value)]? {
    if isMetrics { return MetricFile.values(bytes) }
    guard let value = try? JSON.read(bytes, allowsNonFinite: true), value.map != nil else {
      return nil
    }
    return value.leaves
  }

  private func lines(_ old: Listing.Entry?, _ new: Listing.Entry?) throws -> TextDifference? {
    let entries = [old, new].compactMap(\.self)
    let canTell = entries.allSatisfy {
      $0.kind != .directory && $0.sizeBytes <= VersionInspection.mostBytes
    }
    guard canTell, old?.digest != new?.digest else { return nil }
    let before = try old.map { try store.read($0.digest) } ?? []
    let now = try new.map { try store.read($0.digest) } ?? []
    return TextDifference(from: before, to: now)
  }
}
