extension FormReader {
  /// `matrix:`: dimensions with their values, `include` and `exclude`.
  mutating func matrix(_ syntax: Syntax) -> MatrixDeclaration {
    var matrix = MatrixDeclaration()
    for entry in entries(syntax, of: "matrix") {
      switch entry.key {
      case "include": matrix.include = combinations(entry)
      case "exclude": matrix.exclude = combinations(entry)
      default:
        let name = name(entry.key, at: entry.keySpan, of: "a dimension")
        let values = values(entry)
        if let name, let values { matrix.dimensions.append((name, values)) }
      }
    }
    matrix.dimensions.sort { $0.name.content < $1.name.content }
    if matrix.dimensions.isEmpty, matrix.include.isEmpty, syntax.entries?.isEmpty == true {
      report(
        "bad-matrix", "'matrix' has no dimension", hint: "write 'matrix: { seed: [1, 2, 3] }'",
        at: syntax.span)
    }
    checkCombinations(of: matrix)
    return matrix
  }

  private mutating func values(_ entry: Syntax.Entry) -> Located<MatrixValues>? {
    let dimension = entry.key.clipped
    if let scalar = entry.value.scalar, scalar.text.contains("${{") {
      return parameter(entry.value, dimension: dimension)
    }
    guard let items = entry.value.items else {
      wrongType(
        entry.value, of: "matrix.\(dimension)", takes: "a list, or a reference to a parameter",
        hint: entry.value.scalar.flatMap { $0.text.isEmpty ? nil : "write [\($0.text.clipped)]" })
      return nil
    }
    guard !items.isEmpty else {
      report(
        "bad-matrix", "dimension '\(dimension)' has no value, so no step would come of it",
        hint: "give it one, or remove it", at: entry.value.span)
      return nil
    }
    var seen: Set<String> = []
    for item in items {
      checkValue(item)
      if !seen.insert(JSON.canonical(item.value)).inserted {
        report(
          "bad-matrix", "\(JSON.text(item.value).clipped) stands twice in dimension '\(dimension)'",
          hint: "remove one", at: item.span)
      }
    }
    return Located(.values(items.map { Located($0, at: $0.span) }), at: entry.value.span)
  }

  private mutating func parameter(
    _ syntax: Syntax, dimension: String
  ) -> Located<MatrixValues>? {
    guard let template = template(syntax, of: "matrix.\(dimension)") else { return nil }
    guard case .parameter(let name) = template.content.only else {
      report(
        "bad-reference",
        "'\(template.content.source.clipped)' gives no values: dimension '\(dimension)' takes a"
          + " list, or one parameter that is a list",
        hint: "write \"${{ parameters.NAME }}\" alone", at: template.span)
      return nil
    }
    return Located(.parameter(name), at: template.span)
  }

  /// Values are taken as they are: a reference in one would go unread.
  private mutating func checkValue(_ syntax: Syntax) {
    var pending = [syntax]
    while let next = pending.popLast() {
      switch next.content {
      case .list(let items): pending += items
      case .map(let entries): pending += entries.map(\.value)
      case .scalar(let scalar):
        if scalar.text.contains("${{") {
          report(
            "bad-reference",
            "'\(scalar.text.clipped)' stands among a matrix's values, where"
              + " references are not read",
            hint: "let the whole list be \"${{ parameters.NAME }}\"", at: next.span)
        }
      }
    }
  }

  private mutating func combinations(_ entry: Syntax.Entry) -> [Located<Syntax>] {
    items(entry.value, of: entry.key).compactMap { item in
      checkValue(item)
      let isMap = item.entries != nil
      // Reports what is no map, and keys that stand twice.
      _ = entries(item, of: entry.key, takes: "a list of maps")
      return isMap ? Located(item, at: item.span) : nil
    }
  }

  /// `exclude` names dimensions; `include` names each of them.
  private mutating func checkCombinations(of matrix: MatrixDeclaration) {
    var known = matrix.dimensions.map(\.name.content.text)
    if known.isEmpty, let first = matrix.include.first?.content.entries {
      known = first.compactMap { name($0.key, at: $0.keySpan, of: "a dimension")?.content.text }
    }
    for item in matrix.include + matrix.exclude {
      for entry in item.content.entries ?? [] where !known.contains(entry.key) {
        report(
          "bad-matrix", "'\(entry.key.clipped)' is no dimension of this matrix",
          hint: (nearest(to: entry.key, among: known) ?? known.first).map { "write '\($0)'" },
          at: entry.keySpan)
      }
    }
    for item in matrix.include {
      let keys = Set((item.content.entries ?? []).map(\.key))
      for name in known where !keys.contains(name) {
        report(
          "bad-matrix", "dimension '\(name)' is missing: what is included has a value for each",
          hint: "write '\(name):'", at: item.span)
      }
    }
  }
}
