import GRDB
import PipelineModel

/// Looks whether a store still has what history knows of.
package struct PresenceReading {
  private let history: History
  private let store: Store

  package init(_ history: History, _ store: Store) {
    self.history = history
    self.store = store
  }

  /// Nothing of it is read but listings.
  package func presence(of version: VersionEntry) throws -> Presence {
    if try isStored(version.content) { return .stored }
    var isUnstored = false
    for maker in try history.makers(of: version.id) {
      guard let digest = maker.key.flatMap({ Digest($0) }),
        case .result(let result)? = try store.reading(of: ActionKey(digest: digest))
      else { continue }
      for output in result.outputs where output.content == version.content {
        if output.isStored { return .missing }
        isUnstored = true
      }
    }
    return isUnstored ? .unstored : .collected
  }

  private func isStored(_ content: Content) throws -> Bool {
    if try store.contains(content) { return true }
    // A version that was only ever met as an input: a fingerprint says nothing of its size.
    guard content.kind != .directory, content.sizeBytes == 0, try store.isThere else {
      return false
    }
    return try store.objects.status(of: Store.place(of: content.digest))?.kind == .file
  }
}

extension History {
  /// The run that first made a version; nil where none is known.
  package func maker(of version: VersionEntry) throws -> RunEntry? {
    if let maker = try version.run.flatMap({ try run($0) }) { return maker }
    return try makers(of: version.id).first
  }

  /// How many runs have read each version of an artifact, by the version's number in this history.
  package func readerCounts(of artifact: String) throws -> [Int64: Int] {
    try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT v.id, count(DISTINCT i.run_id) FROM version v
          JOIN artifact a ON a.id = v.artifact_id JOIN run_input i ON i.version_id = v.id
          WHERE a.name = ? GROUP BY v.id
          """, arguments: [artifact])
      return Dictionary(rows.map { ($0[0], $0[1]) }, uniquingKeysWith: { first, _ in first })
    }
  }
}
