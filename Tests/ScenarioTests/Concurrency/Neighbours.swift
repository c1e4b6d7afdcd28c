import Foundation
import PipelineModel
import Testing

@testable import PipelineEngine

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Two projects with the same pipeline, for many processes at once. Each command adds a line to one
/// file when it is executed, and the first one waits as long as a gate is closed.
struct Neighbours: Sendable {
  /// What does not come to be.
  struct Missed: Error {
    let what: String
  }

  let tool: URL
  private let folder: URL
  /// Of both projects; nil where each has its own.
  private let store: URL?

  private static let manifest = """
    project: neighbours
    parameters: { word: one }
    steps:
      first:
        run: |
          echo "first ${{ parameters.word }}" >>"$HOME/executed"
          if [ -e "$HOME/gate" ]; then
            echo >"$HOME/at-work"
            while [ -e "$HOME/gate" ]; do sleep 0.01; done
          fi
          echo ${{ parameters.word }} >${{ outputs.o }}
        outputs: { o: Out/first.txt }
      tree:
        run: |
          echo "tree $(cat "$PIPELINE_INPUT_I")" >>"$HOME/executed"
          mkdir -p ${{ outputs.o }}/deep/empty
          cp ${{ inputs.i }} ${{ outputs.o }}/deep/a
        inputs: { i: first.o }
        outputs: { o: Out/tree }
      last:
        run: |
          echo "last $(cat Out/tree/deep/a)" >>"$HOME/executed"
          cat Out/tree/deep/a Out/first.txt >${{ outputs.o }}
        inputs: [tree.o, first.o]
        outputs: { o: Out/last.txt }

    """

  /// What steps leave, by the word they are given.
  static func outputs(_ word: String) -> [String: String] {
    [
      "first.txt": "\(word)\n", "tree/deep/a": "\(word)\n", "last.txt": "\(word)\n\(word)\n",
    ]
  }

  init(sharesStore: Bool = false, manifest: String = Neighbours.manifest) throws {
    tool = try #require(Fixtures.tool)
    folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
      .appending(path: "neighbours-\(UUID().uuidString.prefix(8))")
    store = sharesStore ? folder.appending(path: "store") : nil
    for project in ["one", "two"] {
      try FileManager.default.createDirectory(
        at: at(project), withIntermediateDirectories: true)
      try Data(manifest.utf8).write(to: at(project).appending(path: "pipeline.yaml"))
    }
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }

  /// A place in the home of all, where the projects are, too.
  func at(_ name: String) -> URL { folder.appending(path: name) }

  // MARK: What is done

  func start(_ line: String, in project: String = "one") throws -> Program {
    var environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder.path]
    if let store { environment["PIPELINE_STORE"] = store.path }
    return try Program(
      [tool.path] + line.split(separator: " ").map(String.init), in: at(project),
      environment: environment, output: at("output-\(UUID().uuidString.prefix(8))"))
  }

  func tell(_ line: String, in project: String = "one") async throws -> Program.Ended {
    try await start(line, in: project).ended(within: 60)
  }

  func closeGate() throws { try Data().write(to: at("gate")) }

  func openGate() throws {
    try FileManager.default.removeItem(at: at("gate"))
  }

  /// Waits until a step stands before the gate.
  func untilAtWork(_ program: Program) async throws {
    try await until("a step is at work: \(program.printed)") {
      FileManager.default.fileExists(atPath: at("at-work").path)
    }
    try FileManager.default.removeItem(at: at("at-work"))
  }

  /// Waits until a program says for whom it waits.
  func untilWaiting(_ program: Program, for holder: Program) async throws {
    let text = "waiting for process \(holder.processID) on \(Machine.hostName)"
    do {
      try await until(text) { program.printed.contains(text) }
    } catch let missed as Missed {
      throw Missed(what: "\(missed.what): \(program.printed)")
    }
  }

  private func until(_ what: String, _ isSo: () -> Bool) async throws {
    let end = Date().addingTimeInterval(60)
    while !isSo() {
      if Date() > end { throw Missed(what: what) }
      try await Task.sleep(for: .milliseconds(3))
    }
  }

  // MARK: What came of it

  /// What commands said when they were executed, sorted.
  var executed: [String] {
    ((try? String(contentsOf: at("executed"), encoding: .utf8)) ?? "")
      .split(separator: "\n").map(String.init).sorted()
  }

  static func once(_ words: String...) -> [String] {
    words.flatMap { word in ["first", "tree", "last"].map { "\($0) \(word)" } }.sorted()
  }

  /// What in a project's outputs is not as a clean run makes it.
  func differences(in project: String = "one", _ word: String = "one") throws -> [String] {
    let place = at(project).appending(path: "Out")
    let files = Tree.files(in: at(project), below: ["Out"])
    let found = try files.map { path in
      (
        String(path.dropFirst("Out/".count)),
        try String(contentsOf: at(project).appending(path: path), encoding: .utf8)
      )
    }
    var wrong: [String] = []
    if Dictionary(uniqueKeysWithValues: found) != Neighbours.outputs(word) {
      wrong.append("\(project): \(found)")
    }
    let empty = place.appending(path: "tree/deep/empty").path
    if !FileManager.default.fileExists(atPath: empty) { wrong.append("\(project): no \(empty)") }
    return wrong
  }

  /// Whether all is sound, and one more run has nothing to do.
  func unrest(in project: String = "one") async throws -> [String] {
    var wrong: [String] = []
    let verified = try await tell("verify", in: project)
    if verified.code != 0 { wrong.append(verified.output) }
    let before = executed
    let last = try await tell("run", in: project)
    if last.code != 0 || !last.output.contains("3 kept") || executed != before {
      wrong.append(last.output)
    }
    return wrong + (try differences(in: project))
  }
}
