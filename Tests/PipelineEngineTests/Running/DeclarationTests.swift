import PipelineModel
import Testing

@testable import PipelineEngine

@Suite("Declarations from one manifest to the next") struct DeclarationTests {
  static let manifest = """
    project: files
    ignore: ["*.tmp"]
    parameters: { rate: 1, place: Data }
    steps:
      clean:
        run: clean ${{ inputs.raw }}
        inputs: { raw: Data/raw, more: Data/more, list: "Data/*.csv" }
        outputs: { o: Out/clean }
      train:
        run: [train, --rate, "${{ parameters.rate }}"]
        sources: [Code/lib]
        inputs: [clean.o, Models/old]
        outputs: { o: { path: Models/m, kind: model } }
      show:
        run: show
        matrix: { size: [1, 2] }
        inputs: { one: train.o, all: "${{ parameters.place }}/all" }
        environment: { variables: { MODE: fast } }
        after: [clean]
        outputs: { o: "Out/show-${{ matrix.size }}" }
      gather:
        run: gather
        inputs: [show.o]

    """

  struct Case: Sendable, CustomTestStringConvertible {
    let old: String
    let new: String
    /// Those that have to be decided anew, in the order of the manifest.
    let changed: [String]

    init(_ old: String, _ new: String, _ changed: String...) {
      (self.old, self.new, self.changed) = (old, new, changed)
    }

    var testDescription: String { "\(old) → \(new)" }
  }

  static let cases = [
    // Where it stands, and what no verdict asks for.
    Case("run: show", "run:   show  "),
    Case("project: files", "# A word.\nproject: others"),
    Case("run: show", "description: What came of it.\n    run: show"),
    Case("run: show", "run: show\n    timeout: 5s\n    resources: { cpus: 2 }"),
    Case("steps:\n", "steps:\n  new:\n    run: new\n    outputs: [Out/new]\n"),
    // What is done.
    Case("run: show", "run: show it", "show@size=1", "show@size=2"),
    Case("clean ${{ inputs.raw }}", "clean ${{ inputs.more }}", "clean"),
    Case("--rate, ", "--rate , "),
    Case("--rate, ", "--Rate, ", "train"),
    Case("MODE: fast", "MODE: slow", "show@size=1", "show@size=2"),
    Case("rate: 1", "rate: 2", "train"),
    Case("rate: 1", "rate: 1.0", "train"),
    Case("size: [1, 2]", "size: [1, 3]", "show@size=3", "gather"),
    Case("size: [1, 2]", "size: [2, 1]", "gather"),
    Case("run: show", "run: show\n    directory: Out", "show@size=1", "show@size=2"),
    // What is read.
    Case("raw: Data/raw, more: Data/more", "raw: Data/more, more: Data/raw", "clean"),
    Case("place: Data", "place: Other", "show@size=1", "show@size=2"),
    Case("list: \"Data/*.csv\"", "list: \"Data/*.tsv\"", "clean"),
    Case("[clean.o, Models/old]", "[Models/old, clean.o]"),
    Case("sources: [Code/lib]", "sources: [Code/lib, Code/more]", "train"),
    // What is written, by whom.
    Case("{ o: Out/clean }", "{ o: Out/cleaned }", "clean", "train"),
    Case("{ o: Out/clean }", "{ o: { path: Out/clean, persist: true } }", "clean"),
    Case("kind: model", "kind: data", "train"),
    Case("steps:\n", "steps:\n  new:\n    run: new\n    outputs: [Models/old]\n", "train"),
    Case("steps:\n", "steps:\n  new:\n    run: new\n    outputs: [Code/lib/x]\n", "train"),
    Case("steps:\n", "steps:\n  new:\n    run: new\n    outputs: [Data/x.csv]\n", "clean"),
    // When, and how.
    Case("after: [clean]", "after: [train]", "show@size=1", "show@size=2"),
    Case("run: show", "run: show\n    always: true", "show@size=1", "show@size=2"),
    Case("run: show", "run: show\n    platform: any", "show@size=1", "show@size=2"),
    Case("fast } }", "fast }, tools: [sh] }", "show@size=1", "show@size=2"),
  ]

  @Test("What is declared alike decides alike; all else is told apart", arguments: cases)
  func changes(_ c: Case) throws {
    #expect(Self.manifest.contains(c.old))
    let before = try Self.declarations(Self.manifest)
    let after = try Self.declarations(
      Self.manifest.replacing(c.old, with: c.new, maxReplacements: 1))
    let changed = after.filter { name, digest in
      !name.hasPrefix("new") && before.first { $0.name == name }?.digest != digest
    }
    #expect(changed.map(\.name) == c.changed)
  }

  @Test("What all steps share is told apart, too")
  func common() throws {
    func digest(_ text: String) throws -> Digest {
      try #require(BoundText(text).pipeline).commonDeclaration
    }
    let before = try digest(Self.manifest)
    #expect(try digest(Self.manifest.replacing("run: show", with: "run: shown")) == before)
    #expect(try digest(Self.manifest.replacing("*.tmp", with: "*.bak")) != before)
    #expect(try digest("outside: [/mnt/data]\n" + Self.manifest) != before)
  }

  private static func declarations(_ text: String) throws -> [(name: String, digest: Digest)] {
    let bound = BoundText(text)
    let pipeline = try #require(bound.pipeline, "\(bound.problems.map(\.fact))")
    return pipeline.steps.ids.map { ("\(pipeline.steps[$0].name)", pipeline.declaration(of: $0)) }
  }
}
