@testable import PipelineModel

/// A pipeline drawn with few strokes: `"b: a | c"` is step `b`, which reads what `a` writes and
/// waits for `c`.
struct Sketch {
  var manifest = Manifest(project: "sketch")

  /// - Parameters:
  ///   - lines: one for each step, in manifest order; writers may come later.
  ///   - traits: by step name.
  init(_ lines: [String], traits: [String: Set<StepTrait>] = [:]) {
    for line in lines {
      let parts = line.split(separator: ":", omittingEmptySubsequences: false)
      let lists = (parts.count > 1 ? parts[1] : "").split(
        separator: "|", omittingEmptySubsequences: false)
      let name = VerdictTests.name(String(parts[0]))
      var step = StepDeclaration(name: at(name), work: .command([at(Template(text: "true"))]))
      step.inputs = words(lists.first).map {
        InputDeclaration(name: nil, source: at(Template(text: "\($0).out")))
      }
      step.after = words(lists.dropFirst().first).map {
        at(StepPattern(base: VerdictTests.name($0)))
      }
      step.outputs = [
        OutputDeclaration(
          name: at(VerdictTests.name("out")), path: at(Template(text: "Out/\(name)")))
      ]
      step.traits = traits[name.text] ?? []
      manifest.steps.append(step)
    }
  }

  /// Sets what one step asks for.
  mutating func demand(_ step: Int, cpus: Int = 1, memory: Int? = nil, _ pools: [String: Int] = [:])
  {
    manifest.steps[step].resources.cpus = cpus
    manifest.steps[step].resources.memoryBytes = memory
    manifest.steps[step].resources.pools = pools.sorted { $0.key < $1.key }
      .map { (at($0.key), $0.value) }
  }

  var bound: (pipeline: Pipeline, problems: [Diagnostic]) {
    Binder.bind(manifest, Parameters())
  }

  var pipeline: Pipeline { bound.pipeline }
}

private func words(_ list: Substring?) -> [String] {
  (list ?? "").split(separator: " ").map(String.init)
}

private func at<Content: Sendable>(_ content: Content) -> Located<Content> {
  Located(content, at: Span(line: 1, column: 1))
}
