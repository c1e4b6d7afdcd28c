import GRDB
import PipelineModel

/// The rows that an experiment has met: steps read most of what others have just written, and most
/// of what is kept was kept before.
///
/// Only rows that are there and, as long as nobody else writes into the history, stay as they are.
/// To be forgotten where a transaction has failed. Used by one task at a time.
final class MetRows: @unchecked Sendable {
  struct Version {
    let content: Content
    let row: (id: Int64, number: Int)
    /// Whether it is known which run has made it, and how large it is.
    let isComplete: Bool
  }

  struct Edge: Hashable {
    let run: Int64
    let version: Int64
  }

  /// Which connection the rows are of: a damaged history is replaced in the midst of a run.
  private weak var db: Database?
  /// SQLite's number of what others have written.
  private var others: Int?
  /// How many steps were kept or restored so far.
  private var expected = 0
  private var isFilled = false
  private var artifacts: [String: (row: Int64, kind: ArtifactKind, path: String)] = [:]
  /// Artifacts that had no version when they were met.
  private var isNew: Set<Int64> = []
  /// By artifact, the last one.
  private var versions: [Int64: Version] = [:]
  private var latest: [Int64: Int64] = [:]
  /// By global id.
  private var runs: [String: Int64] = [:]
  private var outputs: Set<Edge> = []

  /// Forgets what is of another connection, or may have been changed by one.
  ///
  /// To be called within the transaction.
  func begin(_ db: Database) throws {
    let now = try Int.fetchOne(db.cachedStatement(sql: "PRAGMA data_version"))
    if self.db !== db || now != others { forget() }
    self.db = db
    others = now
  }

  func forget() {
    isFilled = false
    artifacts = [:]
    isNew = []
    versions = [:]
    latest = [:]
    runs = [:]
    outputs = []
  }

  // MARK: One by one

  func row(of artifact: KnownArtifact) -> Int64? {
    guard let known = artifacts[artifact.name], known.kind == artifact.kind,
      known.path.utf8.elementsEqual(artifact.path.utf8)
    else { return nil }
    return known.row
  }

  func note(_ artifact: KnownArtifact, row: Int64, isNew: Bool) {
    artifacts[artifact.name] = (row, artifact.kind, artifact.path)
    if isNew { self.isNew.insert(row) }
  }

  /// Whether an artifact has no version yet; asked when it is about to have one.
  func takeNew(_ artifact: Int64) -> Bool { isNew.remove(artifact) != nil }

  func version(of artifact: Int64) -> Version? { versions[artifact] }

  func note(_ version: Version, of artifact: Int64) { versions[artifact] = version }

  func isLatest(_ version: Int64, of artifact: Int64) -> Bool { latest[artifact] == version }

  func noteLatest(_ version: Int64, of artifact: Int64) { latest[artifact] = version }

  func run(_ globalID: String) -> Int64? { runs[globalID] }

  func hasOutput(_ version: Int64, of run: Int64) -> Bool {
    outputs.contains(Edge(run: run, version: version))
  }

  // MARK: All at once

  /// From how many steps that are kept it is quicker to read what the experiment before has told
  /// of all of them.
  static let many = 64

  /// Told that so many more steps are kept or restored.
  ///
  /// Where they have become many, meets all that the experiment before has told of runs.
  ///
  /// - Parameter experiment: the one that is written.
  /// - Parameter workspace: whose experiment before is meant.
  func expect(
    _ count: Int, _ db: Database, in experiment: Int64, of workspace: String
  ) throws {
    expected += count
    if isFilled || expected < MetRows.many { return }
    isFilled = true
    let last = try Int64.fetchOne(
      db,
      sql: """
        SELECT id FROM experiment WHERE id < ? AND workspace = ? AND sweep_id IS NULL
        ORDER BY id DESC LIMIT 1
        """, arguments: [experiment, workspace])
    guard let last else { return }
    let made = try Row.fetchCursor(
      db,
      sql: """
        SELECT run.gid, run.id FROM step JOIN run ON run.id = step.run_id
        WHERE step.experiment_id = ?
        """, arguments: [last])
    while let row = try made.next() { runs[row[0]] = row[1] }
    let written = try Row.fetchCursor(
      db,
      sql: """
        SELECT run_output.run_id, version.id, version.number, version.kind, version.digest,
          version.size, version.run_id, artifact.id, artifact.name, artifact.kind, artifact.path,
          artifact.latest_id
        FROM step JOIN run_output ON run_output.run_id = step.run_id
        JOIN version ON version.id = run_output.version_id
        JOIN artifact ON artifact.id = version.artifact_id
        WHERE step.experiment_id = ?
        """, arguments: [last])
    while let row = try written.next() { meet(row) }
  }

  private func meet(_ row: Row) {
    let (version, artifact): (Int64, Int64) = (row[1], row[7])
    outputs.insert(Edge(run: row[0], version: version))
    guard let contentKind = Content.Kind(rawValue: row[3]), let digest = Digest(row[4] as String),
      let kind = ArtifactKind(rawValue: row[9])
    else { return }
    let (size, run): (Int, Int64?) = (row[5], row[6])
    versions[artifact] = Version(
      content: Content(kind: contentKind, digest: digest, sizeBytes: size),
      row: (version, row[2]), isComplete: run != nil && size > 0)
    artifacts[row[8]] = (artifact, kind, row[10])
    latest[artifact] = row[11]
  }
}
