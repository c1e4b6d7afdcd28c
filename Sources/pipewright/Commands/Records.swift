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
    if case .model = reference.subject { try session.refreshRegistry(access.warnings) }
    // Another clone's registry file may just have brought the first of it.
    let reading = { try? History.reading(session.historyFile, warnings: access.warnings) }
    guard let history = history ?? reading() else {
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

extension Session {
  /// Gives numbers to new versions of models, and takes in what the registry file says, before
  /// somebody asks for a model by its name.
  func refreshRegistry(_ warnings: Warnings) throws {
    guard let pipeline = loaded.pipeline, !pipeline.models.isEmpty else { return }
    do {
      guard try Registry.exists(pipeline, in: root, historyFile: historyFile) else { return }
      if historyFile.parent == root.path.appending(StateDirectory.name) {
        _ = try StateDirectory.open(root)
      }
      let registry = try Registry(
        pipeline, in: root, historyFile: historyFile, warnings: warnings)
      registry.history.close()
    } catch {
      throw Session.failure(error)
    }
  }
}
