import PipelineModel

/// The folder of one run's logs, in the workspace also for a shadow; made when the first step
/// needs it.
final class LogFolder: Sendable {
  private let root: Directory
  private let path: Path
  private let opened = Locked<Directory?>(nil)
  private let hasNoParameters = Locked(false)

  /// - Parameter run: names the folder.
  init(in root: Directory, run: String) {
    self.root = root
    path = StateDirectory.name.appending("logs").appending(run)
  }

  /// Where a step's files go.
  func files(of step: StepName) throws -> StepFiles {
    StepFiles(in: try directory, at: path, for: step)
  }

  /// The file for all steps that use no parameters, from the workspace: nobody may write to it.
  func noParameters(_ bytes: [UInt8]) throws -> Path {
    let name = Path("parameters.json")
    let directory = try directory
    try hasNoParameters.withLock { isThere in
      if isThere { return }
      try directory.replace(name, with: bytes, permissions: 0o444)
      isThere = true
    }
    return path.appending(name)
  }

  private var directory: Directory {
    get throws {
      try opened.withLock { opened in
        if let opened { return opened }
        try root.makeDirectories(path)
        let directory = try root.directory(path)
        opened = directory
        return directory
      }
    }
  }
}

/// What is kept beside a step's log. None of it is there before somebody has written it.
struct StepFiles: Sendable {
  enum Part: String {
    case log
    case parameters = "parameters.json"
    case metrics = "metrics.jsonl"
    /// A command that is too long for an argument.
    case script = "sh"
    /// What a failed step had written.
    case outputs
    /// Paths of inputs that are too many for a variable.
    case inputs
  }

  /// The folder of all steps.
  let directory: Directory
  private let folder: Path
  private let name: String

  init(in directory: Directory, at folder: Path, for step: StepName) {
    self.directory = directory
    self.folder = folder
    let full = step.description
    name = full.utf8.count <= 120 ? full : "\(full.prefix(80))-\(Digest(of: full).short)"
  }

  /// A file's name in `directory`.
  func entry(_ part: Part) -> Path { Path("\(name).\(part.rawValue)") }

  /// A file's path from the workspace.
  func path(_ part: Part) -> Path { folder.appending(entry(part)) }

  /// Where the paths of an input stand that are too many for a variable, as `entry`.
  func list(of input: Name) -> Path { entry(.inputs).appending("\(input).txt") }

  /// The path from the workspace of what is in `directory`.
  func path(of entry: Path) -> Path { folder.appending(entry) }
}
