/// Which values a sweep tries for which parameters.
package struct SweepSpace: Sendable {
  /// How trials are chosen.
  package enum Method: String, CaseIterable, Sendable {
    /// All combinations, or the first of them.
    case grid
    /// Combinations drawn from a seed.
    case drawn = "random"
  }

  /// What a swept parameter can be.
  package enum Choices: Sendable {
    /// One of these; not empty, none twice.
    case values([Value])
    /// A whole number from the first to the last.
    case integers(ClosedRange<Int>)
    /// Any number between the two.
    case uniform(Decimal, Decimal)
    /// Any number between the two, each order of magnitude as often as another; both above zero.
    case logUniform(Decimal, Decimal)
  }

  /// A parameter that is swept.
  package struct Axis: Sendable {
    package let name: ParameterName
    package let choices: Choices
    package let span: Span

    package init(_ name: ParameterName, _ choices: Choices, at span: Span) {
      self.name = name
      self.choices = choices
      self.span = span
    }
  }

  /// One execution of the product.
  package struct Trial: Sendable, Equatable {
    /// In the order of the sweep.
    package let parameters: [(name: ParameterName, value: Value)]
    /// For people: `rate=0.1,epochs=200`.
    package let label: String

    package static func == (a: Trial, b: Trial) -> Bool {
      a.label == b.label && a.parameters.elementsEqual(b.parameters) { $0 == $1 }
    }
  }

  package var method = Method.grid
  /// What random trials are drawn from.
  package var seed = 1
  /// The most trials; nil for all combinations.
  package var limit: Int?
  /// The first varies slowest.
  package var axes: [Axis] = []
  package var stop: SweepStop?

  /// More trials than these are a mistake.
  package static let mostTrials = 10_000

  package init() {}
}

/// When a sweep has found what it was looking for.
package struct SweepStop: Sendable, Equatable {
  package enum Bound: Sendable, Equatable {
    case atLeast(Double)
    case atMost(Double)
  }

  /// As written; any unambiguous suffix of a metric's name.
  package let metric: String
  package let bound: Bound

  package init(metric: String, bound: Bound) {
    self.metric = metric
    self.bound = bound
  }

  /// Whether this value ends the sweep. One that is not a number never does.
  package func isReached(by number: Double) -> Bool {
    switch bound {
    case .atLeast(let least): number >= least
    case .atMost(let most): number <= most
    }
  }
}

extension SweepSpace.Choices {
  /// How many there are; nil where there is no end of them.
  package var count: Int? {
    switch self {
    case .values(let values): values.count
    case .integers(let range): range.count
    case .uniform, .logUniform: nil
    }
  }

  fileprivate var json: Value {
    func interval(_ name: String, _ a: String, _ b: String) -> Value {
      .map([(name, .list([.number(a), .number(b)]))])
    }
    return switch self {
    case .values(let values): .list(values)
    case .integers(let range):
      interval("integers", "\(range.lowerBound)", "\(range.upperBound)")
    case .uniform(let a, let b): interval("uniform", a.text, b.text)
    case .logUniform(let a, let b): interval("log-uniform", a.text, b.text)
    }
  }

  /// The value at a place of a finite choice.
  fileprivate func value(at index: Int) -> Value {
    switch self {
    case .values(let values): values[index]
    case .integers(let range): .number("\(range.lowerBound + index)")
    // Never asked of what cannot be counted.
    case .uniform(let first, _), .logUniform(let first, _): .number(first.text)
    }
  }

  fileprivate func draw(_ draws: inout Draws) -> Value {
    switch self {
    case .values(let values): values[draws.below(values.count)]
    case .integers(let range): .number("\(range.lowerBound + draws.below(range.count))")
    case .uniform(let a, let b): .number(draws.uniform(a, b).text)
    case .logUniform(let a, let b): .number(draws.logUniform(a, b).text)
    }
  }
}

extension SweepSpace {
  /// All combinations; nil where there is no end of them, `Int.max` where they cannot be counted.
  package var combinations: Int? {
    var total = 1
    for axis in axes {
      guard let count = axis.choices.count else { return nil }
      let (product, overflow) = total.multipliedReportingOverflow(by: count)
      total = overflow ? .max : product
    }
    return total
  }

  /// What is tried, in order; no combination twice. The same on every machine.
  package var trials: [Trial] {
    let names = labels
    return rows.map { row in
      Trial(
        parameters: zip(axes, row).map { ($0.name, $1) },
        label: zip(names, row).map { "\($0)=\(StepName.encoded($1))" }.joined(separator: ","))
    }
  }

  /// Names this sweep: another space has another. What stops it early is no part of it.
  package var digest: Digest {
    // The order decides what is tried only where not everything is.
    let isWhole = method == .grid && limit == nil
    let ordered = isWhole ? axes.sorted { $0.name < $1.name } : axes
    return Digest(of: JSON.canonical(json(ordered)))
  }

  /// What is tried, for whoever asks the history.
  package var json: Value { json(axes) }

  private func json(_ axes: [Axis]) -> Value {
    .map([
      ("method", .text(method.rawValue)),
      ("seed", method == .drawn ? .number("\(seed)") : .null),
      ("trials", limit.map { .number("\($0)") } ?? .null),
      ("parameters", .list(axes.map { .list([.text("\($0.name)"), $0.choices.json]) })),
    ])
  }

  /// What the manifest's parameters have against this sweep.
  package func problems(in parameters: Parameters) -> [Diagnostic] {
    axes.compactMap { axis in
      guard let value = parameters[axis.name] else {
        let near = nearest(
          to: axis.name.description, among: parameters.names.map(\.description))
        return Diagnostic(
          "unknown-parameter", "parameter '\(axis.name)' of the sweep is not one of this manifest",
          hint: near.map { "write '\($0)'" } ?? "declare it under 'parameters'", at: axis.span)
      }
      guard case .map = value else { return nil }
      let leaf = parameters.leaves(of: axis.name).first?.name
      return Diagnostic(
        "not-a-scalar", "parameter '\(axis.name)' is a map, a sweep varies single values",
        hint: leaf.map { "write '\($0)'" }, at: axis.span)
    }
  }

  private var rows: [[Value]] {
    guard !axes.isEmpty else { return [] }
    let most = min(limit ?? SweepSpace.mostTrials, SweepSpace.mostTrials)
    // Where there are no more than may be tried, nothing is left to chance.
    if let combinations, method == .grid || combinations <= most {
      return (0..<min(most, combinations)).map(row)
    }
    var draws = Draws(seed: seed)
    var seen: Set<String> = []
    var rows: [[Value]] = []
    // There are more combinations than are wanted, so repetitions are few until the last draws.
    var attempts = 0
    while rows.count < most, attempts < most * 1_000 {
      attempts += 1
      let row = axes.map { $0.choices.draw(&draws) }
      if seen.insert(JSON.canonical(.list(row))).inserted { rows.append(row) }
    }
    return rows
  }

  /// A combination by its place in the order.
  private func row(_ index: Int) -> [Value] {
    var rest = index
    let row = axes.reversed().map { axis in
      let count = axis.choices.count ?? 1
      defer { rest /= count }
      return axis.choices.value(at: rest % count)
    }
    return row.reversed()
  }

  /// The shortest ends of the names that leave no doubt.
  private var labels: [String] {
    axes.indices.map { index in
      let own = axes[index].name.components
      let others = axes.indices.filter { $0 != index }.map { axes[$0].name.components }
      let length = (1...own.count).first { length in
        !others.contains {
          ParameterName(Array($0.suffix(length))) == ParameterName(Array(own.suffix(length)))
        }
      }
      return own.suffix(length ?? own.count).joined(separator: ".")
    }
  }
}
