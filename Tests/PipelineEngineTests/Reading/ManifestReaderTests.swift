import Foundation
import PipelineEngine
import PipelineModel
import Testing

@Suite("Manifest reader") struct ManifestReaderTests {
  static func read(_ name: String) throws -> Manifest {
    let file = ManifestFixtureTests.folder.appending(path: "accepted/\(name).yaml")
    let syntax = try #require(YAMLReader.read([UInt8](try Data(contentsOf: file))).syntax)
    return ManifestReader.read(syntax).manifest
  }

  @Test("Every key arrives where it belongs")
  func everyKey() throws {
    let manifest = try ManifestReaderTests.read("every-key")
    #expect(manifest.project == "every key once")
    #expect(manifest.parameterFiles.map(\.content) == ["params.yaml", "Settings/local.yaml"])
    #expect(
      manifest.parameters.map(\.name.content) == ["seeds", "learning-rate", "note", "nested"])
    #expect(manifest.parameters[1].syntax.value == .number("1.10"))
    #expect(manifest.parameters[2].syntax.value == .text("no"))
    #expect(manifest.ignore.map(\.content) == ["*.tmp", "scratch"])
    #expect(manifest.outside.map(\.content) == ["/mnt/large"])
    #expect(
      manifest.steps.map(\.name.content.text) == [
        "script", "first", "second", "measure", "deploy", "kept",
      ])
    let step = manifest.steps[0]
    #expect(step.description == "Several lines\nof text.\n")
    #expect(step.role == "training")
    #expect(step.inputs.map { $0.name?.content.text } == ["table", "images"])
    #expect(step.outputs.map(\.isStored) == [true, false])
    #expect(step.outputs.map(\.isPersistent) == [true, false])
    #expect(step.outputs[0].kind == .model)
    #expect(step.sources.map(\.content.source) == ["Scripts", "Lib/${{ matrix.seed }}"])
    #expect(step.parameters.map(\.content.description) == ["nested.deeper"])
    #expect(step.after.map(\.content.bindings.count) == [0, 1])
    #expect(step.environment.variables.map(\.name.content) == ["MODE", "WHERE"])
    #expect(step.environment.pass.map(\.content) == ["HF_HOME"])
    #expect(step.environment.secrets.map(\.content) == ["TOKEN"])
    #expect(step.environment.tools.map(\.content) == ["python3", "git"])
    #expect(step.resources.cpus == 4)
    #expect(step.resources.memoryBytes == 1_610_612_736)
    #expect(
      step.resources.pools.map { "\($0.name.content)=\($0.count)" } == ["gpus=1", "licences=2"])
    #expect(step.timeout == .seconds(5400))
    #expect(step.retry.times == 2 && step.retry.on == [1, 137])
    #expect(step.directory?.content.source == "Work/here")
    #expect(step.traits == [.manual, .effects, .allowFailure])
    #expect(!step.isPlatformBound)
    guard case .script(let script) = step.work else { Issue.record("another kind"); return }
    #expect(script.script.shell == .bash)
  }

  @Test("Matrix, commands and components arrive as written")
  func works() throws {
    let manifest = try ManifestReaderTests.read("every-key")
    guard case .parameter(let name) = manifest.steps[0].matrix?.dimensions.first?.values.content
    else { Issue.record("another kind"); return }
    #expect(name.description == "seeds")
    let second = try #require(manifest.steps[2].matrix)
    #expect(second.dimensions.map(\.name.content.text) == ["seed", "size"])
    #expect(second.exclude.count == 1)
    guard case .command(let words) = manifest.steps[1].work else {
      Issue.record("another kind"); return
    }
    #expect(words.map(\.content.source) == ["cp", "--", "${{ inputs.from }}", "${{ outputs.to }}"])
    let penguins = try ManifestReaderTests.read("penguins")
    guard case .swift(let product, let arguments) = penguins.steps[0].work else {
      Issue.record("another kind"); return
    }
    #expect(product.content == "Fetch")
    #expect(arguments.count == 4)
  }

  @Test("A manifest of nothing but mistakes is read in moments", .timeLimit(.minutes(1)))
  func manyMistakes() {
    let keys = (0..<20_000).map { "  s\($0): { run: x, k\($0): ${ }" }.joined(separator: "\n")
    let steps = (0..<20_000).map { "  s\($0): { run: \"${{ x }} ${{ inputs.a }}\", k: 1 }" }
    for text in [keys, "project: p\nsteps:\n" + steps.joined(separator: "\n")] {
      _ = ManifestFixtureTests.transcript(Array(text.utf8))
    }
  }
}
