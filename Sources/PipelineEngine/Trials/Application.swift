import PipelineModel

/// Brings what an experiment has made into the workspace: its outputs, and its parameters where
/// they are written.
///
/// The caller has the workspace to himself.
package struct Application: Sendable {
  /// What was done, and what could not be.
  package struct Report: Sendable {
    /// Outputs that now hold what the experiment made; not those that did before.
    package var restored: [Path] = []
    /// What was in their places, with the commands that bring it back.
    package var notes: [String] = []
    /// Versions that the store no longer has.
    package var missing: [VersionEntry] = []
    package var edits: [(edit: ParameterEdit, file: String)] = []
    /// Parameters that the user has to change himself.
    package var byHand: [(name: ParameterName, value: Value)] = []
  }

  private let machine: MachineWorld
  private let history: History

  package init(to machine: MachineWorld, from history: History) {
    self.machine = machine
    self.history = history
  }

  /// - Parameter loaded: the manifest with nothing laid over it.
  package func apply(_ experiment: ExperimentEntry, _ loaded: LoadedManifest) throws -> Report {
    var report = Report()
    try edit(experiment, loaded, &report)
    for step in try history.steps(of: experiment.id) {
      guard let run = step.run else { continue }
      let paths = try outputPaths(of: run, step.name)
      for version in try history.outputs(of: run) {
        guard let path = paths[version.artifact] else { continue }
        try bring(version, to: path, &report)
      }
    }
    return report
  }

  /// Where the outputs lie, by the artifact's name: as the manifest says now, else as it said then.
  private func outputPaths(of run: Int64, _ step: String) throws -> [String: Path] {
    var paths: [String: Path] = [:]
    for field in try history.fields(of: run) where field.kind == .output {
      guard let path = field.path else { continue }
      let isNamed = field.name != Field.elementMark
      paths[isNamed ? "\(step).\(field.name)" : "\(step):\(path)"] = Path(path)
    }
    let pipeline = machine.pipeline
    for id in pipeline.artifacts.ids {
      paths[pipeline.trackedName(of: id)] = pipeline.artifacts[id].path
    }
    return paths
  }

  private func bring(_ version: VersionEntry, to path: Path, _ report: inout Report) throws {
    guard path.isInside, try machine.content(ofOutput: path) != version.content else { return }
    guard try machine.store.contains(version.content) else {
      report.missing.append(version)
      return
    }
    try machine.makeParents(of: path)
    if try machine.root.exists(path) {
      report.notes +=
        try machine.isReplaceable(path)
        ? UncountedEntries(machine, in: path).setAside() : machine.setAside(path)
    }
    try machine.store.materialise(
      version.content, at: path, in: machine.root, links: machine.contents.links)
    report.restored.append(path)
  }

  // MARK: Parameters

  private func edit(
    _ experiment: ExperimentEntry, _ loaded: LoadedManifest, _ report: inout Report
  ) throws {
    let wanted = experiment.parameters.compactMap { parameter in
      ParameterName(parameter.name).map { (name: $0, value: parameter.value) }
    }
    let (edits, byHand) = ParameterEdit.edits(to: wanted, in: loaded.parameterPlaces)
    report.byHand = byHand
    for (text, edits) in Dictionary(grouping: edits, by: \.span.text).sorted(by: { $0.key < $1.key }
    ) {
      let file = Path(loaded.sources.name(of: edits[0].span))
      let before = try machine.root.read(file)
      let (possible, after) = possible(edits, in: String(decoding: before, as: UTF8.self), text)
      report.byHand += edits.filter { !possible.contains($0) }.map { ($0.name, $0.new) }
      guard !possible.isEmpty else { continue }
      try machine.root.replace(file, with: Array(after.utf8), links: .followed)
      report.edits += possible.map { ($0, file.description) }
    }
  }

  /// The edits that leave a text which says what was wanted, and that text.
  private func possible(
    _ edits: [ParameterEdit], in before: String, _ text: Int
  ) -> (edits: [ParameterEdit], text: String) {
    let together = ParameterEdit.apply(edits, to: before)
    if makes(edits, of: together, text: text) { return (edits, together) }
    var possible: [ParameterEdit] = []
    for edit in edits {
      let tried = possible + [edit]
      if makes(tried, of: ParameterEdit.apply(tried, to: before), text: text) { possible = tried }
    }
    return (possible, ParameterEdit.apply(possible, to: before))
  }

  /// Whether an edited text says what was wanted, so that a file is never left broken.
  private func makes(_ edits: [ParameterEdit], of text: String, text index: Int) -> Bool {
    let (syntax, problems) = YAMLReader.read(Array(text.utf8), text: index)
    guard let syntax, !problems.contains(where: { $0.severity == .error }) else { return false }
    let value = syntax.value
    let parameters = Parameters(value["parameters"] ?? value)
    return edits.allSatisfy { parameters[$0.name] == $0.new }
  }
}
