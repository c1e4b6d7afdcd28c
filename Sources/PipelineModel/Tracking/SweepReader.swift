/// Reads what a sweep tries, from a file or from the command line.
package enum SweepReader {
  /// A sweep file.
  ///
  /// - Returns: a space where nothing is wrong; all problems, in the order of their places.
  package static func read(_ syntax: Syntax) -> (space: SweepSpace?, problems: [Diagnostic]) {
    var form = FormReader()
    let space = form.sweep(syntax)
    return (form.problems.isEmpty ? space : nil, ManifestReader.inOrder(form.problems))
  }
}

extension FormReader {
  private static let sweepKeys = ["method", "seed", "trials", "parameters", "stop"]

  fileprivate mutating func sweep(_ syntax: Syntax) -> SweepSpace {
    var space = SweepSpace()
    guard syntax.entries != nil else {
      report(
        "wrong-type", "\(FormReader.kind(syntax)) stands here, but a sweep file is a map",
        hint: "write 'parameters:', and below it a parameter with its values", at: syntax.span)
      return space
    }
    let fields = fields(syntax, of: "sweep", owner: "a sweep", known: FormReader.sweepKeys)
    if let method = fields["method"] {
      space.method = choice(method, of: "method", as: SweepSpace.Method.self) ?? .grid
    }
    if let seed = fields["seed"] {
      space.seed = integer(seed, of: "seed", in: 0...Int.max) ?? 1
    }
    if let trials = fields["trials"] {
      space.limit = integer(trials, of: "trials", in: 1...SweepSpace.mostTrials)
    } else if space.method == .drawn {
      report(
        "missing-key", "'trials' is missing; a random sweep has no other end",
        hint: "write 'trials: 20'", at: fields["method"]?.span ?? syntax.span)
    }
    if let parameters = fields["parameters"] {
      space.axes = axes(parameters, method: space.method)
      checkSweep(space, isLimited: fields["trials"] != nil, at: parameters.span)
    } else {
      report(
        "missing-key", "'parameters' is missing; every sweep has it", hint: "write 'parameters:'",
        at: syntax.span)
    }
    if let stop = fields["stop"] { space.stop = self.stop(stop) }
    return space
  }

  private mutating func axes(
    _ syntax: Syntax, method: SweepSpace.Method
  ) -> [SweepSpace.Axis] {
    let entries = entries(syntax, of: "parameters")
    if syntax.entries?.isEmpty == true {
      report(
        "bad-sweep", "'parameters' names no parameter, so there is nothing to try",
        hint: "write 'train.rate: [0.01, 0.1]'", at: syntax.span)
    }
    return entries.compactMap { entry in
      let name = parameterName(entry.key, at: entry.keySpan)
      let choices = choices(entry, method: method)
      guard let name, let choices else { return nil }
      return SweepSpace.Axis(name, choices, at: entry.keySpan)
    }
  }

  /// The name of a parameter, through its maps.
  mutating func parameterName(_ text: String, at span: Span) -> ParameterName? {
    if let name = ParameterName(text) { return name }
    report(
      "bad-sweep", "'\(text.clipped)' names no parameter", hint: "write it like train.rate",
      at: span)
    return nil
  }

  /// What is wrong with a sweep as a whole.
  mutating func checkSweep(_ space: SweepSpace, isLimited: Bool, at span: Span) {
    for (index, axis) in space.axes.enumerated() {
      let own = axis.name.components
      for other in space.axes[..<index] {
        let theirs = other.name.components
        let shared = min(own.count, theirs.count)
        guard
          ParameterName(Array(own.prefix(shared))) == ParameterName(Array(theirs.prefix(shared)))
        else { continue }
        let isSame = own.count == theirs.count
        report(
          "bad-sweep",
          isSame
            ? "parameter '\(axis.name)' is swept twice"
            : "parameters '\(other.name)' and '\(axis.name)' hold each other",
          hint: isSame ? "give all its values at once" : "sweep one of them", at: axis.span)
      }
    }
    guard !isLimited, space.method == .grid, let total = space.combinations,
      total > SweepSpace.mostTrials
    else { return }
    let count = total == .max ? "more combinations than can be counted" : "\(total) combinations"
    report(
      "bad-sweep",
      "\(count) would be tried; without a limit, \(SweepSpace.mostTrials) are the most",
      hint: "give fewer values, or write 'trials: 100' in a sweep file", at: span)
  }

  private mutating func stop(_ syntax: Syntax) -> SweepStop? {
    let known = ["metric", "at-least", "at-most"]
    let fields = fields(syntax, of: "stop", owner: "'stop'", known: known)
    guard syntax.entries != nil else { return nil }
    guard let metric = fields["metric"] else {
      report(
        "missing-key", "'metric' is missing in 'stop'",
        hint: "write 'metric: evaluate.scores.accuracy'", at: syntax.span)
      return nil
    }
    let name = line(metric, of: "metric")?.content
    let least = fields["at-least"].flatMap { decimal($0, of: "at-least") }
    let most = fields["at-most"].flatMap { decimal($0, of: "at-most") }
    guard (fields["at-least"] == nil) != (fields["at-most"] == nil) else {
      report(
        "bad-sweep", "'stop' takes one bound: 'at-least' or 'at-most'",
        hint: "write one of 'at-least: 0.95' and 'at-most: 0.95'", at: syntax.span)
      return nil
    }
    guard let name else { return nil }
    return (least.map { .atLeast($0.double) } ?? most.map { .atMost($0.double) })
      .map { SweepStop(metric: name, bound: $0) }
  }
}
