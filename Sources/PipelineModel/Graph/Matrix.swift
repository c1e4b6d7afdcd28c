/// One combination of a matrix: a value for each dimension, sorted by name.
package typealias Combination = [(name: Name, value: Value)]

extension MatrixDeclaration {
  /// Those that are the values of a dimension.
  var parameters: [Located<ParameterName>] {
    dimensions.compactMap { _, values in
      guard case .parameter(let name) = values.content else { return nil }
      return Located(name, at: values.span)
    }
  }

  /// All combinations: the product in the order written, less `exclude`, then `include`.
  ///
  /// - Parameter parameters: where dimensions that name a list parameter find it.
  package func combinations(
    _ parameters: Parameters, problems: inout [Diagnostic]
  ) -> [(combination: Combination, span: Span)] {
    var product: [Combination] = [[]]
    for (name, located) in dimensions {
      guard let values = values(of: located, parameters, problems: &problems) else { return [] }
      if values.isEmpty {
        problems.append(
          Diagnostic("empty-matrix", "dimension '\(name.content)' has no values", at: located.span))
      }
      if product.count * max(1, values.count) > MatrixDeclaration.most {
        problems.append(
          Diagnostic(
            "large-matrix", "the matrix has more than \(MatrixDeclaration.most) combinations",
            at: located.span))
        return []
      }
      product = product.flatMap { known in values.map { known + [(name.content, $0)] } }
    }
    if dimensions.isEmpty { product = [] }
    let span = dimensions.first?.name.span ?? include.first?.span ?? Span(line: 1, column: 1)
    let excluded = exclude.map(partial)
    let kept = product.filter { combination in
      !excluded.contains { MatrixDeclaration.agrees($0, combination) }
    }
    return kept.map { ($0, span) } + include.map { (partial($0), $0.span) }
  }

  private static let most = 100_000

  private static func agrees(_ partial: Combination, _ combination: Combination) -> Bool {
    partial.allSatisfy { entry in
      combination.contains { $0.name == entry.name && $0.value == entry.value }
    }
  }

  /// Nil, with a problem, where a parameter is not there or no list.
  private func values(
    of located: Located<MatrixValues>, _ parameters: Parameters, problems: inout [Diagnostic]
  ) -> [Value]? {
    switch located.content {
    case .values(let items): return items.map(\.content.value)
    case .parameter(let name):
      guard let value = parameters[name] else {
        problems.append(.unknownParameter(name, among: parameters, at: located.span))
        return nil
      }
      guard let list = value.list else {
        problems.append(
          Diagnostic(
            "not-a-list", "parameter '\(name)' is \(value.kind), a dimension needs a list",
            at: located.span))
        return nil
      }
      return list
    }
  }

  /// An entry of `include` or `exclude`, sorted by dimension. That it names dimensions of this
  /// matrix, and `include` all of them, was seen to when the manifest was read.
  private func partial(_ item: Located<Syntax>) -> Combination {
    (item.content.entries ?? []).compactMap { entry in
      Name(entry.key).map { ($0, entry.value.value) }
    }.sorted { $0.name < $1.name }
  }
}

extension StepName {
  /// The name of one combination: never an index, so that editing a list moves no other name.
  ///
  /// `dim=value,…`; `[A-Za-z0-9._+-]` as is, the rest percent-encoded; a value of over 40
  /// characters, a list or a map as the first 8 hexadecimal digits of its digest.
  package init(_ base: Name, _ combination: Combination) {
    if combination.isEmpty {
      self.init(base)
      return
    }
    self.init(
      base,
      variant: combination.map { "\($0.name)=\(StepName.encoded($0.value))" }.joined(separator: ",")
    )
  }

  /// How a dimension's value appears in a step's name.
  package static func encoded(_ value: Value) -> String {
    switch value {
    case .list, .map: return Digest(of: JSON.canonical(value)).short
    case .null: return "null"
    case .boolean, .number, .text:
      let text = percentEncoded(value.argument)
      return text.utf8.count > 40 ? Digest(of: value.argument).short : text
    }
  }

  private static func percentEncoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    return String(
      decoding: text.utf8.flatMap { byte -> [UInt8] in
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
          UInt8(ascii: "+"), UInt8(ascii: "-"):
          [byte]
        default: [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
      }, as: UTF8.self)
  }
}
