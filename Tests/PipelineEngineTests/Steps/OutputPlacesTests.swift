import PipelineModel
import Testing

@testable import PipelineEngine

@Suite("Places of outputs") struct OutputPlacesTests {
  /// A step whose output nobody stores; `raw` says what comes of it.
  private static let unstored = """
    steps:
      a:
        run: |
          read what < raw
          echo "$what" > big
          echo beside > small
          test "$what" != fail
        inputs: [raw]
        outputs: { big: { path: big, store: false }, small: small }
        retry: { times: 1 }

    """

  @Test("The only copy of an output is there until its successor is, and after a failure again")
  func onlyCopy() async throws {
    let bench = try Workbench(Self.unstored)
    try bench.scratch.write("raw", "good\n")
    #expect(try await bench.run().endings == ["a ran"])
    try bench.scratch.write("raw", "fail\n")
    #expect(try await bench.run().endings == ["a failed"])
    #expect(try bench.scratch.text("big") == "good\n")
    #expect(try !bench.directory.exists("small"), "it can be had again")
    try bench.scratch.write("raw", "good\n")
    #expect(try await bench.run().endings == ["a restored"])
    try bench.scratch.write("raw", "better\n")
    let ended = try await bench.run()
    #expect(ended.endings == ["a ran"])
    #expect(ended.notes.isEmpty)
    #expect(try bench.scratch.text("big") == "better\n")
    #expect(try previous(in: bench).isEmpty)
  }

  @Test("A step that cannot even be started leaves the only copy")
  func notStarted() async throws {
    let bench = try Workbench(
      "steps: { a: { run: cp raw big, inputs: [raw], outputs: { big: { path: big, store: false } } } }"
    )
    try bench.scratch.write("raw", "good")
    #expect(try await bench.run().endings == ["a ran"])
    try bench.write(
      manifest:
        "steps: { a: { run: [./nosuch, raw, big], inputs: [raw], "
        + "outputs: { big: { path: big, store: false } } } }")
    #expect(try await bench.run().endings == ["a failed"])
    #expect(try bench.scratch.text("big") == "good")
    #expect(try previous(in: bench).isEmpty)
  }

  /// Its step makes what is to be recorded unrecordable, unless `raw` says that all is well.
  private static let spoiling = """
    steps:
      a:
        run: |
          read what < raw
          echo "$what" > big
          if [ "$what" = bad ]; then mv .pipeline/store/results kept; : > .pipeline/store/results; fi
        inputs: [raw]
        outputs: { big: { path: big, store: false } }
      b: { run: "cat big raw > copy", inputs: [a.big, raw], outputs: [copy] }

    """

  @Test("What cannot be recorded goes, with what others have made of it, and the only copy is back")
  func unrecorded() async throws {
    let bench = try Workbench(Self.spoiling)
    try bench.scratch.write("raw", "good\n")
    #expect(try await bench.run().endings == ["a ran", "b ran"])
    try bench.scratch.write("raw", "bad\n")
    let failed = try await bench.run()
    #expect(failed.endings == ["a failed", "b failed"])
    #expect(failed.record.steps.allSatisfy { $0.outcome.failure?.isMachine == true })
    #expect(try bench.scratch.text("big") == "good\n")
    #expect(try previous(in: bench).isEmpty)
    // It did not begin any more, or what it made is gone.
    let copy = try? bench.scratch.text("copy")
    #expect(copy == nil || copy == "good\ngood\n")
    try bench.directory.remove(".pipeline/store/results")
    try bench.directory.rename("kept", to: ".pipeline/store/results")
    try bench.scratch.write("raw", "better\n")
    let ended = try await bench.run()
    #expect(ended.endings == ["a ran", "b ran"])
    #expect(ended.notes.isEmpty)
    #expect(try bench.scratch.text("big") == "better\n")
    #expect(try previous(in: bench).isEmpty)
  }

  @Test("The only copy is kept where it cannot be put back, and where is said")
  func notBack() async throws {
    let text = """
      steps:
        a:
          run: |
            cp raw big/out
            if grep bad raw; then mv big aside; : > big; exit 1; fi
          inputs: [raw]
          outputs: { big: { path: big/out, store: false } }

      """
    let bench = try Workbench(text)
    try bench.scratch.write("raw", "good")
    #expect(try await bench.run().endings == ["a ran"])
    try bench.scratch.write("raw", "bad")
    let plan = try bench.plan()
    let machine = try bench.machine(try await bench.access(.running(waits: false)), plan)
    let pools = Pools(cpus: 2, memoryBytes: 0, given: [:], steps: plan.pipeline.steps.rows)
    let runner = Runner(plan, machine, pools: pools, keepsGoing: true) { _ in }
    #expect(try await runner.run { false }.steps.map(\.outcome.ending) == [.failed])
    let warning = try #require(machine.warnings.all.first { "\($0)".contains("put back") })
    let folder = Path(".pipeline/logs").appending(Path(machine.run))
    let kept = folder.appending("a.outputs.previous/big/out")
    #expect("\(warning)".contains("kept in '\(kept)'"))
    #expect(try bench.scratch.text(kept) == "good")
  }

  @Test("Nothing is left in its place by a step whose log cannot be written")
  func noLog() async throws {
    let bench = try Workbench(
      "steps: { a: { run: 'echo 1 > out; if [ -e no ]; then rm -r .pipeline/logs/*; fi; echo end', "
        + "outputs: [out] } }")
    try bench.scratch.write("no", "")
    let failed = try await bench.run()
    #expect(failed.endings == ["a failed"])
    #expect(failed.record.hasMachineFailure)
    #expect(try !bench.directory.exists("out"))
    try bench.directory.remove("no")
    let ended = try await bench.run()
    #expect(ended.endings == ["a ran"])
    #expect(ended.notes.isEmpty)
  }

  /// What was put out of the way and is still there.
  private func previous(in bench: Workbench) throws -> [String] {
    try bench.scratch.names(".pipeline/logs").flatMap {
      try bench.scratch.names(Path(".pipeline/logs/\($0)")).filter { $0.hasSuffix(".previous") }
    }
  }

  private static let ignoring = """
    ignore: ["*.tmp"]
    steps:
      a:
        run: |
          mkdir -p out/__pycache__ out/sub
          cp raw out/x
          echo 1 > out/__pycache__/a.pyc
          echo 1 > out/sub/own.tmp
        inputs: [raw]
        outputs: [out]

    """

  @Test("What a step itself leaves uncounted in its directory goes with it, without a word")
  func ownUncounted() async throws {
    let bench = try Workbench(Self.ignoring)
    for round in 0..<3 {
      try bench.scratch.write("raw", "\(round)")
      let ended = try await bench.run()
      #expect(ended.endings == ["a ran"])
      #expect(ended.notes.isEmpty)
    }
    #expect(try bench.scratch.names(".pipeline/attic").isEmpty)
    try bench.scratch.write("raw", "0")
    let ended = try await bench.run()
    #expect(ended.endings == ["a restored"])
    #expect(ended.notes.isEmpty)
  }

  @Test("What somebody else has put there goes to the attic, and nothing but that")
  func foreignUncounted() async throws {
    let bench = try Workbench(Self.ignoring)
    try bench.scratch.write("raw", "0")
    #expect(try await bench.run().endings == ["a ran"])
    try bench.scratch.write("out/notes.tmp", "dear")
    try bench.scratch.write("raw", "1")
    let ended = try await bench.run()
    #expect(ended.endings == ["a ran"])
    #expect(ended.notes.count == 2)
    let run = try #require(try bench.scratch.names(".pipeline/attic").first)
    let kept = Path(".pipeline/attic/\(run)/out")
    #expect(try bench.scratch.names(kept) == ["notes.tmp", "sub"])
    #expect(try bench.scratch.text(kept.appending("notes.tmp")) == "dear")
    try bench.scratch.write("out/more.tmp", "dear")
    try bench.scratch.write("raw", "0")
    let restored = try await bench.run()
    #expect(restored.endings == ["a restored"])
    #expect(restored.notes.count == 2)
    #expect(try bench.scratch.text("out/x") == "0")
    #expect(try bench.scratch.names("out") == ["sub", "x"])
  }
}
