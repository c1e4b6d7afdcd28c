import PipelineModel

/// What deciding asks of the outside. There are two: the machine, and one in memory for tests.
package protocol Facts: Sendable {
  /// The random name of this workspace.
  var workspace: String { get }
  /// `linux-x86_64`.
  var platform: String { get }
  /// What a file or directory holds, links followed; nil where there is none.
  func content(ofInput path: Path) throws -> Content?
  /// What a step's output holds, links as links; nil where there is none.
  func content(ofOutput path: Path) throws -> Content?
  /// Whether there is anything to be read at a path, links followed; reads nothing.
  func hasInput(at path: Path) throws -> Bool
  /// Whether there is anything at an output's path, be it a link; reads nothing.
  func hasOutput(at path: Path) throws -> Bool
  /// What lies at a path, a link as a link; nil where there is nothing. Reads nothing.
  func kind(at path: Path) throws -> FileKind?
  /// Where a path leads whose last name is a link, or which goes beyond the workspace: from the
  /// workspace where that lies in it, else absolute. Any other path itself.
  ///
  /// - Parameter path: no link is among its parents, unless it goes beyond the workspace.
  func destination(of path: Path) throws -> Path
  /// Whether outputs may be written through the link at a path.
  func mayWrite(through link: Path) -> Bool
  /// The files below a directory of sources.
  func listing(of directory: Path) throws -> Listing
  /// The files that a pattern matches, sorted by bytes.
  func matches(of glob: Glob) throws -> [Path]
  /// The executable that a program's name leads to in the step's environment.
  func tool(_ name: String, of step: Step, in pipeline: Pipeline) throws -> Content?
  /// The identity of a Swift component's code; builds it where its sources are not known.
  func component(_ product: String) async throws -> Digest
  /// What of a component's sources differs from when its code had that identity; empty where that
  /// is not known any more.
  func changes(ofComponent product: String, since identity: String) async throws -> [Reason]
  func result(for key: ActionKey) throws -> Result?
  /// Whether the store has every object of an output.
  func contains(_ content: Content) throws -> Bool
  func history(of step: StepName) throws -> StepHistory
  /// How long the last success of a step took, in seconds.
  func seconds(of step: StepName) -> Double?
  /// The result that a step is kept with, because nothing has changed of what it had looked at when
  /// it was last found fresh; nil where it has to be decided. It has no fingerprint.
  func untouchedResult(of id: ID<Step>) throws -> Result?
  /// The same question without the answer.
  func isUntouched(_ id: ID<Step>) -> Bool
  /// Whether links were looked for with the very manifest of today, and none can have come since.
  var hasNoNewLinks: Bool { get }
  /// How often, so far, something came to be other than it was known.
  var moment: Int { get }
}

extension Facts {
  /// What lies at an output's path, whoever has put it there.
  ///
  /// - Returns: no content, but that it is foreign, where no step may have written it.
  func presence(ofOutput path: Path) throws -> (content: Content?, isForeign: Bool) {
    do {
      return (try content(ofOutput: path), false)
    } catch let error as StorageError where error.isOfForeignOutput {
      return (nil, true)
    }
  }
}

/// What this workspace remembers of a step.
package struct StepHistory: Sendable {
  /// The last success.
  package var last: Result?
  /// The key of that success, also where its result is gone.
  package var lastKey: ActionKey?
  /// Whether the last attempt failed.
  package var hasFailed: Bool
  /// How long the last execution took.
  package var seconds: Double?

  package init(
    last: Result? = nil, lastKey: ActionKey? = nil, hasFailed: Bool = false,
    seconds: Double? = nil
  ) {
    self.last = last
    self.lastKey = lastKey ?? last?.key
    self.hasFailed = hasFailed
    self.seconds = seconds
  }
}

/// Why a step cannot be decided or executed: something outside is not as its declaration says.
package struct StepProblem: Error, Sendable, Equatable {
  package let code: String
  package let fact: String
  package let hint: String?
  /// Where the manifest says what does not hold.
  package let span: Span?

  package init(_ code: String, _ fact: String, hint: String? = nil, at span: Span? = nil) {
    self.code = code
    self.fact = fact
    self.hint = hint
    self.span = span
  }

  init(missingTool tool: Located<String>, of step: Step) {
    self.init(
      "missing-tool", "tool '\(tool.content)' of step '\(step.name)' is not found through PATH",
      hint: "install it, or correct the name under 'tools'", at: tool.span)
  }

  /// As an error in the manifest, at the step where nothing more exact is known.
  package func diagnostic(of step: Step) -> Diagnostic {
    Diagnostic(code, fact, hint: hint, at: span ?? step.span)
  }
}
