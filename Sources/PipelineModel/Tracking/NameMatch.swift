/// What a user's short name of a metric or a parameter means: `accuracy` for
/// `evaluate.scores.accuracy`.
package enum NameMatch: Sendable, Equatable {
  /// The full name.
  case found(String)
  /// Every full name that it may mean, in the order given; at least two.
  case ambiguous([String])
  /// The full name most like it, where one is.
  case unknown(nearest: String?)

  /// Looks among the full names that exist, each given once.
  ///
  /// An exact name comes first, then one that ends with it behind a dot. `train.loss` also means
  /// the `train@seed=1.loss` of a matrix step. Names are compared by bytes.
  package static func of(_ written: String, among names: [String]) -> NameMatch {
    let short = Array(written.utf8)
    guard !short.isEmpty else { return .unknown(nearest: nil) }
    if let exact = names.first(where: { $0.utf8.elementsEqual(short) }) { return .found(exact) }
    var fits = names.filter { ends($0.utf8, with: short[...]) }
    if fits.isEmpty, let dot = short.firstIndex(of: UInt8(ascii: ".")), dot > 0 {
      let start = short[..<dot] + [UInt8(ascii: "@")]
      fits = names.filter {
        $0.utf8.starts(with: start)
          && ends($0.utf8.dropFirst(start.count), with: short[(dot + 1)...])
      }
    }
    if fits.count > 1 { return .ambiguous(fits) }
    if let fit = fits.first { return .found(fit) }
    return .unknown(nearest: similar(to: written, among: names))
  }

  /// What is wrong with a name that has no one meaning; nil where it has.
  ///
  /// - Parameter noun: what the name should be one of: `metric`.
  package func problem(of written: String, noun: String, at span: Span? = nil) -> Diagnostic? {
    switch self {
    case .found: nil
    case .ambiguous(let names):
      Diagnostic(
        "ambiguous-name", "'\(written.clipped)' may mean \(NameMatch.list(names))",
        hint: "write more of the name", at: span)
    case .unknown(let nearest):
      Diagnostic(
        "unknown-name", "no \(noun) is named '\(written.clipped)'",
        hint: nearest.map { "write '\($0)'" }, at: span)
    }
  }

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(3).map { "'\($0.clipped)'" }
    guard names.count > 3 else {
      return shown.dropLast().joined(separator: ", ") + " or " + (shown.last ?? "")
    }
    return shown.joined(separator: ", ") + " or one of \(names.count - 3) more"
  }

  private static func ends(
    _ name: some BidirectionalCollection<UInt8>, with short: ArraySlice<UInt8>
  )
    -> Bool
  {
    guard name.count > short.count else { return false }
    let rest = name.suffix(short.count + 1)
    return rest.first == UInt8(ascii: ".") && rest.dropFirst().elementsEqual(short)
  }

  /// The whole names come first: of two that are equally like it, the one without a cut.
  private static func similar(to written: String, among names: [String]) -> String? {
    if let name = nearest(to: written, among: names) { return name }
    let parts = written.utf8.count { $0 == UInt8(ascii: ".") } + 1
    let ends = names.map { name in
      name.split(separator: ".", omittingEmptySubsequences: false).suffix(parts)
        .joined(separator: ".")
    }
    guard let end = nearest(to: written, among: ends) else { return nil }
    return zip(names, ends).first { $0.1.utf8.elementsEqual(end.utf8) }?.0
  }
}
