import PipelineEngine
import PipelineModel

/// What the verbs about models begin with: the registry, opened and up to date.
struct ModelSession {
  /// Nil where there is no valid manifest, and nothing is declared.
  let pipeline: Pipeline?
  /// Nil where nothing was ever recorded: then there is nothing to look at, and nothing is made.
  let history: History?
  private let registry: Registry?

  /// To look at what was registered.
  init(_ tracking: TrackingSession) throws {
    pipeline = tracking.pipeline
    registry = try tracking.openRegistry()
    history = registry?.history ?? tracking.history
  }

  /// To move aliases.
  init(_ registry: Registry?, of pipeline: Pipeline) {
    self.pipeline = pipeline
    self.registry = registry
    history = registry?.history
  }

  /// The models that the manifest declares, in its order.
  var declared: [Model] { pipeline?.models ?? [] }

  /// All models that are declared or were registered, sorted by name.
  func all() throws -> [RegisteredModel] {
    let known = try history?.models() ?? []
    let new = declared.map(\.name.text).filter { name in
      !known.contains { $0.name == name }
    }
    return (known + new.map { RegisteredModel(name: $0, versions: [], moves: []) })
      .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// - Throws: `ToolFailure` where no model has that name.
  func registered(named name: String) throws -> RegisteredModel {
    let models = try all()
    if let model = models.first(where: { $0.name == name }) { return model }
    throw ToolFailure(
      code: .usage, fact: "no model is named '\(name)'",
      hint: nearest(to: name, among: models.map(\.name)).map { "write '\($0)'" }
        ?? "'models' in the manifest declares models")
  }

  func reports() throws -> [ModelReport] { try all().map(report) }

  func report(on model: RegisteredModel) throws -> ModelReport {
    let declaration = declared.first { $0.name.text == model.name }
    let versions = try model.versions.map { entry in
      var version = ModelReport.Version(entry)
      guard let registry, let declaration else { return version }
      version.metrics = try registry.metrics(of: entry, declaration, model)
      let origin = try registry.origin(of: entry, declaration, model)
      version.experiment = origin?.experiment
      version.commit = origin?.commit
      return version
    }
    return ModelReport(
      model, declaration: declaration, from: declaration.map(source),
      versions: versions)
  }

  /// What a model is made from: `train.model`, for a matrix group without its values.
  func source(of model: Model) -> String {
    guard let pipeline, let first = model.from.first else { return "" }
    let name = pipeline.trackedName(of: first)
    guard model.from.count > 1 else { return name }
    let step = pipeline.steps[pipeline.artifacts[first].writer].name
    return name.replacing("\(step)", with: step.base.text, maxReplacements: 1)
  }
}
