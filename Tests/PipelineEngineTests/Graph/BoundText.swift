import PipelineEngine
import PipelineModel

/// A manifest's text, read and bound.
struct BoundText {
  /// Nil with any error.
  let pipeline: Pipeline?
  let problems: [Diagnostic]
  private let sources: Sources

  /// - Parameter assignments: as `-P` takes them.
  init(_ text: String, assignments: [(name: String, value: String)] = []) {
    var sources = Sources()
    let index = sources.add(name: "pipeline.yaml", text: text)
    self.sources = sources
    var (syntax, problems) = YAMLReader.read(Array(text.utf8), text: index)
    var bound: Pipeline?
    if let syntax {
      let (manifest, formProblems) = ManifestReader.read(syntax)
      var parameters = Parameters(
        .map(manifest.parameters.map { (key: $0.name.content, value: $0.syntax.value) }))
      for (name, value) in assignments {
        _ = ParameterName(name).map { parameters.set($0, to: Value(plain: value)) }
      }
      let (pipeline, graphProblems) = Binder.bind(manifest, parameters)
      problems += formProblems + graphProblems
      bound = pipeline
    }
    self.problems = problems
    pipeline = problems.contains { $0.severity == .error } ? nil : bound
  }

  /// `code line:column`, each problem.
  var marks: [String] {
    problems.map { "\($0.code) \($0.span.map { "\($0.line):\($0.column)" } ?? "-")" }
  }

  /// All problems as a terminal shows them, one blank line between.
  var transcript: String {
    problems.map { $0.text(in: sources) + "\n" }.joined(separator: "\n")
  }

  /// `reader<-writer` for what is read, `waiter<=other` for what is only waited for; sorted.
  var edges: [String] {
    guard let pipeline else { return [] }
    return pipeline.steps.rows.flatMap { step in
      step.needs.map { "\(step.name)<-\(pipeline.steps[$0].name)" }
        + step.after.map { "\(step.name)<=\(pipeline.steps[$0].name)" }
    }.sorted()
  }

  var names: [String] { pipeline?.steps.rows.map(\.name.description) ?? [] }

  func step(_ name: String) -> Step? {
    pipeline?.steps.rows.first { $0.name.description == name }
  }
}
