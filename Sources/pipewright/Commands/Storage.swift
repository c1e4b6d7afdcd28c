import ArgumentParser
import PipelineEngine
import PipelineModel

/// `verify`: reads all that is kept.
struct Verify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Read all of the store, the history and the index, and say what is damaged.",
    discussion: "Exits with 4 if anything is. Nothing is written; 'repair' mends it.")

  @OptionGroup var place: PlaceOptions

  @Flag(help: "Print JSON, schema 1.")
  var json = false

  func run() async throws {
    let session = try Session.open(place)
    let access = try await session.access(.reading)
    let found: Verification
    do {
      found = try await access.verify(history: session.historyFile)
    } catch {
      throw Session.failure(error)
    }
    let lines = found.lines(heals: false)
    Invocation.shared.say(json ? JSON.pretty(found.json) : lines.joined(separator: "\n"))
    if !found.isSound { throw ExitCode.verificationFailed }
  }
}

/// `repair`: mends what `verify` finds.
struct Repair: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Set aside what is damaged, and make anew what can be.",
    discussion: """
      What the workspace still has is stored again; the steps that made the rest execute when they \
      are next needed. A damaged history is kept beside a new one, which takes in what results \
      tell. Exits with 4 if anything is still damaged.
      """)

  @OptionGroup var place: PlaceOptions

  @Flag(help: "Print JSON, schema 1.")
  var json = false

  func run() async throws {
    let session = try Session.open(place)
    let access = try await session.access(.running(waits: true))
    do {
      var found = try await access.verify(history: session.historyFile)
      let isHealed = try await access.store.verify(heal: true).isSound
      let pipeline = session.loaded.hasErrors ? nil : session.loaded.pipeline
      found.storedAgain = try repairOutputs(access, session, pipeline ?? .empty)
      found.recordedAgain = try access.repair(
        history: session.historyFile, pipeline ?? .empty, damage: found.history)
      found.mirroredAgain = try access.completeRegistry(
        history: session.historyFile, pipeline ?? .empty)
      let lines = found.lines(heals: true)
      Invocation.shared.say(json ? JSON.pretty(found.json) : lines.joined(separator: "\n"))
      session.show(access.warnings.take())
      if !isHealed, try await !access.store.verify(heal: false).isSound {
        throw ExitCode.verificationFailed
      }
    } catch let code as ExitCode {
      throw code
    } catch {
      throw Session.failure(error)
    }
  }

  /// Puts back what the store has lost and the workspace still has, and writes the index anew.
  private func repairOutputs(
    _ access: WorkspaceAccess, _ session: Session, _ pipeline: Pipeline
  ) throws -> [Path] {
    let machine = try session.machine(access, pipeline)
    defer { machine.close() }
    let returned = try machine.returnLostFiles()
    try machine.dropUnusableResults()
    return returned
  }
}

/// `end-survivors`: what the plugin calls when this tool was killed.
struct EndSurvivors: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "End the steps that a killed run has left working.", shouldDisplay: false)

  @OptionGroup var place: PlaceOptions

  func run() async throws {
    let session = try Session.open(place)
    do {
      try await WorkspaceAccess.endSurvivors(of: session.root, grace: .seconds(1))
    } catch {
      throw Session.failure(error)
    }
  }
}
