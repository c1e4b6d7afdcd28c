import GRDB
import PipelineModel

extension History {
  /// Calls killed what says that it goes on though nobody is at work in its workspace.
  ///
  /// Nothing is written: the next run of that workspace does.
  ///
  /// - Parameters:
  ///   - workspace: the random name of the one that can be asked.
  ///   - isRunUnderWay: whether somebody has it; asked only if something says that it goes on.
  package func noteKilled(
    _ entries: inout [ExperimentEntry], workspace: String, isRunUnderWay: () -> Bool
  ) throws {
    guard entries.contains(where: { $0.outcome == .running }) else { return }
    let before = try running(workspace)
    guard !before.isEmpty, !isRunUnderWay() else { return }
    // One may have ended properly just before its workspace was free.
    let killed = before.intersection(try running(workspace))
    for index in entries.indices where killed.contains(entries[index].id) {
      entries[index].outcome = .killed
    }
  }

  private func running(_ workspace: String) throws -> Set<Int64> {
    try read { db in
      try Int64.fetchSet(
        db, sql: "SELECT id FROM experiment WHERE outcome = 'running' AND workspace = ?",
        arguments: [workspace])
    }
  }
}
