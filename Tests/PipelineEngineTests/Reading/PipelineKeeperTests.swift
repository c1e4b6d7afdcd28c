import PipelineModel
import Testing

@testable import PipelineEngine

@Suite("Pipelines that are kept") struct PipelineKeeperTests {
  private let scratch: StorageScratch

  init() throws {
    scratch = try StorageScratch()
    try scratch.write(
      "pipeline.yaml",
      """
      project: p
      parameters-from: [params.yaml]
      parameters: { rate: 1 }
      steps:
        a: { run: "cat x | wc > ${{ outputs.o }}", outputs: { o: "out/${{ parameters.rate }}" } }

      """)
    try scratch.write("params.yaml", "rate: 2\n")
    try scratch.directory.makeDirectories(".pipeline")
  }

  private func load(_ overrides: Overrides = Overrides(), tool: String? = "1") throws
    -> LoadedManifest
  {
    var loader = ManifestLoader(scratch.directory, "pipeline.yaml", tool: tool)
    return try loader.load(overrides)
  }

  /// Whether the manifest was parsed: what is kept has no keeper any more.
  private func isRead(_ overrides: Overrides = Overrides(), tool: String? = "1") throws -> Bool {
    let loaded = try load(overrides, tool: tool)
    loaded.keep()
    return loaded.keeper != nil
  }

  private func outputs(_ loaded: LoadedManifest) -> [String] {
    loaded.pipeline?.artifacts.rows.map(\.path.description) ?? []
  }

  @Test("A manifest that has not changed is read once")
  func unchanged() throws {
    let first = try load()
    #expect(try isRead())
    #expect(try !isRead())
    let second = try load()
    #expect(outputs(second) == ["out/2"])
    #expect(second.problems == first.problems)
    #expect(second.problems.map(\.code) == ["pipe-in-sh"])
    #expect(second.text == first.text)
    #expect(second.files.map(\.path) == ["pipeline.yaml", "params.yaml"])
    #expect(second.files.map(\.digest) == first.files.map(\.digest))
    #expect(second.parameters == first.parameters)
  }

  @Test("Whatever it was bound from, a change has it read again")
  func changed() throws {
    let given = Overrides(assignments: ["rate=3"])
    #expect(try isRead())
    #expect(try isRead(given))
    #expect(try !isRead())
    #expect(try !isRead(given))
    #expect(outputs(try load(given)) == ["out/3"])
    #expect(try isRead(Overrides(assignments: ["rate=4"])))
    #expect(try !isRead())
    try scratch.write("params.yaml", "rate: 5\n")
    #expect(outputs(try load()) == ["out/5"])
    #expect(try isRead())
    try scratch.write("pipeline.yaml", try scratch.text("pipeline.yaml") + "# more\n")
    #expect(try isRead())
    #expect(try isRead(tool: "2"))
    #expect(try isRead(tool: "1"))
    try scratch.directory.remove("params.yaml")
    #expect(try load().problems.map(\.code).contains("missing-parameters"))
    #expect(try isRead())
  }

  @Test("What is damaged, unknown or refused is not taken")
  func damaged() throws {
    #expect(try isRead())
    var bytes = try scratch.directory.read(".pipeline/bound")
    bytes[bytes.count / 2] ^= 1
    try scratch.write(".pipeline/bound", bytes)
    #expect(outputs(try load()) == ["out/2"])
    #expect(try isRead())
    #expect(try !isRead())
    #expect(try load(tool: nil).parameterPlaces.count == 2)
    try scratch.write("pipeline.yaml", "project: p\nsteps: {}\n")
    #expect(try isRead())
    #expect(try isRead(), "a manifest with an error is read each time")
  }

  @Test("Where nothing has run, nothing is kept")
  func traceless() throws {
    try scratch.directory.remove(".pipeline")
    #expect(try isRead())
    #expect(try isRead())
    #expect(try !scratch.directory.exists(".pipeline"))
  }
}
