import PipelineEngine
import PipelineModel

/// Bound pipelines as they are kept from one use of the tool to the next.
enum BoundFile {
  private static let question = Digest(of: "question")
  private static let texts = [
    ReadText(name: "pipeline.yaml", file: "pipeline.yaml", digest: Digest(of: "text")),
    ReadText(name: "-P", argument: "a=1"),
  ]
  private static let digest = 8..<40

  private static func bytes(of bound: BoundPipeline) -> [UInt8] {
    Array(BoundPipelineFile.pieces(of: bound, from: texts, question: question).joined())
  }

  private static func read(_ bytes: [UInt8]) -> BoundPipeline? {
    bytes.withUnsafeBytes { bytes in
      BoundPipelineFile.read(bytes, question: question) { _ in true }
    }
  }

  /// What is kept is what is found, and is written the same again.
  static func checkRoundTrip(_ bound: BoundPipeline) throws {
    let bytes = bytes(of: bound)
    guard let found = read(bytes) else {
      throw Broken(description: "a bound pipeline cannot be read back")
    }
    try promise(self.bytes(of: found) == bytes, "a bound pipeline is another when it is written")
    try promise(shown(found) == shown(bound), "a bound pipeline is another when it is read")
  }

  /// All that can be compared, as text.
  private static func shown(_ bound: BoundPipeline) -> String {
    let pipeline = bound.pipeline
    let steps = pipeline.steps.rows.map { step in
      var plain = step
      plain.traits = []
      return "\(plain) \(step.traits.map(\.rawValue).sorted())"
    }
    return "\(steps) \(pipeline.artifacts) \(pipeline.order) \(pipeline.models) "
      + "\(bound.parameters) \(bound.problems)"
  }

  /// Whatever is read can be planned, drawn and wired: every handle leads to something.
  static func attempt(_ bytes: [UInt8]) throws {
    guard let bound = read(bytes) else { return }
    let pipeline = bound.pipeline
    _ = Plan.make(Selection(), of: pipeline)
    for step in pipeline.steps.rows {
      for id in step.outputs + step.inputs.flatMap(\.source.artifacts) {
        _ = pipeline.artifacts[id]
      }
      for id in step.needs + step.after { _ = pipeline.steps[id] }
      _ = Wiring(step, in: pipeline, matches: { [$0.base] }).variables
      _ = step.timeout.map { $0.components }
    }
    _ = GraphReport(pipeline).svg
    for problem in bound.problems { _ = problem.text(in: Sources()) }
  }

  /// With a digest that is right.
  static func sealed(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count > digest.upperBound else { return bytes }
    var bytes = bytes
    let sealed = SHA256.digest(Array(bytes[digest.upperBound...]))
    bytes.replaceSubrange(digest, with: sealed.bytes)
    return bytes
  }

  /// Of a pipeline with something of everything.
  static func written() -> [[UInt8]] {
    let (syntax, _) = YAMLReader.read(Array(everything.utf8))
    guard let syntax else { return [] }
    let (manifest, problems) = ManifestReader.read(syntax)
    let parameters = Parameters(
      .map(manifest.parameters.map { (key: $0.name.content, value: $0.syntax.value) }))
    let (pipeline, _) = Binder.bind(manifest, parameters)
    return [
      bytes(of: BoundPipeline(pipeline: pipeline, parameters: parameters, problems: problems))
    ]
  }

  private static let everything = """
    project: p
    ignore: ["*.tmp"]
    parameters: { rate: 0.10, deep: { list: [1, null, true, { a: "x" }] } }
    steps:
      clean:
        run: cat ${{ inputs.raw }} "x${{ parameters.rate }}" | tee a.sh
        inputs: { raw: Data/raw.csv, many: "Data/*.txt" }
        outputs: { o: { path: "Out/${{ matrix.n }}/o", kind: metrics, persist: true } }
        matrix: { n: [1, "b c"] }
        environment: { variables: { A: "${{ matrix.n }}" }, pass: [B], secrets: [C], tools: [cat] }
        resources: { cpus: 2, memory: 1GB, gpus: 1 }
        timeout: 1h30m
        retry: { times: 2, on: [137] }
      last:
        component: swift:Last
        arguments: ["${{ inputs.all }}", plain]
        inputs: { all: clean.o, one: "clean@n=1.o" }
        outputs: { p: Out/p, s: { path: Out/s, kind: metrics } }
        after: [clean]
    models:
      m:
        from: last.p
        better: { metric: last.s.accuracy, goal: minimize, by: 0.5 }
        require: ["last.s.loss <= 0.25"]
    """
}
