import PipelineEngine
import PipelineModel

/// What the verbs about models begin with: the registry, opened and up to date.
struct ModelSession {
  let session: Session
  let pipeline: Pipeline
  let warnings: Warnings
  /// Nil where nothing was ever recorded: then there is nothing to look at, and nothing is made.
  let registry: Registry?

  static func open(_ options: ManifestOptions) throws -> ModelSession {
    let session = try Session.open(options)
    let pipeline = try session.validPipeline()
    let warnings = Warnings()
    do {
      let place = session.historyFile
      let exists = try Registry.exists(pipeline, in: session.root, historyFile: place)
      if exists, place.parent == session.root.path.appending(StateDirectory.name) {
        _ = try StateDirectory.open(session.root)
      }
      return ModelSession(
        session: session, pipeline: pipeline, warnings: warnings,
        registry: exists
          ? try Registry(pipeline, in: session.root, historyFile: place, warnings: warnings) : nil)
    } catch {
      throw Session.failure(error)
    }
  }

  /// All models that are declared or were registered, sorted by name.
  func all() throws -> [RegisteredModel] {
    do {
      let known = try registry?.history.models() ?? []
      let new = pipeline.models.map(\.name.text).filter { name in
        !known.contains { $0.name == name }
      }
      return (known + new.map { RegisteredModel(name: $0, versions: [], moves: []) })
        .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    } catch {
      throw Session.failure(error)
    }
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
    let declared = pipeline.models.first { $0.name.text == model.name }
    do {
      let versions = try model.versions.map { entry in
        var version = ModelReport.Version(entry)
        guard let registry, let declared else { return version }
        version.metrics = try registry.metrics(of: entry, declared, model)
        let origin = try registry.origin(of: entry, declared, model)
        version.experiment = origin?.experiment
        version.commit = origin?.commit
        return version
      }
      return ModelReport(
        model, declaration: declared, from: declared.map { pipeline.source(of: $0) },
        versions: versions)
    } catch {
      throw Session.failure(error)
    }
  }

  func show(_ lines: [StyledLine], _ json: Value, asJSON: Bool) {
    session.show(warnings.take())
    Invocation.shared.print(
      asJSON ? JSON.pretty(json) : lines.map(session.style.text).joined(separator: "\n"))
  }
}

extension Pipeline {
  /// What a model is made from: `train.model`, for a matrix group without its values.
  func source(of model: Model) -> String {
    guard let first = model.from.first else { return "" }
    let name = trackedName(of: first)
    guard model.from.count > 1 else { return name }
    let step = steps[artifacts[first].writer].name
    return name.replacing("\(step)", with: step.base.text, maxReplacements: 1)
  }
}
