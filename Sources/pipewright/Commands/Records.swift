import PipelineEngine
import PipelineModel

/// What was recorded, opened to be looked at.
struct Records {
  let session: Session
  let access: WorkspaceAccess
  /// Nil as long as nothing was recorded.
  let history: History?

  static func open(_ options: ManifestOptions) async throws -> Records {
    let session = try Session.open(options)
    let access = try await session.access(.reading)
    do {
      let history = try History.reading(session.historyFile, warnings: access.warnings)
      session.show(access.warnings.take())
      return Records(session: session, access: access, history: history)
    } catch {
      throw Session.failure(error)
    }
  }

  /// The version that a text on the command line means.
  ///
  /// - Throws: `ToolFailure` where there is none.
  func find(_ text: String) throws -> (history: History, version: FoundVersion) {
    let reference: VersionReference
    do throws(VersionReference.Problem) {
      reference = try VersionReference.read(text)
    } catch {
      throw ToolFailure(code: .usage, fact: error.fact, hint: error.hint)
    }
    guard let history else {
      throw ToolFailure(
        code: .usage, fact: "nothing was recorded yet, so there is no '\(text)'",
        hint: "'\(Invocation.commandName) run' records what it makes")
    }
    do {
      return (history, try VersionLookup(history).find(reference))
    } catch let problem as VersionLookup.Problem {
      throw ToolFailure(code: .usage, fact: problem.fact, hint: problem.hint)
    } catch {
      throw Session.failure(error)
    }
  }

  /// What `body` answers; a fault of the machine is told as one, and warnings are shown.
  func telling<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
    defer { session.show(access.warnings.take()) }
    do {
      return try await body()
    } catch {
      throw Session.failure(error)
    }
  }

  func show(_ lines: [StyledLine]) {
    Invocation.shared.print(lines.map(session.style.text).joined(separator: "\n"))
  }
}
