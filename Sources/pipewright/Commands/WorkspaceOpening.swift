import PipelineEngine
import PipelineModel

extension WorkspaceAccess {
  /// Opens a workspace as this process asks for it: with its environment, and saying for whom it
  /// waits.
  ///
  /// - Throws: `ToolFailure` where another run has it and is not waited for.
  static func open(
    _ root: Directory, _ purpose: Purpose, grace: Duration = .seconds(3),
    warnings: Warnings = Warnings(), after glance: Glance? = nil
  ) async throws -> WorkspaceAccess {
    let invocation = Invocation.shared
    do {
      return try await WorkspaceAccess.open(
        root, purpose, store: Session.store(of: root),
        command: CommandLine.arguments.dropFirst().joined(separator: " "),
        environment: invocation.environment, grace: grace, warnings: warnings, after: glance
      ) { holder in
        invocation.progress("waiting for \(name(of: holder))")
      }
    } catch Refusal.busy(let holder) {
      throw ToolFailure(
        code: .busy, fact: "\(name(of: holder)) has this workspace",
        hint: "without '--no-wait' this waits for it")
    } catch Refusal.nested {
      throw ToolFailure(
        code: .usage, fact: "this is a step of a run of the same workspace, which waits for it",
        hint: "let the manifest say what the step needs instead")
    } catch Refusal.nestedInStore {
      throw ToolFailure(
        code: .usage, fact: "this is a step of a run that uses the same store and waits for it",
        hint: "do it when that run has ended")
    } catch {
      throw Session.failure(error)
    }
  }

  private static func name(of holder: FileLock.Holder?) -> String {
    guard let holder else { return "another process" }
    let command = holder.command.isEmpty ? "" : ", 'pipewright \(holder.command)'"
    return "process \(holder.processID) on \(holder.host)\(command)"
  }
}
