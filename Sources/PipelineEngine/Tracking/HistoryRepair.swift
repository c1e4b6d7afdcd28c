import GRDB
import PipelineModel

extension History {
  /// What is wrong with a history, found by reading all of it; nil where nothing is, or where there
  /// is none. Nothing is written.
  ///
  /// - Parameter file: absolute.
  /// - Throws: `HistoryFault` where it is another program's, or a later version's.
  package static func damage(of file: Path) throws -> String? {
    guard let status = try Directory(opening: "/").status(of: file, followingLinks: true) else {
      return nil
    }
    guard status.kind == .file else { return "it is no file" }
    if let companion = try strangeCompanions(of: file).first { return "'\(companion)' is no file" }
    do {
      let history = try History(unchanged: file, warnings: Warnings())
      defer { history.close() }
      let finding = try history.read { db in
        try String.fetchOne(db, sql: "PRAGMA integrity_check(1)")
      }
      // A heading, and what it found.
      return finding == "ok" ? nil : finding?.split(separator: "\n").last.map(String.init)
    } catch let fault as HistoryFault where fault.isDamage {
      return fault.fact
    }
  }

  /// Sets a damaged history aside, and begins a new one with what results tell of this workspace's
  /// runs: experiments, notes and tags stay in the old one.
  ///
  /// - Parameters:
  ///   - damage: what `damage(of:)` has found.
  ///   - workspace: its random name.
  ///   - pipeline: says of outputs which kind they are.
  /// - Returns: how many runs were taken in. A sound history is left as it is.
  package static func repair(
    _ file: Path, from store: Store, of workspace: String, _ pipeline: Pipeline, damage: String?,
    warnings: Warnings
  ) throws -> Int {
    let status = try Directory(opening: "/").status(of: file, followingLinks: true)
    // An empty file is as good as none, and may be that of somebody who begins.
    let isThere = status.map { $0.kind != .file || $0.sizeBytes > 0 } ?? false
    if isThere, damage == nil { return 0 }
    if isThere {
      try clearCompanions(of: file, warnings)
      if try History.damage(of: file) == nil { return 0 }
      try setAside(file, warnings)
    }
    let keys = try store.keys()
    if keys.isEmpty { return 0 }
    let history = try make(file, warnings: warnings)
    defer { history.close() }
    let steps = Dictionary(
      pipeline.steps.ids.map { ("\(pipeline.steps[$0].name)", $0) },
      uniquingKeysWith: { first, _ in first })
    return try history.write { db in
      var count = 0
      for key in keys {
        // A component's result tells of no step.
        guard let result = try store.result(for: key), result.workspace == workspace,
          result.fingerprint.fields.contains(where: { $0.kind == .command })
        else { continue }
        let writing = RunWriting(db: db, pipeline: pipeline, store: store)
        if try writing.maker(of: result, step: steps["\(result.step)"]).made != nil { count += 1 }
      }
      return count
    }
  }
}
