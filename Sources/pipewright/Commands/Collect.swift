import ArgumentParser
import PipelineEngine
import PipelineModel

/// `gc`: removes what nobody needs.
struct Collect: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc",
    abstract: "Remove results that nobody needs any more, and the objects that only they name.",
    discussion: """
      Always stay: the last result of every step of this workspace, and every version of a model \
      that some alias points or pointed to. Of the rest go, with '--older-than', results unused for \
      longer; with '--max-size', the longest unused until the store is not larger; with '--keep', \
      those that none of the last experiments has (alone: all of them; beside another flag it only \
      protects). Without any of these only objects go that no result names. What was recorded stays: \
      versions that went are listed as collected.

      EXAMPLES
        gc --dry-run
        gc --keep 20
        gc --older-than 30d
        gc --max-size 10GB --keep 5
      """)

  @OptionGroup var place: PlaceOptions

  @Option(
    help: ArgumentHelp("Remove results unused for longer: 12h, 30d.", valueName: "duration"))
  var olderThan: String?

  @Option(help: ArgumentHelp("How large the store may stay: 500MB, 10GB.", valueName: "size"))
  var maxSize: String?

  @Option(
    help: ArgumentHelp(
      "Leave what the last experiments have, so many or of so long: 20, 30d.",
      valueName: "experiments"))
  var keep: String?

  @Flag(help: "Only say what would go.")
  var dryRun = false

  @Flag(help: "Print JSON, schema 1.")
  var json = false

  func validate() throws {
    if let olderThan, Quantity.duration(olderThan) == nil {
      throw ValidationError("'--older-than \(olderThan)' is no duration; write it like 12h or 30d.")
    }
    if let keep, kept == nil {
      throw ValidationError(
        "'--keep \(keep)' is neither a number of experiments nor a duration; write it like 20 or 30d."
      )
    }
    if let maxSize, Quantity.bytes(maxSize) == nil {
      throw ValidationError("'--max-size \(maxSize)' is no size; write it like 500MB or 10GB.")
    }
  }

  func run() async throws {
    let session = try Session.open(place)
    _ = try session.validPipeline()
    try refuseSharedStore()
    let access = try await session.access(.collecting)
    do {
      let report = try access.collect(try rule(access, session), dryRun: dryRun)
      Invocation.shared.say(
        json ? JSON.pretty(report.json) : report.lines(isDryRun: dryRun).joined(separator: "\n"))
      session.show(access.warnings.take())
    } catch {
      throw Session.failure(error)
    }
  }
}

extension Collect {
  private var kept: History.KeptExperiments? {
    guard let keep else { return nil }
    if let count = Int(keep) { return count < 0 ? nil : .last(count) }
    return Quantity.duration(keep).map { .within($0) }
  }

  private var isKeepAlone: Bool { keep != nil && olderThan == nil && maxSize == nil }

  /// This history knows nothing of the experiments of others.
  private func refuseSharedStore() throws {
    guard isKeepAlone, Session.storeVariable != nil else { return }
    throw ToolFailure(
      code: .usage,
      fact: "'--keep' alone would take what other workspaces have in the store of PIPELINE_STORE",
      hint:
        "say which with '--older-than' or '--max-size'; '--keep' then protects the last ones here")
  }

  private func rule(_ access: WorkspaceAccess, _ session: Session) throws -> CollectionRule {
    var rule = CollectionRule(roots: access.currentKeys)
    rule.age = isKeepAlone ? .zero : olderThan.flatMap(Quantity.duration)
    rule.maximumBytes = maxSize.flatMap(Quantity.bytes)
    let damage = Warnings()
    let history = try History.reading(session.historyFile, warnings: damage)
    if let warning = damage.all.first {
      throw ToolFailure(
        code: .machine, fact: "\(warning), so what has to stay is not known; nothing was removed",
        hint: "bring back a sound copy of it; the next 'gc' goes by what is recorded from now on")
    }
    guard let history else { return rule }
    defer { history.close() }
    rule.pinned = try history.pinnedContents()
    if let kept {
      let (keys, contents) = try history.roots(of: kept)
      rule.roots.formUnion(keys)
      rule.pinned += contents
    }
    return rule
  }
}
