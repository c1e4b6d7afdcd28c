/// What a column, an order or a condition speaks of.
package enum TrackedName: Hashable, Sendable {
  /// What every row has: `outcome`.
  case fixed(String)
  /// By its full name: `train.rate`.
  case parameter(String)
  /// By its full name: `evaluate.scores.accuracy`.
  case metric(String)

  /// The full name.
  package var text: String {
    switch self {
    case .fixed(let name), .parameter(let name), .metric(let name): name
    }
  }

  /// The full name with what it is one of, which no other has: `metrics.train.loss`.
  package var qualified: String {
    switch self {
    case .fixed(let name): name
    case .parameter(let name): "parameters.\(name)"
    case .metric(let name): "metrics.\(name)"
    }
  }
}

/// All names that mean something in a listing.
package struct TrackedNames: Sendable {
  /// A name that a user wrote and that has no one meaning.
  package struct Fault: Error, Sendable, Equatable {
    package let diagnostic: Diagnostic
  }

  private let fixed: [String]
  private let parameters: [String]
  private let metrics: [String]

  /// - Parameters:
  ///   - fixed: what every row has.
  ///   - parameters: full names, each once.
  ///   - metrics: full names, each once.
  package init(fixed: [String], parameters: [String], metrics: [String]) {
    self.fixed = fixed
    self.parameters = parameters
    self.metrics = metrics
  }

  /// What a name means that a user wrote.
  ///
  /// What every row has comes first. Then a parameter or a metric by its full name or by an ending
  /// of it behind a dot, if only one fits; `parameters.` and `metrics.` tell apart two that are
  /// called the same.
  ///
  /// - Throws: `Fault` where none fits, or several do.
  package func name(_ written: String) throws(Fault) -> TrackedName {
    if fixed.contains(where: { $0.utf8.elementsEqual(written.utf8) }) { return .fixed(written) }
    let isParameter = parameters.contains { $0.utf8.elementsEqual(written.utf8) }
    let isMetric = metrics.contains { $0.utf8.elementsEqual(written.utf8) }
    switch (isParameter, isMetric) {
    case (true, false): return .parameter(written)
    case (false, true): return .metric(written)
    case (true, true), (false, false): break
    }
    let named = parameters.map { TrackedName.parameter($0) } + metrics.map { .metric($0) }
    let short = NameMatch.of(written, among: named.map(\.text).withoutRepetition)
    if case .found(let name) = short {
      let fits = named.filter { $0.text.utf8.elementsEqual(name.utf8) }
      if let only = fits.first, fits.count == 1 { return only }
      throw fault(.ambiguous(fits.map(\.qualified)), written)
    }
    if case .unknown = short,
      case .found(let name) = NameMatch.of(written, among: named.map(\.qualified)),
      let match = named.first(where: { $0.qualified.utf8.elementsEqual(name.utf8) })
    {
      return match
    }
    guard case .unknown(nil) = short else { throw fault(short, written) }
    throw fault(.unknown(nearest: nearest(to: written, among: fixed)), written)
  }

  private func fault(_ match: NameMatch, _ written: String) -> Fault {
    let isMetric = fixed.isEmpty && parameters.isEmpty
    let problem = match.problem(
      of: written, noun: isMetric ? "metric" : "parameter, metric or column")
    return Fault(diagnostic: problem ?? Diagnostic("unknown-name", written, at: nil))
  }
}

extension [String] {
  /// Each once, where it first stands; compared by bytes.
  fileprivate var withoutRepetition: [String] {
    var seen: Set<[UInt8]> = []
    return filter { seen.insert([UInt8]($0.utf8)).inserted }
  }
}
