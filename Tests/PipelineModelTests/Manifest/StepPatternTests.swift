import Testing

@testable import PipelineModel

@Suite("Step patterns") struct StepPatternTests {
  static func template(_ text: String) -> Template {
    TemplateReader(text, at: Span(line: 1, column: 1)).template
  }

  static func shown(_ pattern: StepPattern) -> String {
    let bindings = pattern.bindings.map { "\($0.dimension)=\($0.value.source)" }
    return ([pattern.base.text] + bindings).joined(separator: " ")
  }

  static let patterns: [(text: String, shown: String?)] = [
    ("train", "train"), ("train@seed=1", "train seed=1"),
    ("train@seed=1,rate=0.1", "train seed=1 rate=0.1"),
    ("train@seed=${{ matrix.seed }}", "train seed=${{ matrix.seed }}"),
    ("train@a=x-${{ matrix.b }}-y,c=2", "train a=x-${{ matrix.b }}-y c=2"),
    ("train@path=a%2Fb=c", "train path=a%2Fb=c"),
    ("", nil), ("2", nil), ("a b", nil), ("train@", nil), ("train@seed", nil), ("train@seed=", nil),
    ("train@seed=1,", nil), ("train@seed=1,seed=2", nil), ("${{ matrix.a }}", nil),
    ("train${{ matrix.a }}", nil), ("train@${{ matrix.a }}=1", nil), ("a.b", nil),
  ]

  @Test("A pattern is a step with bindings", arguments: patterns.indices)
  func pattern(_ index: Int) {
    let (text, shown) = StepPatternTests.patterns[index]
    let pattern = StepPattern.read(StepPatternTests.template(text))
    #expect(pattern.map(StepPatternTests.shown) == shown)
  }

  static let artifacts: [(text: String, shown: String?)] = [
    ("train.model", "train | model"), ("train@seed=1.model", "train seed=1 | model"),
    ("train@rate=0.1.model", "train rate=0.1 | model"),
    ("train@seed=${{ matrix.seed }}.model", "train seed=${{ matrix.seed }} | model"),
    ("data.csv", "data | csv"), ("train", nil), ("./a.b", nil), ("Data/a.b", nil),
    ("file:a.b", nil),
    ("https://x.y/z.w", nil), ("a.b.c", nil), (".a", nil), ("a.", nil), ("a.${{ matrix.b }}", nil),
  ]

  @Test("An artifact follows a pattern and a dot", arguments: artifacts.indices)
  func artifact(_ index: Int) {
    let (text, shown) = StepPatternTests.artifacts[index]
    let found = StepPattern.readArtifact(StepPatternTests.template(text))
    #expect(found.map { "\(StepPatternTests.shown($0.pattern)) | \($0.artifact)" } == shown)
  }
}
