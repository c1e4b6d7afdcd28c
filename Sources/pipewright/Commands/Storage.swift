import ArgumentParser
import PipelineEngine
import PipelineModel

/// `verify`: reads the whole store.
struct Verify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Read every object and every result of the store and say what is damaged.",
    discussion: """
      Exits with 4 if anything is damaged. With '--heal' that is set aside, what the workspace \
      still has is stored again, and the steps that made the rest execute when they are next needed.
      """)

  @OptionGroup var place: PlaceOptions

  @Flag(help: "Set aside what is damaged.")
  var heal = false

  @Flag(help: "Print JSON, schema 1.")
  var json = false

  func run() async throws {
    let session = try Session.open(place)
    let access = try await session.access(heal ? .running(waits: true) : .reading)
    do {
      let report = try await access.store.verify(heal: heal)
      let returned = heal ? try returnOutputs(access, session) : []
      Invocation.shared.say(
        json
          ? JSON.pretty(report.json)
          : (report.lines(heals: heal) + returned.map { "stored again: \($0)" })
            .joined(separator: "\n"))
      session.show(access.warnings.take())
      let isSound = heal ? try await access.store.verify(heal: false).isSound : report.isSound
      if !isSound { throw ExitCode.verificationFailed }
    } catch let code as ExitCode {
      throw code
    } catch {
      throw Session.failure(error)
    }
  }
}

extension Verify {
  /// What the store has lost and the workspace still has.
  private func returnOutputs(_ access: WorkspaceAccess, _ session: Session) throws -> [Path] {
    let machine = try session.machine(access, try session.validPipeline())
    defer { machine.close() }
    let returned = try machine.returnLostOutputs()
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
