extension FormReader {
  private static let modelKeys = ["from", "better", "require", "deploy"]
  private static let betterKeys = ["metric", "goal", "by"]

  /// `models:`: the registered models by name.
  mutating func models(_ syntax: Syntax) -> [ModelDeclaration] {
    entries(syntax, of: "models").compactMap { entry in
      let name = name(entry.key, at: entry.keySpan, of: "a model")
      // A model whose name is wrong is read for its other mistakes.
      let model = model(entry, name: name ?? FormReader.nameless(entry.keySpan))
      return name == nil ? nil : model
    }
  }

  /// `registry:`: a file of the workspace that is committed with it.
  mutating func registry(_ syntax: Syntax) -> Located<Path>? {
    guard let text = line(syntax, of: "registry") else { return nil }
    let path = Path(text.content)
    if !path.isInside || text.content.utf8.contains(0) {
      report(
        "bad-path",
        path.isHere
          ? "'\(text.content.clipped)' is the workspace itself; 'registry' takes a file"
          : "'\(text.content.clipped)' leaves the workspace; 'registry' takes a file within",
        hint: "write a path relative to the manifest, as Models/registry.jsonl", at: text.span)
      return nil
    }
    if Path(".pipeline").holds(path) {
      report(
        "bad-path", "'\(text.content.clipped)' lies in '.pipeline', which the registry outlives",
        hint: "write the path of a file that is committed, as Models/registry.jsonl",
        at: text.span)
      return nil
    }
    return Located(path, at: text.span)
  }

  private mutating func model(_ entry: Syntax.Entry, name: Located<Name>) -> ModelDeclaration? {
    let title = "models.\(entry.key.clipped)"
    guard entry.value.entries != nil else {
      wrongType(entry.value, of: title, takes: "a map with 'from'")
      return nil
    }
    let fields = fields(entry.value, of: title, owner: "a model", known: FormReader.modelKeys)
    var model = ModelDeclaration(name: name)
    if let syntax = fields["from"] {
      model.from = artifactPattern(syntax, of: "from")
    } else {
      report(
        "missing-key", "'from' is missing; every model has it", hint: "write 'from: STEP.ARTIFACT'",
        at: entry.keySpan)
    }
    if let better = fields.entry("better") { readBetter(better, into: &model) }
    if let syntax = fields["require"] {
      model.require = items(syntax, of: "require").compactMap { threshold($0) }
    }
    if let syntax = fields["deploy"] {
      model.deploy = items(syntax, of: "deploy").compactMap { item in
        stepPattern(item, of: "deploy").flatMap { checked($0.content, of: "deploy") ? $0 : nil }
      }
    }
    return model
  }

  private mutating func readBetter(_ entry: Syntax.Entry, into model: inout ModelDeclaration) {
    guard entry.value.entries != nil else {
      wrongType(entry.value, of: "better", takes: "a map with 'metric' and 'goal'")
      return
    }
    let fields = fields(
      entry.value, of: "better", owner: "'better'", known: FormReader.betterKeys)
    for (key, takes) in [("metric", "STEP.OUTPUT.PATH"), ("goal", "maximize' or 'goal: minimize")]
    where fields[key] == nil {
      report(
        "missing-key", "'\(key)' is missing; 'better' has it", hint: "write '\(key): \(takes)'",
        at: entry.keySpan)
    }
    if let syntax = fields["metric"], let text = line(syntax, of: "metric") {
      model.metric = metricName(text.content, at: text.span)
    }
    if let syntax = fields["goal"] { model.goal = choice(syntax, of: "goal", as: Goal.self) }
    if let syntax = fields["by"] { model.by = amount(syntax, of: "by") ?? 0 }
  }

  /// A number that is not below zero.
  private mutating func amount(_ syntax: Syntax, of key: String) -> Double? {
    guard let scalar = syntax.scalar, scalar.isPlain, Value.isNumber(scalar.text) else {
      wrongType(syntax, of: key, takes: "a number")
      return nil
    }
    if let number = Double(scalar.text), number.isFinite, number >= 0 { return number }
    report(
      "bad-number",
      "\(scalar.text.clipped) stands here, but '\(key)' takes a number that is not below 0",
      at: syntax.span)
    return nil
  }

  private mutating func artifactPattern(
    _ syntax: Syntax, of key: String
  ) -> Located<ArtifactPattern>? {
    guard let template = template(syntax, of: key) else { return nil }
    guard let (step, artifact) = StepPattern.readArtifact(template.content) else {
      report(
        "bad-pattern", "'\(template.content.source.clipped)' names no artifact of a step",
        hint: "write STEP.ARTIFACT, or STEP@DIMENSION=VALUE.ARTIFACT for one of a matrix",
        at: template.span)
      return nil
    }
    guard checked(step, of: key) else { return nil }
    return Located(ArtifactPattern(step: step, artifact: artifact), at: template.span)
  }

  /// Whether a pattern refers to parameters only; reports what else it refers to.
  private mutating func checked(_ pattern: StepPattern, of key: String) -> Bool {
    let foreign = pattern.bindings.flatMap(\.value.references).filter { reference in
      switch reference.content {
      case .parameter: false
      case .input, .output, .matrix, .stepName: true
      }
    }
    for reference in foreign {
      report(
        "bad-reference",
        "'\(reference.content)' stands in '\(key)' of a model, which may refer to parameters only",
        at: reference.span)
    }
    return foreign.isEmpty
  }

  private mutating func metricName(_ text: String, at span: Span) -> Located<MetricName>? {
    if let name = MetricName(text) { return Located(name, at: span) }
    report(
      "bad-metric", "'\(text.clipped)' names no metric: one is written STEP.OUTPUT.PATH",
      hint: text.contains("@")
        ? "name the step without '@': its metric is that of whichever combination made the version"
        : "write it like evaluate.scores.accuracy, for 'accuracy' in output 'scores' of 'evaluate'",
      at: span)
    return nil
  }

  /// `METRIC >= NUMBER`, read from the end: what a file calls its metrics may hold anything.
  private mutating func threshold(_ syntax: Syntax) -> Located<Threshold>? {
    guard let text = line(syntax, of: "require"), let scalar = syntax.scalar else { return nil }
    let bytes = Array(text.content.utf8)
    guard let parts = ThresholdParts(bytes) else {
      report(
        "bad-threshold",
        "'\(text.content.clipped)' is no threshold; one is written METRIC >= NUMBER",
        hint: "write it like evaluate.scores.accuracy >= 0.9, with >=, >, <= or <", at: text.span)
      return nil
    }
    var places = Places(scalar, at: syntax.span)
    let metric = metricName(
      String(decoding: bytes[parts.metric], as: UTF8.self), at: places.span(parts.metric))
    let number = String(decoding: bytes[parts.number], as: UTF8.self)
    guard Value.isNumber(number), let value = Double(number), value.isFinite else {
      report(
        "bad-threshold", "'\(number.clipped)' is no number, which a threshold ends with",
        hint: "write it like 0.9, 12 or 1e-3", at: places.span(parts.number))
      return nil
    }
    return metric.map {
      Located(
        Threshold(metric: $0.content, comparison: parts.comparison, number: value), at: $0.span)
    }
  }
}

/// Where in a threshold's text its parts stand.
private struct ThresholdParts {
  let metric: Range<Int>
  let comparison: Comparison
  let number: Range<Int>

  /// - Returns: nil where a part is missing, or the comparison is another.
  init?(_ bytes: [UInt8]) {
    let marks = [UInt8(ascii: "<"), UInt8(ascii: ">")]
    guard let mark = bytes.lastIndex(where: marks.contains) else { return nil }
    let isOpen = mark + 1 < bytes.count && bytes[mark + 1] == UInt8(ascii: "=")
    let end = mark + (isOpen ? 2 : 1)
    metric = ThresholdParts.trimmed(bytes, 0..<mark)
    number = ThresholdParts.trimmed(bytes, end..<bytes.count)
    // `=>`, `<>` and `>>` are nothing that we know.
    let before = metric.last.map { bytes[$0] }
    guard !number.isEmpty, let before, !(marks + [UInt8(ascii: "=")]).contains(before),
      let known = Comparison(rawValue: String(decoding: bytes[mark..<end], as: UTF8.self))
    else { return nil }
    comparison = known
  }

  private static func trimmed(_ bytes: [UInt8], _ range: Range<Int>) -> Range<Int> {
    func isBlank(_ index: Int) -> Bool { [UInt8(ascii: " "), 9].contains(bytes[index]) }
    let first = range.first { !isBlank($0) } ?? range.upperBound
    let last = range.last { !isBlank($0) } ?? first - 1
    return first..<max(first, last + 1)
  }
}
