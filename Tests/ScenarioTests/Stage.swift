import Foundation

/// Where a scenario is played: a fresh copy of its folder, with a home and a few verbs beside it.
struct Stage: Sendable {
  private let place: URL
  private let verbs: String

  /// The copy of the scenario's folder; commands start here.
  var workspace: URL { place.appending(path: "workspace") }

  /// - Parameters:
  ///   - folder: what the workspace begins with.
  ///   - tool: the executable that `pipewright` means.
  init(_ folder: URL?, tool: URL) throws {
    let files = FileManager.default
    place = files.temporaryDirectory.resolvingSymlinksInPath()
      .appending(path: "scenario-\(UUID().uuidString.prefix(8))")
    for name in ["home", "bin"] {
      try files.createDirectory(
        at: place.appending(path: name), withIntermediateDirectories: true)
    }
    try files.createSymbolicLink(
      at: place.appending(path: "bin/pipewright"), withDestinationURL: tool)
    verbs = try String(contentsOf: Fixtures.folder.appending(path: "verbs.sh"), encoding: .utf8)
    let workspace = place.appending(path: "workspace")
    if let folder {
      try files.copyItem(at: folder, to: workspace)
      try? files.removeItem(at: workspace.appending(path: "session.txt"))
    } else {
      try files.createDirectory(at: workspace, withIntermediateDirectories: true)
    }
  }

  /// Ends what a session has left at work, and removes everything.
  func clear() async {
    _ = try? await play("finish_all")
    try? FileManager.default.removeItem(at: place)
  }

  /// - Returns: what the command printed, as a transcript has it.
  func play(_ command: String) async throws -> [String] {
    let ended = try await execute(command)
    let places = [(workspace.path, "WORKSPACE"), (place.appending(path: "home").path, "HOME")]
    return Normalised(ended.output, code: ended.code, places: places).lines
  }

  /// - Parameter command: a line for the shell; the verbs are its functions.
  func execute(_ command: String) async throws -> Program.Ended {
    let program = try Program(
      ["bash", "-c", "\(verbs)\n\(command)"], in: workspace, environment: environment,
      output: place.appending(path: "home/.output"))
    return await program.ended(within: 60)
  }

  /// Nothing of the environment that the tests were started in but where programs are.
  private var environment: [String: String] {
    let outer = ProcessInfo.processInfo.environment
    return [
      "PATH": place.appending(path: "bin").path + ":" + (outer["PATH"] ?? "/usr/bin:/bin"),
      "HOME": place.appending(path: "home").path,
      "TMPDIR": outer["TMPDIR"] ?? "/tmp",
      "LANG": "C.UTF-8",
    ]
  }
}
