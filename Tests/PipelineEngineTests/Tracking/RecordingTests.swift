import GRDB
import PipelineModel
import Testing

@testable import PipelineEngine

/// What history says is what the pipeline did.
@Suite("Recording") struct RecordingTests {
  static let manifest = """
    parameters: { rate: 0.1 }
    steps:
      make:
        run: echo 1 > ${{ outputs.numbers }}
        outputs: { numbers: numbers.txt }
      train:
        run: |
          echo '{"epoch":1,"loss":0.5}' >> $PIPELINE_METRICS
          echo '{"epoch":2,"loss":NaN}' >> $PIPELINE_METRICS
          cp ${{ inputs.numbers }} ${{ outputs.model }}
          echo '{"rate": ${{ parameters.rate }}, "by": {"a": Infinity}}' > ${{ outputs.scores }}
        inputs: { numbers: make.numbers }
        outputs:
          model: { path: model.bin, kind: model }
          scores: { path: scores.json, kind: metrics }
    """

  @Test("Steps that are kept point to the run that made what they have")
  func kept() async throws {
    let notebook = try Notebook(RecordingTests.manifest)
    try await notebook.run("first")
    #expect(try notebook.newest() == ["make ran first", "train ran first"])
    try notebook.bench.write(
      manifest: RecordingTests.manifest.replacing("rate: 0.1", with: "rate: 0.2"))
    try await notebook.run("second")
    #expect(try notebook.newest() == ["make kept first", "train ran second"])
    try notebook.bench.write(manifest: RecordingTests.manifest)
    try await notebook.run("third")
    #expect(try notebook.newest() == ["make kept first", "train restored first"])
  }

  @Test("Of many steps that are kept the same is known as of few")
  func manyKept() async throws {
    let count = MetRows.many + 20
    let numbers = (1...count).map(String.init).joined(separator: ", ")
    let notebook = try Notebook(
      """
      steps:
        make:
          run: cat ${{ inputs.seed }} > ${{ outputs.o }}; echo ${{ matrix.n }} >> ${{ outputs.o }}
          matrix: { n: [\(numbers)] }
          inputs: { seed: "file:seeds/${{ matrix.n }}" }
          outputs: { o: "out/${{ matrix.n }}" }
      """)
    for number in 1...count {
      try notebook.bench.scratch.write(Path("seeds/\(number)"), "\(number)")
    }
    try await notebook.run("first")
    let versions = try notebook.versions()
    let edges = try notebook.edges()
    #expect(versions.count == count && edges.count == count)
    try notebook.bench.scratch.write("seeds/3", "other")
    try await notebook.run("second")
    let newest = try notebook.newest()
    #expect(newest.count { $0.hasSuffix("kept first") } == count - 1)
    #expect(newest.contains("make@n=3 ran second"))
    #expect(try notebook.versions().count == count + 1)
    #expect(Set(try notebook.edges()).isSuperset(of: edges))
    try notebook.bench.scratch.write("seeds/3", "3")
    try await notebook.run("third")
    #expect(try notebook.newest().count { $0.hasSuffix("first") } == count)
    #expect(Set(try notebook.versions()).isSuperset(of: versions))
    #expect(try notebook.edges().count == count + 1)
  }

  @Test("What is taken is passed on also where nothing follows for long")
  func passedOn() async throws {
    let notebook = try Notebook(RecordingTests.manifest)
    let plan = try notebook.bench.plan()
    let access = try await notebook.bench.access(.running(waits: false))
    let machine = try notebook.bench.machine(access, plan)
    defer { machine.close() }
    let passed = Locked(0)
    let recorder = ExperimentRecorder(
      plan, in: machine.place(ofHistory: notebook.file),
      ExperimentRequest(origin: ExperimentOrigin(command: "run"))
    ) { _ in passed.withLock { $0 += 1 } }
    await #expect(throws: Never.self) {
      try await recorder.recording {
        for count in 1...5 {
          recorder.take(.progress(ended: count, of: 5, secondsLeft: 0))
          // It is never passed on where this does not end.
          while passed.withLock({ $0 }) < count { try await Task.sleep(for: .milliseconds(1)) }
        }
        recorder.take(.progress(ended: 5, of: 5, secondsLeft: 0))
      }
    }
    #expect(passed.withLock { $0 } == 6)
  }

  @Test("A row that somebody else has removed meanwhile is not believed to be there")
  func othersRows() async throws {
    let notebook = try Notebook(RecordingTests.manifest)
    try await notebook.run("first")
    let (mine, other) = (
      try History(opening: notebook.file, warnings: Warnings()),
      try History(opening: notebook.file, warnings: Warnings())
    )
    defer {
      mine.close()
      other.close()
    }
    let met = MetRows()
    let artifact = KnownArtifact(name: "made.up", kind: .data, path: "made/up")
    func row() throws -> Int64 {
      try mine.write { db in
        try met.begin(db)
        return try VersionWriting(db: db, met: met).artifact(artifact)
      }
    }
    let first = try row()
    #expect(try row() == first)
    try other.write { try $0.execute(sql: "DELETE FROM artifact WHERE name = 'made.up'") }
    try other.write {
      try $0.execute(sql: "INSERT INTO artifact (name, kind, path) VALUES ('x', 'data', 'x')")
    }
    #expect(try row() != first)
  }

  @Test("Nothing executes, nothing is recorded, unless somebody wants it")
  func wanted() async throws {
    let notebook = try Notebook(RecordingTests.manifest)
    try await notebook.run("first")
    #expect(try await notebook.run() == nil)
    #expect(try await notebook.run("again", isWanted: true)?.name == "again")
    #expect(try notebook.newest() == ["make kept first", "train kept first"])
  }

  @Test("Equal content makes no version, the edge is recorded, and latest leads to it")
  func versions() async throws {
    let notebook = try Notebook(RecordingTests.manifest)
    try await notebook.run("first")
    let other = RecordingTests.manifest.replacing("rate: 0.1", with: "rate: 0.2")
    try notebook.bench.write(manifest: other)
    try await notebook.run("second")
    #expect(
      try notebook.versions() == [
        "make.numbers:v1 latest", "train.model:v1 latest", "train.scores:v1",
        "train.scores:v2 latest",
      ])
    let makers = try notebook.read { history in
      let model = try #require(try history.version(of: "train.model", 1))
      return try history.makers(of: model.id).map(\.label)
    }
    #expect(makers == ["first/train", "second/train"])
    try notebook.bench.write(manifest: RecordingTests.manifest)
    try await notebook.run("third")
    #expect(try notebook.versions().contains("train.scores:v1 latest"))
  }

  @Test("Metrics, series, parameters and inputs are recorded, what is not finite as such")
  func metrics() async throws {
    let notebook = try Notebook(RecordingTests.manifest)
    try await notebook.run("first")
    try notebook.read { history in
      let run = try #require(try history.run(named: "first/train"))
      #expect(
        try history.metrics(ofRun: run.id).map { "\($0.name)=\(JSON.text($0.json))" } == [
          "loss=\"NaN\"", "scores.by.a=\"Infinity\"", "scores.rate=0.1",
        ])
      let points = try history.points(ofRun: run.id, named: "loss")
      #expect(points.map(\.step) == [1, 2])
      #expect(points.first?.number == 0.5)
      #expect(points.last?.number.isNaN == true)
      #expect(try history.parameters(of: run.id).map(\.name) == ["rate"])
      #expect(
        try history.inputs(of: run.id).map { "\($0.input) \($0.version.label)" } == [
          "numbers make.numbers:v1"
        ])
      #expect(
        try history.outputs(of: run.id).map(\.label) == [
          "train.model:v1", "train.scores:v1",
        ])
      #expect(run.key != nil && run.logDigest != nil && run.status == 0)
      #expect(try history.experiment(named: "first")?.tags == ["a"])
    }
  }

  @Test("A failed run is recorded with what it read, and what waited for it as skipped")
  func failed() async throws {
    let notebook = try Notebook(
      RecordingTests.manifest.replacing("cp ${{ inputs.numbers }}", with: "false"))
    let experiment = try await notebook.run("first")
    #expect(experiment?.outcome == .failed)
    try notebook.read { history in
      let run = try #require(try history.run(named: "first/train"))
      #expect(run.ending == .failed && run.status == 1 && !run.isRecorded)
      #expect(try history.inputs(of: run.id).map(\.version.label) == ["make.numbers:v1"])
      #expect(try history.points(ofRun: run.id, named: "loss").count == 2)
      #expect(try history.outputs(of: run.id).isEmpty)
    }
  }

  @Test("A run of the pipeline that was killed is shown as such, with what it had finished")
  func killed() async throws {
    let notebook = try Notebook(RecordingTests.manifest)
    try await notebook.run("first", isKilled: true)
    #expect(try notebook.read { try $0.experiment(named: "first")?.outcome } == .running)
    #expect(try notebook.newest() == ["make ran first", "train ran first"])
    try await notebook.run("second", isWanted: true)
    #expect(try notebook.read { try $0.experiment(named: "first")?.outcome } == .killed)
  }

  @Test("What could not be written down the next run takes in, and the one after has nothing to do")
  func unwritten() async throws {
    let notebook = try Notebook(RecordingTests.manifest)
    let open = Path(".pipeline/open")
    try bench(notebook).makeDirectories(".pipeline")
    try notebook.execute(
      "CREATE TRIGGER full BEFORE INSERT ON step BEGIN SELECT RAISE(ABORT, 'no room'); END")
    let first = try await notebook.recordedRun()
    #expect(first.record.steps.map(\.outcome.ending) == [.ran, .ran])
    #expect(first.fault is HistoryFault)
    #expect(first.experiment?.outcome == .succeeded, "it was not killed")
    #expect(try notebook.versions() == [])
    #expect(try bench(notebook).exists(open))
    try notebook.execute("DROP TRIGGER full")
    let second = try await notebook.recordedRun()
    #expect(second.record.steps.map(\.outcome.ending) == [.kept, .kept])
    #expect(second.fault == nil)
    #expect(
      try notebook.versions() == [
        "make.numbers:v1 latest", "train.model:v1 latest", "train.scores:v1 latest",
      ])
    #expect(try !bench(notebook).exists(open))
    #expect(try await notebook.recordedRun().experiment == nil)
  }

  @Test("A run that did not come to its end leaves to the next what the last one had left")
  func stillLeft() async throws {
    let notebook = try Notebook(RecordingTests.manifest)
    #expect(try await notebook.recordedRun().fault == nil)
    // As it is where a run is killed before it has written down anything.
    try bench(notebook).remove(".pipeline/history.db")
    try bench(notebook).replace(".pipeline/open", with: [])
    do {
      let access = try await notebook.bench.access(.running(waits: false))
      try notebook.bench.machine(access, notebook.bench.plan()).close()
    }
    #expect(try bench(notebook).exists(".pipeline/open"))
    let next = try await notebook.recordedRun()
    #expect(next.record.steps.map(\.outcome.ending) == [.kept, .kept])
    #expect(try notebook.versions().count == 3)
    #expect(try !bench(notebook).exists(".pipeline/open"))
  }

  @Test("After a fault of the machine the next run looks for what it has left")
  func machineFault() async throws {
    let notebook = try Notebook(
      "steps: { a: { run: 'echo 1 > out; rm -r .pipeline/logs/*; echo end', outputs: [out] } }")
    let ended = try await notebook.recordedRun()
    #expect(ended.record.hasMachineFailure)
    #expect(try bench(notebook).exists(".pipeline/open"))
  }

  private func bench(_ notebook: Notebook) -> Directory { notebook.bench.directory }

  @Test("What cannot be read of the registry keeps no experiment from its end")
  func unreadableRegistry() async throws {
    let notebook = try Notebook(
      RecordingTests.manifest + "\nregistry: loop\nmodels: { guesser: { from: train.model } }\n")
    try notebook.bench.directory.makeLink("loop", to: Array("loop".utf8))
    let error = await #expect(throws: SystemError.self) { try await notebook.run("first") }
    #expect(error?.subject == "loop")
    // SQLite takes it away when the last who has it open closes it.
    #expect(try !notebook.bench.directory.exists(".pipeline/history.db-wal"))
    #expect(try notebook.read { try $0.experiment(named: "first")?.outcome } == .succeeded)
    // Once it can be read, the versions get the numbers that they have not got.
    try notebook.bench.directory.remove("loop")
    try await notebook.run("second", isWanted: true)
    let model = try notebook.read { try $0.model(named: "guesser") }
    #expect(model?.versions.map(\.number) == [1])
  }

  @Test("A name that is taken is refused before anything executes")
  func taken() async throws {
    let notebook = try Notebook(RecordingTests.manifest)
    try await notebook.run("first")
    try notebook.bench.write(
      manifest: RecordingTests.manifest.replacing("rate: 0.1", with: "rate: 0.2"))
    await #expect(throws: HistoryFault.self) { try await notebook.run("first") }
    #expect(try notebook.read { try $0.runs().count } == 2)
  }

  @Test("A history that was lost hears of runs again from their results, by the same names")
  func lost() async throws {
    let notebook = try Notebook(RecordingTests.manifest)
    try await notebook.run("first")
    let before = try notebook.read { try $0.runs().map(\.globalID) }
    for suffix in ["", "-wal", "-shm"] {
      try notebook.bench.directory.remove(Path(".pipeline/history.db\(suffix)"))
    }
    try await notebook.run("second", isWanted: true)
    #expect(try notebook.newest() == ["make kept -", "train kept -"])
    try notebook.read { history in
      #expect(Set(try history.runs().map(\.globalID)) == Set(before))
      let run = try #require(try history.run(named: "train"))
      #expect(try history.metrics(ofRun: run.id).count == 3)
      #expect(try history.inputs(of: run.id).map(\.version.label) == ["make.numbers:v1"])
      #expect(try history.outputs(of: run.id).count == 2)
    }
  }
}
