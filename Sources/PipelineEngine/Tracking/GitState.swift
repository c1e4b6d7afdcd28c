import PipelineModel

/// What git knows of a workspace.
package struct GitState: Sendable, Equatable {
  /// Nil before the first commit.
  package var commit: String?
  /// Nil where none is checked out.
  package var branch: String?
  /// Whether files that git knows differ from the commit.
  package var isModified = false

  /// Asks git; nil where the workspace is in no repository, or git cannot tell.
  package static func read(
    _ workspace: Directory, environment: [EnvironmentVariable], loop: ProcessLoop
  ) async -> GitState? {
    guard isRepository(workspace.path) else { return nil }
    let words = [
      "git", "status", "--porcelain=v2", "--branch", "--untracked-files=no", "--ignore-submodules",
    ]
    // Else it would write what it learns into the repository.
    let calm = [EnvironmentVariable("GIT_OPTIONAL_LOCKS", "0"), EnvironmentVariable("LC_ALL", "C")]
    let output = Locked<[UInt8]>([])
    let launch = Launch(
      words.map { Array($0.utf8) }, environment: environment + calm, directory: workspace,
      timeout: .seconds(20))
    let exit = try? await loop.run(launch) { bytes in output.withLock { $0 += bytes } }
    guard let exit, exit.isSuccess else { return nil }
    return GitState(porcelain: String(decoding: output.withLock { $0 }, as: UTF8.self))
  }

  init(porcelain: String) {
    for line in porcelain.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.first == "#" else {
        isModified = true
        continue
      }
      guard words.count == 3, !words[2].hasPrefix("(") else { continue }
      if words[1] == "branch.oid" { commit = String(words[2]) }
      if words[1] == "branch.head" { branch = String(words[2]) }
    }
  }

  /// Whether a directory or one above it has a `.git`: else git need not be started.
  private static func isRepository(_ path: Path) -> Bool {
    guard let top = try? Directory(opening: "/") else { return false }
    var folder = path
    while true {
      if (try? top.exists(folder.appending(".git"))) == true { return true }
      if folder == "/" { return false }
      folder = folder.parent
    }
  }
}
