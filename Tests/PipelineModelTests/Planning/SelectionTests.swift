import Testing

@testable import PipelineModel

@Suite("Selection") struct SelectionTests {
  /// raw → clean → train → report; check beside; publish by hand only; old is frozen.
  static let pipeline = Sketch(
    [
      "raw", "clean: raw", "check: clean", "train: clean | check", "old: raw", "report: train old",
      "publish: report", "announce: publish",
    ], traits: ["publish": [.manual], "old": [.frozen]]
  ).pipeline

  struct Case: Sendable {
    var names: [String] = []
    var only = false
    var downstream = false
    var force = false
    var steps: String
    var forced = ""
  }

  static let cases = [
    Case(steps: "raw clean check train old report announce"),
    Case(names: ["clean"], steps: "raw clean"),
    Case(names: ["train"], steps: "raw clean check train"),
    Case(names: ["clean", "old"], steps: "raw clean old"),
    Case(names: ["publish"], steps: "raw clean check train old report publish"),
    Case(names: ["announce"], steps: "announce"),
    Case(
      names: ["announce", "publish"], steps: "raw clean check train old report publish announce"),
    Case(names: ["train"], only: true, steps: "train"),
    Case(names: ["train", "raw"], only: true, steps: "raw train"),
    Case(only: true, steps: "raw clean check train old report announce"),
    Case(names: ["check"], downstream: true, steps: "raw clean check train old report"),
    Case(names: ["check"], only: true, downstream: true, steps: "check train report"),
    Case(names: ["report"], downstream: true, steps: "raw clean check train old report"),
    Case(
      names: ["publish"], downstream: true,
      steps: "raw clean check train old report publish announce"),
    Case(names: ["train"], force: true, steps: "raw clean check train", forced: "train"),
    Case(names: ["train", "train"], force: true, steps: "raw clean check train", forced: "train"),
    Case(
      names: ["clean"], downstream: true, force: true, steps: "raw clean check train old report",
      forced: "clean"),
    Case(
      force: true, steps: "raw clean check train old report announce",
      forced: "raw clean check train report announce"),
  ]

  @Test("Which steps are meant, in the order of execution", arguments: cases)
  func selected(_ c: Case) throws {
    let selection = Selection(
      names: c.names, isOnly: c.only, isDownstream: c.downstream, isForced: c.force)
    let (plan, problems) = Plan.make(selection, of: SelectionTests.pipeline)
    #expect(problems.isEmpty)
    let made = try #require(plan)
    let all = SelectionTests.pipeline.steps
    #expect(made.steps.map { all[$0].name.description }.joined(separator: " ") == c.steps)
    #expect(
      made.forced.sorted().map { all[$0].name.description }.joined(separator: " ") == c.forced)
    #expect(all.ids.filter(made.contains) == made.steps.sorted())
  }

  @Test("What cannot be meant is refused, all of it")
  func refused() {
    func problems(_ selection: Selection) -> [String] {
      let (plan, problems) = Plan.make(selection, of: SelectionTests.pipeline)
      #expect((plan == nil) == !problems.isEmpty)
      return problems.map { "\($0.code): \($0.hint ?? "")" }
    }
    #expect(
      problems(Selection(names: ["trian", "clean", "zzzzzz"])) == [
        "unknown-step: write 'train'", "unknown-step: 'pipewright graph' shows all steps",
      ])
    #expect(problems(Selection(names: ["train@seed=1"])).count == 1)
    #expect(
      problems(Selection(names: ["old"], isForced: true)) == [
        "frozen-forced: remove 'frozen: true' to execute it"
      ])
    #expect(problems(Selection(names: ["old"])).isEmpty)
  }

  struct Given: Sendable {
    var names: [String] = []
    var downstream = false
    var artifacts: [String]
    var steps = ""
    var problems = ""
  }

  static let given = [
    Given(names: ["train"], artifacts: ["clean"], steps: "check train"),
    Given(names: ["report"], artifacts: ["train"], steps: "raw old report"),
    Given(names: ["report"], artifacts: ["train", "old"], steps: "report"),
    Given(artifacts: ["train"], steps: "raw clean check old report announce"),
    Given(artifacts: ["check"], steps: "raw clean train old report announce"),
    Given(names: ["clean"], artifacts: ["train"], steps: "raw clean"),
    Given(names: ["train", "report"], artifacts: ["train"], problems: "train"),
    Given(
      names: ["raw"], downstream: true, artifacts: ["train"],
      steps: "raw clean check old report"),
  ]

  @Test("What makes a given artifact is not followed, and never executes", arguments: given)
  func replaced(_ c: Given) {
    let pipeline = SelectionTests.pipeline
    let replaced = pipeline.artifacts.ids.filter { id in
      c.artifacts.contains(pipeline.steps[pipeline.artifacts[id].writer].name.description)
    }
    #expect(replaced.count == c.artifacts.count)
    let (plan, problems) = Plan.make(
      Selection(names: c.names, isDownstream: c.downstream), of: pipeline,
      replacing: Set(replaced))
    let steps = plan?.steps.map { pipeline.steps[$0].name.description } ?? []
    #expect(steps.joined(separator: " ") == c.steps)
    #expect(problems.map(\.code) == (c.problems.isEmpty ? [] : ["replaced-output"]))
    #expect(problems.allSatisfy { $0.fact.contains("'\(c.problems)'") })
  }

  @Test("Order keeps to the manifest where nothing else decides")
  func order() {
    let pipeline = Sketch(["z: a", "y", "a: y | x", "x", "b"]).pipeline
    #expect(
      pipeline.order.map { pipeline.steps[$0].name.description } == ["y", "x", "a", "z", "b"])
  }
}
