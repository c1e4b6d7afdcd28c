import CPipelineSystem
import GRDB
import PipelineModel

/// `history.db`: experiments, runs, metrics, versions and the registry of models.
///
/// It is precious: what is committed is on disk (`synchronous=FULL`), and what turns out damaged is
/// set aside, never dropped. Several processes may use it at once.
package final class History: Sendable {
  /// Absolute.
  package let file: Path
  private let queue: Locked<Opened>
  private let warnings: Warnings
  private let isReadOnly: Bool

  private struct Opened {
    let queue: DatabaseQueue
    /// The file that it stands in, whatever its name leads to later.
    let inode: UInt64?

    init(_ queue: DatabaseQueue, at file: Path) {
      self.queue = queue
      inode = History.inode(of: file)
    }
  }

  /// Opens it and brings its tables up to date; made if there is none.
  ///
  /// - Parameter file: absolute; its directory has to be there.
  /// - Throws: `HistoryFault`.
  package convenience init(opening file: Path, warnings: Warnings) throws {
    try self.init(file, warnings: warnings, isReadOnly: false)
  }

  /// The same, the directories on the way being made, too.
  static func make(_ file: Path, warnings: Warnings) throws -> History {
    try Directory(opening: "/").makeDirectories(file.parent, links: .followed)
    return try History(opening: file, warnings: warnings)
  }

  /// Opens what is there, and writes nothing.
  ///
  /// - Returns: nil where there is none.
  package static func reading(_ file: Path, warnings: Warnings) throws -> History? {
    guard try Directory(opening: "/").exists(file) else { return nil }
    do {
      // A history of an earlier version has to be brought up to date to be read at all, and what a
      // killed run has left beside it has to be taken in.
      return try History(file, warnings: warnings, isReadOnly: false)
    } catch let fault as HistoryFault {
      guard let readable = try? History(file, warnings: warnings, isReadOnly: true) else {
        throw fault
      }
      return readable
    }
  }

  /// Opens another workspace's, and leaves it as it is.
  convenience init(unchanged file: Path, warnings: Warnings) throws {
    try self.init(file, warnings: warnings, isReadOnly: true)
  }

  private init(_ file: Path, warnings: Warnings, isReadOnly: Bool) throws {
    self.file = file
    self.warnings = warnings
    self.isReadOnly = isReadOnly
    queue = Locked(Opened(try History.open(file, warnings, isReadOnly: isReadOnly), at: file))
  }

  private static func inode(of file: Path) -> UInt64? {
    (try? Directory(opening: "/").status(of: file, followingLinks: true))?.inode
  }

  /// Refuses to have written into a file that nobody will find: removed, or replaced, meanwhile.
  ///
  /// - Throws: `HistoryFault`.
  func checkIsInPlace() throws {
    guard History.inode(of: file) != queue.withLock({ $0.inode }) else { return }
    throw HistoryFault(
      "the history '\(file)' was removed or replaced while it was written to",
      hint: "what this run has recorded is lost; the next one takes results in again")
  }

  private static func open(
    _ file: Path, _ warnings: Warnings, isReadOnly: Bool
  ) throws -> DatabaseQueue {
    do {
      if !isReadOnly { try clearCompanions(of: file, warnings) }
      return try connect(file, isReadOnly: isReadOnly)
    } catch let error as DatabaseError where error.isDamage && !isReadOnly {
      try setAside(file, warnings)
      return try faults(of: file) { try connect(file, isReadOnly: false) }
    } catch let error as DatabaseError {
      throw HistoryFault(error, of: file)
    }
  }

  private static func connect(_ file: Path, isReadOnly: Bool) throws -> DatabaseQueue {
    if DatabaseHeader.isOurs(file), try hasNoFile(file) {
      throw DatabaseError(resultCode: .SQLITE_NOTADB, message: "it is no file")
    }
    try DatabaseHeader.refuseForeign(file)
    var connection = Configuration()
    connection.readonly = isReadOnly
    connection.busyMode = .timeout(30)
    let queue = try DatabaseQueue(path: file.description, configuration: connection)
    if !isReadOnly { try queue.writeWithoutTransaction { try makeOurs($0, file) } }
    try whileOthersBegin(queue) {
      guard try !queue.read({ try HistorySchema.migrator.hasBeenSuperseded($0) }) else {
        throw HistoryFault(
          "the history '\(file)' was written by a later version of this program",
          hint: "use that version, or name another place with '--history'")
      }
    }
    if isReadOnly { return queue }
    try checkIfSmall(queue, file)
    try whileOthersBegin(queue) { try HistorySchema.migrator.migrate(queue) }
    return queue
  }

  /// Says how it is written, and whose it is before there is anything in it.
  private static func makeOurs(_ db: Database, _ file: Path) throws {
    // The header does not tell of what still stands in the log beside the file.
    let known = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    let isEmpty = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0
    guard known == HistorySchema.applicationID || known == 0 && isEmpty else {
      throw DatabaseHeader.foreign(file)
    }
    // GRDB's own mode for this would lower `synchronous` to NORMAL, which loses what was committed
    // when the power goes.
    try db.execute(sql: "PRAGMA journal_mode = WAL")
    try db.execute(sql: "PRAGMA synchronous = FULL")
    // Pages that steps write one after the other go to the file once, not after each few of them.
    try db.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
    guard known == 0 else { return }
    try db.execute(sql: "PRAGMA application_id = \(HistorySchema.applicationID)")
  }

  /// Does it again where it failed since another process makes the same tables just now.
  private static func whileOthersBegin(_ queue: DatabaseQueue, _ body: () throws -> Void) throws {
    var attempts = 0
    while true {
      do {
        return try body()
      } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR && attempts < 20 {
        attempts += 1
        pipeline_sleep(20_000_000)
        queue.inDatabase { $0.clearSchemaCache() }
      }
    }
  }

  /// Looks for damage before anything is added to it: SQLite itself finds only what it meets.
  ///
  /// - Throws: `DatabaseError` of damage. A large one is left to those who meet it: this reads all.
  private static func checkIfSmall(_ queue: DatabaseQueue, _ file: Path) throws {
    let size = try Directory(opening: "/").status(of: file)?.sizeBytes ?? 0
    guard size <= largestChecked else { return }
    try queue.read { try refuseDamage($0) }
  }

  private static let largestChecked: Int64 = 8 << 20

  private static func refuseDamage(_ db: Database) throws {
    let finding = try String.fetchOne(db, sql: "PRAGMA quick_check(1)")
    guard finding == "ok" else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: finding)
    }
  }

  private static func faults<Answer>(of file: Path, _ body: () throws -> Answer) throws -> Answer {
    do {
      return try body()
    } catch let error as DatabaseError {
      throw HistoryFault(error, of: file)
    }
  }

  // MARK: Using it

  /// Reads one consistent state.
  func read<Answer>(_ body: (Database) throws -> Answer) throws -> Answer {
    try healing { try $0.read(body) }
  }

  /// Writes all of it or nothing; when this returns it is on disk.
  func write<Answer>(_ body: (Database) throws -> Answer) throws -> Answer {
    try healing { try $0.write(body) }
  }

  /// Does it again on a new history where the old one turns out damaged.
  private func healing<Answer>(_ body: (DatabaseQueue) throws -> Answer) throws -> Answer {
    let current = queue.withLock { $0.queue }
    do {
      return try History.telling(damageOf: current) { try body(current) }
    } catch let error as DatabaseError where error.isDamage && !isReadOnly {
      try? current.close()
      try History.setAside(file, warnings)
      let fresh = try History.open(file, warnings, isReadOnly: false)
      queue.withLock { $0 = Opened(fresh, at: file) }
      return try History.faults(of: file) { try body(fresh) }
    } catch let error as DatabaseError {
      throw HistoryFault(error, of: file)
    }
  }

  /// Damage may show as rows that do not fit together.
  private static func telling<Answer>(
    damageOf queue: DatabaseQueue, _ body: () throws -> Answer
  ) throws -> Answer {
    do {
      return try body()
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
      try queue.read { try refuseDamage($0) }
      throw error
    }
  }

  /// Closes it; nothing may be asked of it any more.
  package func close() {
    try? queue.withLock { $0.queue }.close()
  }
}
