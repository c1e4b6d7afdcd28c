import PipelineModel

/// What the user gives beside the manifest: `-P name=value` and `--parameters FILE`.
package struct Overrides: Sendable {
  /// As written: `train.rate=0.1`.
  package var assignments: [String]
  /// From the directory that the tool was started in; later ones win.
  package var files: [Path]
  /// Laid over all else; names that the manifest has, as a sweep has made sure.
  package var values: [(name: ParameterName, value: Value)] = []

  package init(assignments: [String] = [], files: [Path] = []) {
    self.assignments = assignments
    self.files = files
  }
}

/// A manifest with all that belongs to it, read and bound.
package struct LoadedManifest: Sendable {
  package var sources = Sources()
  package var problems: [Diagnostic] = []
  /// All of them, with whatever was laid over the manifest's.
  package var parameters = Parameters()
  /// The maps in files that parameters are written in; later ones win. None where the pipeline was
  /// kept, and nothing was read anew.
  package var parameterPlaces: [Syntax] = []
  /// Nil where the text is too broken to be read; not to be executed where there are errors.
  package var pipeline: Pipeline?
  /// What it was read from, in the order of `sources`.
  package var texts: [ReadText] = []
  /// Where it can be kept; nil where it is kept already, or nobody asked for that.
  var keeper: PipelineKeeper?

  /// The files it was read from, as they were asked for, with the digests of their bytes.
  package var files: [(path: Path, digest: Digest)] {
    texts.compactMap { text in text.file.map { ($0, text.digest) } }
  }

  /// Keeps the pipeline for the next time, where there is a place for it.
  package func keep() {
    guard let keeper, let pipeline, !hasErrors else { return }
    keeper.keep(
      BoundPipeline(pipeline: pipeline, parameters: parameters, problems: problems), from: texts)
  }

  package var hasErrors: Bool { problems.contains { $0.severity == .error } }

  /// All problems, ready to be shown. Of many with one code the first few stand for all.
  package var text: String {
    var counts: [String: Int] = [:]
    var parts: [String] = []
    for problem in problems {
      counts[problem.code, default: 0] += 1
      if counts[problem.code, default: 0] <= LoadedManifest.mostOfOneCode {
        parts.append(problem.text(in: sources))
      }
    }
    for (code, count) in counts.sorted(by: { $0.key < $1.key }) {
      let left = count - LoadedManifest.mostOfOneCode
      if left > 0 { parts.append("and \(left) more like these [\(code)]") }
    }
    return parts.joined(separator: "\n\n")
  }

  private static let mostOfOneCode = 20
}

/// Reads a manifest and its parameter files, lays the overrides over them, and binds.
package struct ManifestLoader: Sendable {
  private let workspace: Directory
  private let name: Path
  private let tool: String?
  private var loaded = LoadedManifest()

  /// - Parameters:
  ///   - name: the manifest, from the workspace.
  ///   - tool: tells this build of the tool from all others, so that what it kept may be taken; nil
  ///     reads the manifest in any case.
  package init(_ workspace: Directory, _ name: Path, tool: String? = nil) {
    self.workspace = workspace
    self.name = name
    self.tool = tool
  }

  /// - Throws: where the manifest cannot be read; a parameter file that cannot is a problem.
  package mutating func load(_ overrides: Overrides) throws(SystemError) -> LoadedManifest {
    let keeper = tool.flatMap { PipelineKeeper(workspace, name, overrides, tool: $0) }
    if let kept = keeper?.find() { return kept }
    loaded.keeper = keeper
    guard let manifest = try manifest() else { return loaded }
    let parameters = parameters(of: manifest, overrides)
    loaded.parameters = parameters
    let (pipeline, graphProblems) = Binder.bind(manifest, parameters)
    loaded.problems += graphProblems
    loaded.pipeline = pipeline
    if loaded.hasErrors { loaded.problems += try missingFiles(pipeline) }
    loaded.problems = loaded.problems.eachOnce.inOrderOfPlace()
    return loaded
  }

  /// What the manifest says; nil where it is no YAML.
  ///
  /// In a function of its own, so that its syntax is let go of before anything is bound: of a large
  /// manifest it takes as much memory as the pipeline.
  private mutating func manifest() throws(SystemError) -> Manifest? {
    let lines = Lines(try workspace.read(name))
    let text = add(name, lines, from: workspace)
    let (syntax, problems) = YAMLReader.read(lines, text: text)
    loaded.problems += problems
    guard let syntax else { return nil }
    let (manifest, formProblems) = ManifestReader.read(syntax)
    loaded.problems += formProblems
    if let own = syntax.entries?.first(where: { $0.key == "parameters" }) {
      loaded.parameterPlaces.append(own.value)
    }
    return manifest
  }

  /// What preflight would say, were there no other mistakes: all are to be told at once.
  private func missingFiles(_ pipeline: Pipeline) throws(SystemError) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    for step in pipeline.steps.rows {
      for input in step.inputs {
        guard case .path(let path, let overlaps) = input.source, overlaps.isEmpty,
          try workspace.status(of: path, followingLinks: true) == nil
        else { continue }
        problems.append(.missingInput(path, readBy: step.name, at: input.span))
      }
      for source in step.sources where step.needs.isEmpty {
        guard try workspace.status(of: source, followingLinks: true) == nil else { continue }
        problems.append(.missingSource(source, of: step.name, at: step.span))
      }
    }
    return problems
  }

  private mutating func parameters(of manifest: Manifest, _ overrides: Overrides) -> Parameters {
    var parameters = Parameters(
      .map(manifest.parameters.map { (key: $0.name.content, value: $0.syntax.value) }))
    for file in manifest.parameterFiles {
      if let value = values(in: file.content, from: workspace, at: file.span) {
        parameters.merge(value)
      }
    }
    for file in overrides.files {
      let span = Span(text: add("--parameters", "\(file)"), line: 1, column: 1)
      guard let here = try? Directory(opening: .here),
        let value = values(in: file, from: here, at: span)
      else { continue }
      for unknown in Parameters(value).names where parameters[unknown] == nil {
        reportUnknown(unknown, parameters, in: "file '\(file)'", at: span)
      }
      parameters.merge(value)
    }
    for assignment in overrides.assignments { assign(assignment, to: &parameters) }
    for (name, value) in overrides.values { _ = parameters.set(name, to: value) }
    return parameters
  }

  private mutating func values(in file: Path, from place: Directory, at span: Span) -> Value? {
    let bytes: [UInt8]
    do throws(SystemError) {
      bytes = try place.read(file)
    } catch {
      loaded.problems.append(
        Diagnostic(
          "missing-parameters", "\(error)", hint: "create the file, or remove it from the list",
          at: span))
      return nil
    }
    let lines = Lines(bytes)
    let text = add(file, lines, from: place)
    let (syntax, problems) = YAMLReader.read(lines, text: text)
    loaded.problems += problems
    guard let syntax else { return nil }
    loaded.parameterPlaces.append(syntax)
    let (value, formProblems) = ManifestReader.readParameters(syntax)
    loaded.problems += formProblems
    return value
  }

  private mutating func assign(_ assignment: String, to parameters: inout Parameters) {
    let text = add("-P", assignment)
    let sides = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let span = Span(text: text, line: 1, column: 1, length: sides.first?.count ?? 1)
    guard sides.count == 2, let name = ParameterName(String(sides[0])) else {
      loaded.problems.append(
        Diagnostic(
          "bad-assignment", "'\(assignment)' gives no parameter a value",
          hint: "write '-P name=value'", at: span))
      return
    }
    if let leaf = parameters.leaves(of: name).first, leaf.name != name {
      loaded.problems.append(
        Diagnostic(
          "not-a-scalar", "parameter '\(name)' is a map, '-P' gives a single value",
          hint: "write '-P \(leaf.name)=…'", at: span))
    } else if !parameters.set(name, to: Value(plain: String(sides[1]))) {
      reportUnknown(name, parameters, in: "'-P \(assignment)'", at: span)
    }
  }

  private mutating func add(_ file: Path, _ lines: Lines, from place: Directory) -> Int {
    let seen = place.path == workspace.path ? file : place.path.appending(file)
    loaded.texts.append(
      ReadText(name: file.description, file: seen, digest: SHA256.digest(lines.bytes)))
    return loaded.sources.add(name: file.description, lines: lines)
  }

  private mutating func add(_ name: String, _ argument: String) -> Int {
    loaded.texts.append(ReadText(name: name, argument: argument))
    return loaded.sources.add(name: name, text: argument)
  }

  private mutating func reportUnknown(
    _ name: ParameterName, _ parameters: Parameters, in place: String, at span: Span
  ) {
    let similar = nearest(to: name.description, among: parameters.names.map(\.description))
    loaded.problems.append(
      Diagnostic(
        "unknown-parameter", "parameter '\(name)' of \(place) is not one of this manifest",
        hint: similar.map { "write '\($0)'" } ?? "declare it under 'parameters'", at: span))
  }
}
