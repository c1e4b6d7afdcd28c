import PipelineModel
import Testing

@testable import PipelineEngine

/// What a component that logs to MLflow or W&B finds.
@Suite("Tracking variables") struct TrackingVariablesTests {
  struct Case: Sendable {
    let what: String
    var outer: [String: String] = [:]
    /// Of the step.
    var environment = "{}"
    var isLoggedIn = false
    let expected: [String: String?]
  }

  static let cases = [
    Case(
      what: "Names of project, experiment, role and step",
      expected: [
        "WANDB_PROJECT": "penguins", "WANDB_RUN_GROUP": "sunny-1", "WANDB_JOB_TYPE": "training",
        "WANDB_NAME": "sunny-1/train@seed=1", "WANDB_MODE": "offline", "WANDB_DIR": "/w/.pipeline",
        "MLFLOW_EXPERIMENT_NAME": "penguins", "MLFLOW_TRACKING_URI": nil,
        "MLFLOW_RUN_CONTEXT":
          #"{"mlflow.runName":"sunny-1/train@seed=1","pipewright.group":"sunny-1","#
          + #""pipewright.step":"train@seed=1","pipewright.role":"training"}"#,
      ]),
    Case(
      what: "What the user set is handed on and wins",
      outer: [
        "MLFLOW_TRACKING_URI": "http://h:5000", "MLFLOW_EXPERIMENT_NAME": "mine",
        "WANDB_PROJECT": "other", "WANDB_ENTITY": "team", "WANDB_MODE": "disabled",
        "WANDB_BASE_URL": "https://w", "WANDB_DIR": "/elsewhere",
      ],
      expected: [
        "MLFLOW_TRACKING_URI": "http://h:5000", "MLFLOW_EXPERIMENT_NAME": "mine",
        "WANDB_PROJECT": "other", "WANDB_ENTITY": "team", "WANDB_MODE": "disabled",
        "WANDB_BASE_URL": "https://w", "WANDB_DIR": "/elsewhere",
      ]),
    Case(
      what: "One run's name or id, meant for one run, is not every step's",
      outer: [
        "WANDB_NAME": "mine", "WANDB_RUN_ID": "id", "WANDB_JOB_TYPE": "sweep",
        "MLFLOW_RUN_ID": "id",
      ],
      expected: [
        "WANDB_NAME": "sunny-1/train@seed=1", "WANDB_RUN_ID": nil, "WANDB_JOB_TYPE": "training",
        "MLFLOW_RUN_ID": nil,
      ]),
    Case(
      what: "An id of an experiment stands without a name",
      outer: ["MLFLOW_EXPERIMENT_ID": "7"],
      expected: ["MLFLOW_EXPERIMENT_ID": "7", "MLFLOW_EXPERIMENT_NAME": nil]),
    Case(
      what: "Secrets are not handed on by themselves",
      outer: [
        "WANDB_API_KEY": "k", "MLFLOW_TRACKING_TOKEN": "t", "MLFLOW_TRACKING_PASSWORD": "p",
        "MLFLOW_TRACKING_URI": "http://u:p@h",
      ],
      expected: [
        "WANDB_API_KEY": nil, "MLFLOW_TRACKING_TOKEN": nil, "MLFLOW_TRACKING_PASSWORD": nil,
        "MLFLOW_TRACKING_URI": nil, "WANDB_MODE": "offline",
      ]),
    Case(
      what: "With a key W&B's own choice counts", outer: ["WANDB_API_KEY": "k"],
      environment: "{ secrets: [WANDB_API_KEY] }", expected: ["WANDB_MODE": nil]),
    Case(
      what: "So it does for one who has logged in", isLoggedIn: true,
      expected: ["WANDB_MODE": nil]),
  ]

  @Test("Each situation gives its variables", arguments: cases)
  func variables(_ c: Case) throws {
    let bound = BoundText(
      """
      project: penguins
      steps:
        train:
          run: 'true'
          role: training
          matrix: { seed: [1] }
          environment: \(c.environment)

      """)
    let step = try #require(bound.pipeline?.steps.rows.first)
    let context = TrackingContext(
      project: "penguins", experiment: "sunny-1", folder: "/w/.pipeline")
    let all = TrackingVariables(of: step, in: context, isLoggedIn: c.isLoggedIn) { c.outer[$0] }.all
    // Later ones win.
    let found = Dictionary(
      all.map {
        (String(decoding: $0.name, as: UTF8.self), String(decoding: $0.value, as: UTF8.self))
      }, uniquingKeysWith: { $1 })
    for (name, value) in c.expected { #expect(found[name] == value, "\(c.what): \(name)") }
  }

  @Test("A step sees them, its own win, and none of them is keyed")
  func keys() async throws {
    let workspace = try RealRun()
    let text = """
      project: penguins
      steps:
        train:
          run: echo "$WANDB_RUN_GROUP $WANDB_PROJECT $WANDB_MODE" > out
          outputs: [out]
          environment: { variables: { WANDB_PROJECT: own } }

      """
    let first = try await workspace.run(text, context: .init(project: "penguins", experiment: "a"))
    #expect(first.endings == "train ran")
    #expect(try workspace.scratch.text("out") == "a own offline\n")
    let variables = [
      "MLFLOW_TRACKING_URI": "http://localhost:1", "WANDB_MODE": "disabled",
      "WANDB_API_KEY": "k", "WANDB_ENTITY": "e",
    ]
    let second = try await workspace.run(
      text, variables: variables, context: .init(project: "penguins", experiment: "b"))
    #expect(second.endings == "train kept")
    #expect(try await workspace.run(text).endings == "train kept")
  }

  @Test("A login to W&B is found in .netrc")
  func login() async throws {
    let workspace = try RealRun()
    let text = """
      project: penguins
      steps:
        train: { run: 'echo "${WANDB_MODE-unset}"' , always: true }

      """
    let home = workspace.scratch.directory.path.description
    for (netrc, mode) in [
      ("machine api.wandb.ai login user password k", "unset"), ("machine other login u", "offline"),
    ] {
      let ended = try await workspace.run(
        text, variables: ["HOME": home], before: [".netrc": netrc],
        context: .init(project: "penguins", experiment: "a"))
      #expect(ended.log == "\(mode)\n")
    }
  }
}
