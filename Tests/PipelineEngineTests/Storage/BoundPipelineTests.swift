import Foundation
import PipelineModel
import Seeds
import Testing

@testable import PipelineEngine

@Suite("Bound pipelines in a file") struct BoundPipelineTests {
  private static let question = Digest(of: "question")
  private static let texts = [
    ReadText(name: "pipeline.yaml", file: "pipeline.yaml", digest: Digest(of: "text")),
    ReadText(name: "-P", argument: "größe=1"),
  ]

  private static func bytes(of bound: BoundPipeline) -> [UInt8] {
    Array(BoundPipelineFile.pieces(of: bound, from: texts, question: question).joined())
  }

  private static func read(_ bytes: [UInt8], question: Digest = question) -> BoundPipeline? {
    bytes.withUnsafeBytes {
      BoundPipelineFile.read($0, question: question) { $0 == texts }
    }
  }

  /// All of it as text; a set has no order to compare.
  private static func shown(_ bound: BoundPipeline) -> String {
    let pipeline = bound.pipeline
    let steps = pipeline.steps.rows.map { step in
      var plain = step
      plain.traits = []
      return "\(plain) \(step.traits.map(\.rawValue).sorted())"
    }
    let rest =
      "\(pipeline.project) \(pipeline.artifacts) \(pipeline.order) \(pipeline.readers)"
      + " \(pipeline.waiters) \(pipeline.ignore) \(pipeline.outside) \(pipeline.models)"
      + " \(String(describing: pipeline.registry)) \(bound.parameters) \(bound.problems)"
    return (steps + [rest]).joined(separator: "\n")
  }

  /// - Returns: nil where the manifest is refused.
  private static func bound(_ text: String) -> BoundPipeline? {
    let bound = BoundText(text)
    return bound.pipeline.map {
      BoundPipeline(
        pipeline: $0, parameters: Parameters(.map([("größe", .number("1.10"))])),
        problems: bound.problems)
    }
  }

  private static func expectRoundTrip(_ bound: BoundPipeline) throws {
    let bytes = Self.bytes(of: bound)
    let found = try #require(Self.read(bytes))
    #expect(shown(found) == shown(bound))
    #expect(Self.bytes(of: found) == bytes)
  }

  static let manifests: [URL] =
    GraphFixtureTests.files(in: "Fixtures/manifests/accepted", "yaml")
    + ["Fixtures/ETL", "Fixtures/Penguins"].flatMap { GraphFixtureTests.files(in: $0, "yaml") }

  @Test("What is written is read", arguments: manifests)
  func fixtures(_ file: URL) throws {
    guard let bound = Self.bound(try String(contentsOf: file, encoding: .utf8)) else { return }
    try Self.expectRoundTrip(bound)
  }

  @Test("So is what nobody thought of", arguments: 1...60)
  func seeds(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let bound = try #require(Self.bound(RandomPipeline(&random).text))
    try Self.expectRoundTrip(bound)
  }

  /// Something of everything that a pipeline can have.
  private static let everything = """
    project: "größe"
    registry: Models/registry.jsonl
    ignore: ["*.tmp", a/b]
    outside: [/large, ../elsewhere]
    parameters: { rate: 0.10, deep: { list: [1, null, true, { a: "x" }], text: "no" } }
    steps:
      fetch:
        component: swift:Fetch
        arguments: [--from, "${{ inputs.data }}", "a${{ parameters.rate }}b${{ step.name }}"]
        inputs: { data: "file:Data//raw.csv" }
        outputs: { raw: Data/raw.out }
      clean:
        run: cat ${{ inputs.raw }} "x${{ inputs.raw }}" 'y${{ parameters.deep.text }}' | tee a.sh
        role: cleaning
        description: cleans
        sources: [Scripts]
        inputs: { raw: fetch.raw, many: "Data/*.txt" }
        outputs: { o: { path: "Out/${{ matrix.n }}/o", kind: metrics, persist: true } }
        matrix: { n: [1, "b c"] }
        environment: { variables: { A: "${{ matrix.n }}" }, pass: [B], secrets: [C], tools: [cat] }
        resources: { cpus: 2, memory: 1GB, gpus: 1 }
        directory: Scripts
        timeout: 1h30m
        retry: { times: 2, on: [137] }
        allow-failure: true
        effects: true
      last:
        run: [cat, "${{ inputs.all }}", plain]
        inputs: { all: clean.o, one: "clean@n=1.o" }
        outputs:
          p: Out/p
          s: { path: Out/s, kind: metrics }
          r: { path: Out/r, kind: plot, x: a, y: b, store: false }
        after: [fetch]
        platform: any
      list: { run: [./a.sh], inputs: [Data, Out/p], outputs: [Out/q] }
      deploy: { run: "true", manual: true, inputs: { p: last.p } }
    models:
      m:
        from: last.p
        better: { metric: last.s.accuracy, goal: minimize, by: 0.5 }
        require: ["last.s.loss <= 0.25"]
        deploy: [deploy]
    """

  @Test("Everything that a pipeline can have is written and read")
  func complete() throws {
    let bound = BoundText(Self.everything)
    #expect(bound.problems.allSatisfy { $0.severity == .warning }, "\(bound.transcript)")
    try Self.expectRoundTrip(try #require(Self.bound(Self.everything)))
  }

  @Test("Cut at any length, or with any bit flipped, it is not read")
  func damaged() throws {
    let bytes = Self.bytes(of: try #require(Self.bound(Self.everything)))
    for length in bytes.indices { #expect(Self.read(Array(bytes[..<length])) == nil) }
    #expect(Self.read(bytes + [0]) == nil)
    for position in bytes.indices {
      var damaged = bytes
      damaged[position] ^= 1 << UInt8(position % 8)
      #expect(Self.read(damaged) == nil)
    }
  }

  @Test("Numbers that lie do no harm, even under a right digest")
  func lyingNumbers() throws {
    let bytes = Self.bytes(of: try #require(Self.bound(Self.everything)))
    for position in 72..<bytes.count {
      for value: UInt8 in [1, 0xFF] where bytes[position] != value {
        var lying = bytes
        lying[position] = value
        lying.replaceSubrange(8..<40, with: SHA256.digest(Array(lying[40...])).bytes)
        guard let read = Self.read(lying) else { continue }
        _ = Plan.make(Selection(), of: read.pipeline)
        for step in read.pipeline.steps.rows {
          for id in step.outputs + step.inputs.flatMap(\.source.artifacts) {
            _ = read.pipeline.artifacts[id]
          }
        }
      }
    }
  }

  @Test("To another question there is no answer")
  func question() throws {
    let bytes = Self.bytes(of: try #require(Self.bound(Self.everything)))
    #expect(Self.read(bytes) != nil)
    #expect(Self.read(bytes, question: Digest(of: "another")) == nil)
    let isOutdated = bytes.withUnsafeBytes { bytes in
      BoundPipelineFile.read(bytes, question: Self.question) { _ in false } == nil
    }
    #expect(isOutdated)
  }
}
