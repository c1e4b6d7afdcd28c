import GRDB
import PipelineModel

/// What somebody wants to be recorded of an execution of the pipeline.
package struct ExperimentRequest: Sendable {
  /// Nil for a name that is made up.
  package var name: String?
  /// Whether a name that is taken gets a number, and is not refused.
  package var isNameFlexible = false
  package var tags: [String]
  /// Whether an experiment is made even where all steps are kept.
  package var isWanted: Bool
  /// The command, the tool, who and where; what git knows is found out.
  package var origin: ExperimentOrigin
  /// The sweep that it is a trial of, by its global id.
  package var sweep: String?
  /// Whether what it makes becomes the latest version: not so beside the workspace.
  package var movesLatest = true

  package init(
    name: String? = nil, tags: [String] = [], isWanted: Bool = false, origin: ExperimentOrigin
  ) {
    self.name = name
    self.tags = tags
    self.isWanted = isWanted
    self.origin = origin
  }
}

/// Writing an experiment's own row.
struct ExperimentWriting {
  let db: Database

  /// Notes that whatever this workspace had under way did not end well: it has no other now.
  func markKilled(workspace: String) throws {
    try db.execute(
      sql: "UPDATE experiment SET outcome = 'killed' WHERE outcome = 'running' AND workspace = ?",
      arguments: [workspace])
  }

  /// - Throws: `HistoryFault` where the name is taken.
  func insert(_ entry: inout ExperimentEntry, workspace: String) throws {
    guard try !isTaken(entry.name) else {
      throw HistoryFault(
        "there is an experiment '\(entry.name)' already",
        hint: "choose another name, or remove it: experiments remove \(entry.name)", isUsage: true)
    }
    let origin = entry.origin
    let sweep = try entry.sweep.flatMap {
      try Int64.fetchOne(db, sql: "SELECT id FROM sweep WHERE gid = ?", arguments: [$0])
    }
    try db.execute(
      sql: """
        INSERT INTO experiment (gid, name, project, started, ended, outcome, workspace, command,
          git_commit, git_branch, git_modified, user, host, platform, cpus, tool, sweep_id)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        entry.globalID, entry.name, entry.project, entry.started, entry.ended,
        entry.outcome.rawValue, workspace, origin.command, origin.commit, origin.branch,
        origin.isModified, origin.user, origin.host, origin.platform, origin.processorCount,
        origin.tool, sweep,
      ])
    entry.id = db.lastInsertedRowID
    for tag in entry.tags {
      try db.execute(
        sql: "INSERT OR IGNORE INTO experiment_tag (experiment_id, tag) VALUES (?, ?)",
        arguments: [entry.id, tag])
    }
    for (position, parameter) in entry.parameters.enumerated() {
      try db.execute(
        sql: """
          INSERT INTO experiment_parameter (experiment_id, position, name, value)
          VALUES (?, ?, ?, ?)
          """,
        arguments: [entry.id, position, parameter.name, JSON.text(parameter.value)])
    }
  }

  /// The name, or where it is taken the first of `name-2`, `name-3` … that is not.
  func freeName(_ name: String) throws -> String {
    guard try isTaken(name) else { return name }
    var number = 2
    while try isTaken("\(name)-\(number)") { number += 1 }
    return "\(name)-\(number)"
  }

  func isTaken(_ name: String) throws -> Bool {
    try Bool.fetchOne(
      db, sql: "SELECT EXISTS (SELECT 1 FROM experiment WHERE name = ?)", arguments: [name])
      ?? false
  }

  /// A name that none has had.
  func newName(seed: UInt64) throws -> String {
    var number =
      try Int.fetchOne(db, sql: "SELECT coalesce(max(id), 0) + 1 FROM experiment") ?? 1
    while true {
      let name = ExperimentName.make(number: number, seed: seed)
      if try !isTaken(name) { return name }
      number += 1
    }
  }

  func insert(_ step: StepEntry, position: Int, of experiment: Int64) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO step (experiment_id, name, position, ending, reasons, run_id)
        VALUES (?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      experiment, step.name, position, step.ending.rawValue, step.reasons.map { JSON.text($0) },
      step.run,
    ])
  }

  func end(_ experiment: Int64, _ outcome: ExperimentEntry.Outcome, at time: Int) throws {
    try db.execute(
      sql: "UPDATE experiment SET outcome = ?, ended = ? WHERE id = ?",
      arguments: [outcome.rawValue, time, experiment])
  }
}
