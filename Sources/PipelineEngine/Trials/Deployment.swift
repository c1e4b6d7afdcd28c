import PipelineModel

/// Executes the steps that bring a promoted version to where it is used.
package struct Deployment: Sendable {
  private let model: Model
  private let alias: Name
  private let pipeline: Pipeline
  private let aside: AsideRun

  package init(of model: Model, as alias: Name, in pipeline: Pipeline, by aside: AsideRun) {
    self.model = model
    self.alias = alias
    self.pipeline = pipeline
    self.aside = aside
  }

  /// Executes the model's `deploy:` steps, whatever results there are, and what else they need.
  ///
  /// The version stands in for the model's artifact, of a matrix for all of the group: which of
  /// them was promoted is none of the step's business. `PIPELINE_MODEL`, `PIPELINE_MODEL_VERSION`
  /// and `PIPELINE_ALIAS` tell it what it deploys.
  ///
  /// - Throws: `StepProblem` where one of them fails, or the store has lost the version.
  package func run(_ version: ModelVersionEntry) async throws {
    if model.deploy.isEmpty { return }
    let selection = Selection(
      names: model.deploy.map { "\(pipeline.steps[$0].name)" }, isForced: true)
    let (made, problems) = Plan.make(selection, of: pipeline, replacing: Set(model.from))
    guard let plan = made else {
      throw StepProblem(
        "promotion-failed", problems.first?.fact ?? "the model's steps cannot be executed",
        hint: problems.first?.hint)
    }
    try await aside.home.prepareComponents(of: plan) { _ in }
    let given = Dictionary(
      model.from.map { ($0, version.content) }, uniquingKeysWith: { first, _ in first })
    let occasion = [
      EnvironmentVariable("PIPELINE_MODEL", model.name.text),
      EnvironmentVariable("PIPELINE_MODEL_VERSION", "\(version.number)"),
      EnvironmentVariable("PIPELINE_ALIAS", alias.text),
    ]
    let record = try await aside.run(plan, replacing: given, occasion: occasion)
    if let problem = record.promotionProblem(of: plan) { throw problem }
  }
}
