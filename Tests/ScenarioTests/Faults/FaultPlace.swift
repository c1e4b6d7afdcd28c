#if os(Linux)
  import Foundation
  import Glibc

  /// A small workspace in which a run goes wrong, and what has to hold after that.
  struct FaultPlace: Sendable {
    /// What a run was told before, and what it is told when something goes wrong.
    enum Story: String, CaseIterable, Sendable {
      case first, again, restore

      var before: [[String]] {
        switch self {
        case .first: []
        case .again: [["run"]]
        case .restore: [["run"], ["run", "-P", "word=two"]]
        }
      }

      var words: [String] { self == .again ? ["run", "-P", "word=two"] : ["run"] }
    }

    let folder: URL

    var workspace: URL { folder.appending(path: "workspace") }

    var environment: [String: String] {
      ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder.path]
    }

    /// Every step says that it has executed, in a file that no step reads, and takes very long
    /// where `.slow` has its name.
    private static let manifest = """
      project: faults
      parameters: { word: one }
      steps:
        first:
          run: |
            echo first >>.executed
            if [ -e .slow-first ]; then sleep 60; fi
            echo ${{ parameters.word }} >${{ outputs.o }}
          outputs: { o: Out/first.txt }
        tree:
          run: |
            echo tree >>.executed
            mkdir -p ${{ outputs.o }}/deep/empty
            cp ${{ inputs.i }} ${{ outputs.o }}/deep/a
            if [ -e .slow-tree ]; then sleep 60; fi
            ln -s deep/a ${{ outputs.o }}/link
          inputs: { i: first.o }
          outputs: { o: Out/tree }
        score:
          run: |
            echo score >>.executed
            if [ -e .slow-score ]; then (sleep 60 & sleep 60); fi
            echo '{"loss": 0.5}' >>"$PIPELINE_METRICS"
            echo '{"accuracy": 0.9}' >${{ outputs.o }}
          inputs: { i: first.o }
          outputs: { o: { path: Out/score.json, kind: metrics } }
        last:
          run: |
            echo last >>.executed
            if [ -e .slow-last ]; then sleep 60; fi
            cat Out/tree/link Out/score.json >Out/last.txt
          inputs: [tree.o, score.o]
          outputs: [Out/last.txt]

      """

    static let steps = ["first", "tree", "score", "last"]

    private var executed: URL { workspace.appending(path: ".executed") }

    init() throws {
      folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
        .appending(path: "faults-\(UUID().uuidString.prefix(8))")
      try FileManager.default.createDirectory(at: workspace, withIntermediateDirectories: true)
      try Data(FaultPlace.manifest.utf8)
        .write(to: workspace.appending(path: "pipeline.yaml"))
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    func tell(_ tool: URL, _ words: [String]) async throws -> Program.Ended {
      try await Program(
        [tool.path] + words, in: workspace, environment: environment,
        output: folder.appending(path: "output")
      ).ended(within: 60)
    }

    /// The steps that have executed since the last call.
    func takeExecuted() -> Set<String> {
      let text = (try? String(contentsOf: executed, encoding: .utf8)) ?? ""
      try? FileManager.default.removeItem(at: executed)
      return Set(text.split(separator: "\n").map(String.init))
    }

    /// The steps that a run has told to be made.
    static func told(_ output: String) -> Set<String> {
      var told: Set<String> = []
      for line in output.split(separator: "\n") {
        let words = line.split(separator: " ")
        if words.count > 1, ["ran", "restored", "kept"].contains(words[0]) {
          told.insert(String(words[1]))
        }
      }
      return told
    }

    /// What has to hold after a run that went wrong: the next one makes what was not told to be
    /// made and nothing else, all is as a clean run makes it, and one more has nothing to do.
    ///
    /// - Parameters:
    ///   - output: what the run has said; what it has told of must not execute again.
    ///   - expected: what a clean run leaves.
    ///   - tell: calls the tool.
    /// - Returns: what does not hold.
    func check(
      _ words: [String], after output: String, expected: Tree,
      tell: ([String]) async throws -> (code: Int32, output: String)
    ) async throws -> [String] {
      var wrong: [String] = []
      _ = takeExecuted()
      let next = try await tell(words)
      if next.code != 0 { wrong.append("the next run ended with \(next.code): \(next.output)") }
      let again = takeExecuted().intersection(FaultPlace.told(output))
      if !again.isEmpty { wrong.append("executed again: \(again.sorted())") }
      wrong += try outputs().differences(from: expected) { _ in true }
      wrong += try leftovers() + processes()
      let third = try await tell(words)
      let lines = third.output.split(separator: "\n")
      let kept = lines.filter { $0.hasPrefix("kept ") }
      // A line for each step, and the sum.
      let isQuiet = kept.count == FaultPlace.steps.count && lines.count == kept.count + 1
      if third.code != 0 || !isQuiet || !takeExecuted().isEmpty {
        wrong.append("the run after that: \(third.code) \(third.output)")
      }
      // What could not be read was taken for damaged, and older results may name it.
      if output.contains("is damaged: set aside") { _ = try await tell(["repair"]) }
      let verified = try await tell(["verify"])
      if verified.code != 0 { wrong.append("verify: \(verified.code) \(verified.output)") }
      return wrong
    }

    /// The same with the tool as it is.
    func check(
      _ tool: URL, _ words: [String], after output: String, expected: Tree
    ) async throws -> [String] {
      try await check(words, after: output, expected: expected) {
        let ended = try await tell(tool, $0)
        return (ended.code, ended.output)
      }
    }

    /// Lets a step take very long, or no step.
    func slow(_ step: String?) throws {
      for other in FaultPlace.steps {
        let mark = workspace.appending(path: ".slow-\(other)")
        try? FileManager.default.removeItem(at: mark)
        if other == step { try Data().write(to: mark) }
      }
    }

    /// All that steps have made.
    func outputs() throws -> Tree {
      let place = workspace.appending(path: "Out")
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      return try Tree(place)
    }

    /// Temporary files beside what is the user's; those of `.pipeline` go with a collection.
    func leftovers() throws -> [String] {
      try Tree(workspace) { $0 != ".pipeline" }.entries.keys
        .filter { $0.contains(".pipewright-") }.sorted()
        .map { "left behind: \($0)" }
    }

    /// Processes that work here.
    func processes() -> [String] {
      processIDs.map { process in
        let command = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
        return "still at work: "
          + String(decoding: command, as: UTF8.self).replacing("\0", with: " ")
      }
    }

    private var processIDs: [pid_t] {
      let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
      return all.compactMap { pid_t($0) }.filter { process in
        let place = try? FileManager.default.destinationOfSymbolicLink(
          atPath: "/proc/\(process)/cwd")
        return place?.hasPrefix(workspace.path) == true
      }
    }

    /// Ends all processes that work here, as a machine does that stops.
    func stop() async throws {
      while !processIDs.isEmpty {
        for process in processIDs { kill(process, SIGKILL) }
        try await Task.sleep(for: .milliseconds(2))
      }
    }

    /// A copy of the whole, as it is now.
    func copied() throws -> FaultPlace {
      let copy = try FaultPlace()
      try FileManager.default.removeItem(at: copy.workspace)
      try FileManager.default.copyItem(at: workspace, to: copy.workspace)
      return copy
    }
  }
#endif
