import Foundation
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A small workspace with a store, a history and a registry, whose files are damaged.
struct DamagePlace: Sendable {
  let folder: URL

  var workspace: URL { folder.appending(path: "workspace") }

  private static let manifest = """
    project: damage
    parameters: { word: one }
    registry: Models/registry.jsonl
    models: { story: { from: last.o } }
    steps:
      first:
        run: |
          echo first >>.executed
          echo "begins with ${{ parameters.word }}"
          echo ${{ parameters.word }} >${{ outputs.o }}
        outputs: { o: Out/first.txt }
      tree:
        run: |
          echo tree >>.executed
          mkdir -p ${{ outputs.o }}/deep/empty
          cp ${{ inputs.i }} ${{ outputs.o }}/deep/a
          ln -s deep/a ${{ outputs.o }}/link
        inputs: { i: first.o }
        outputs: { o: Out/tree }
      score:
        run: |
          echo score >>.executed
          if [ -e .slow ]; then echo >.at-work; sleep 60; fi
          echo '{"loss": 0.5}' >>"$PIPELINE_METRICS"
          echo '{"accuracy": 0.9}' >${{ outputs.o }}
        inputs: { i: first.o }
        outputs: { o: { path: Out/score.json, kind: metrics } }
      last:
        run: |
          echo last >>.executed
          cat Out/tree/link Out/score.json >${{ outputs.o }}
        inputs: [tree.o, score.o]
        outputs: { o: { path: Out/last.txt, kind: model } }

    """

  static let stepCount = 4

  /// An empty one.
  init() throws {
    folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
      .appending(path: "damage-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: workspace, withIntermediateDirectories: true)
    try Data(DamagePlace.manifest.utf8).write(to: workspace.appending(path: "pipeline.yaml"))
  }

  /// A copy of another, as it is now.
  init(copying other: DamagePlace) throws {
    try self.init()
    try FileManager.default.removeItem(at: workspace)
    try FileManager.default.copyItem(at: other.workspace, to: workspace)
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }

  func start(_ tool: URL, _ words: [String]) throws -> Program {
    try Program(
      [tool.path] + words, in: workspace,
      environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder.path],
      output: folder.appending(path: "output"))
  }

  func tell(_ tool: URL, _ words: [String]) async throws -> Program.Ended {
    try await start(tool, words).ended(within: 60)
  }

  /// Two experiments and a model in use. The parameter is as the manifest says.
  func fill(_ tool: URL) async throws {
    for words in [
      ["run", "-P", "word=two"], ["run"], ["models", "promote", "story", "production"], ["run"],
    ] {
      let ended = try await tell(tool, words)
      #expect(ended.code == 0, "\(ended.output)")
    }
  }

  /// A run that is killed while a step is at work.
  func beginAndKill(_ tool: URL) async throws {
    let (slow, sign) = (workspace.appending(path: ".slow"), workspace.appending(path: ".at-work"))
    try Data().write(to: slow)
    let program = try start(tool, ["run", "-P", "word=three"])
    while !FileManager.default.fileExists(atPath: sign.path), kill(program.processID, 0) == 0 {
      usleep(2_000)
    }
    kill(program.processID, SIGKILL)
    _ = await program.ended(within: 20)
    for file in [slow, sign] { try FileManager.default.removeItem(at: file) }
  }

  /// All that the tool has written beside the outputs, from the workspace.
  func ownFiles() -> [String] { Tree.files(in: workspace, below: [".pipeline", "Models"]) }

  /// All that steps have made.
  func outputs() throws -> Tree {
    try FileManager.default.createDirectory(
      at: workspace.appending(path: "Out"), withIntermediateDirectories: true)
    return try Tree(workspace.appending(path: "Out"))
  }

  func removeOutputs() throws {
    try FileManager.default.removeItem(at: workspace.appending(path: "Out"))
  }

  /// The steps that have executed since the last call.
  func takeExecuted() -> [String] {
    let file = workspace.appending(path: ".executed")
    defer { try? FileManager.default.removeItem(at: file) }
    return ((try? String(contentsOf: file, encoding: .utf8)) ?? "")
      .split(separator: "\n").map(String.init)
  }
}
