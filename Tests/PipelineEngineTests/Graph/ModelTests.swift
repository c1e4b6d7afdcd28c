import PipelineEngine
import PipelineModel
import Testing

/// What `models:` and `registry:` are bound to.
@Suite("Models") struct ModelTests {
  static let steps = """
    project: models
    steps:
      train:
        run: train
        matrix: { seed: [2, 1] }
        outputs:
          model: { path: "Models/${{ matrix.seed }}.json", kind: model }
          scores: { path: "Scores/${{ matrix.seed }}.json", kind: metrics }
      evaluate:
        run: evaluate
        matrix: { seed: [1, 2] }
        inputs: { model: "train@seed=${{ matrix.seed }}.model" }
        outputs: { scores: { path: "Reports/${{ matrix.seed }}.json", kind: metrics } }
      compare:
        run: compare
        inputs: { models: train.model }
        outputs: { scores: { path: Reports/all.json, kind: metrics } }
      one: { run: one, inputs: ["train@seed=1.model"], manual: true }
      deploy: { run: deploy, inputs: { models: train.model }, manual: true }
      deploy-to:
        run: deploy-to
        manual: true
        matrix: { place: [east, west] }
        inputs: { model: Models/2.json }

    """

  static func bound(_ models: String) -> BoundText {
    BoundText(steps + models, assignments: [("best", "1")])
  }

  /// A model on one line: artifacts, what is better, what is required, what deploys.
  static func shown(_ model: Model, _ pipeline: Pipeline) -> String {
    let from = model.from.map { "\(pipeline.artifacts[$0].path)" }
    let better = model.better.map { "\($0.goal) \($0.metric) by \($0.by)" }
    let require = model.require.map { "\($0.metric) \($0.comparison.rawValue) \($0.number)" }
    let deploy = model.deploy.map { "\(pipeline.steps[$0].name)" }
    return ([model.name.text] + from + [better].compactMap { $0 } + require + deploy)
      .joined(separator: " | ")
  }

  static let cases: [(manifest: String, shown: [String])] = [
    ("models: {}", []),
    (
      "models: { b: { from: train.model }, a: { from: train@seed=1.model } }",
      ["b | Models/2.json | Models/1.json", "a | Models/1.json"]
    ),
    (
      "models: { m: { from: 'train@seed=${{ parameters.best }}.model' } }\nparameters: { best: 2 }",
      ["m | Models/1.json"]
    ),
    (
      "models: { m: { from: train.model, better: { metric: train.scores.f.all, goal: minimize }}}",
      ["m | Models/2.json | Models/1.json | minimize train.scores.f.all by 0.0"]
    ),
    (
      """
      models:
        m:
          from: train.model
          better: { metric: evaluate.scores.accuracy, goal: maximize, by: 1e-3 }
          require:
            - compare.scores.loss<=2
            - "  evaluate.scores.a b.x > y <   -1.5 "
            - evaluate.scores.accuracy>0
            - train.scores.accuracy   >= 0.90
      """,
      [
        "m | Models/2.json | Models/1.json | maximize evaluate.scores.accuracy by 0.001"
          + " | compare.scores.loss <= 2.0 | evaluate.scores.a b.x > y < -1.5"
          + " | evaluate.scores.accuracy > 0.0 | train.scores.accuracy >= 0.9"
      ]
    ),
    (
      "models: { m: { from: train.model, deploy: [deploy, deploy-to, one, deploy] } }",
      [
        "m | Models/2.json | Models/1.json | deploy | deploy-to@place=east"
          + " | deploy-to@place=west | one"
      ]
    ),
  ]

  @Test("A model is bound to artifacts and steps", arguments: cases.indices)
  func models(_ index: Int) throws {
    let (manifest, shown) = ModelTests.cases[index]
    let bound = ModelTests.bound(manifest)
    #expect(bound.transcript == "")
    let pipeline = try #require(bound.pipeline)
    #expect(pipeline.models.map { ModelTests.shown($0, pipeline) } == shown)
  }

  @Test("What decides is named once, what is better first")
  func metrics() throws {
    let bound = ModelTests.bound(
      """
      models:
        m:
          from: train.model
          better: { metric: train.scores.b, goal: maximize }
          require: [train.scores.c > 0, train.scores.b > 0, train.scores.c < 1]
      """)
    let name = try #require(Name("m"))
    let model = try #require(bound.pipeline?.model(named: name))
    #expect(model.metrics.map(\.description) == ["train.scores.b", "train.scores.c"])
  }

  @Test("Models and registry change no step, and so no key")
  func keys() throws {
    let models = """
      models: { m: { from: train.model, deploy: [deploy] } }
      registry: ./Models//registry.jsonl
      """
    let plain = try #require(ModelTests.bound("").pipeline)
    let pipeline = try #require(ModelTests.bound(models).pipeline)
    #expect(plain.registry == nil)
    #expect(pipeline.registry == "Models/registry.jsonl")
    #expect("\(pipeline.steps)" == "\(plain.steps)")
    #expect("\(pipeline.artifacts)" == "\(plain.artifacts)")
    #expect(pipeline.order == plain.order)
  }

  @Test(
    "What is wrong in a step is said once, not again of its models",
    arguments: [
      "{ m: { from: broken.model } }",
      "{ m: { from: train.model, better: { metric: broken.s.a, goal: maximize } } }",
      "{ m: { from: train.model, deploy: [broken] } }",
    ])
  func broken(_ models: String) {
    let bound = ModelTests.bound("  broken: { runs: x }\nmodels: \(models)")
    #expect(Set(bound.problems.map(\.code)) == ["unknown-key", "missing-key"])
  }

  @Test(
    "A registry lies where no step writes",
    arguments: [
      ("Models/1.json", "registry-in-output"), ("Models/1.json/x", "registry-in-output"),
      ("Models", "registry-in-output"), ("registry.jsonl", nil), (".", "bad-path"),
      ("/registry.jsonl", "bad-path"), ("a/../../b", "bad-path"), (".pipeline", "bad-path"),
      ("x/../.pipeline/r", "bad-path"), (".pipelines", nil), ("12", "unquoted-text"),
      ("[a]", "wrong-type"),
    ])
  func registry(_ path: String, _ code: String?) {
    let bound = ModelTests.bound("registry: \(path)")
    #expect(bound.problems.map(\.code) == [code].compactMap { $0 })
  }
}
