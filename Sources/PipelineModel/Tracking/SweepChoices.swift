extension FormReader {
  private static let choiceKeys = ["values", "range", "uniform", "log-uniform", "integers"]
  private static let farthest = 1_000_000_000_000_000

  /// What one parameter of a sweep file can be: a list, or a map with one key.
  mutating func choices(
    _ entry: Syntax.Entry, method: SweepSpace.Method
  ) -> SweepSpace.Choices? {
    let name = entry.key.clipped
    if entry.value.items != nil { return values(entry.value, of: name) }
    guard let entries = entry.value.entries else {
      let scalar = entry.value.scalar.flatMap { $0.text.isEmpty ? nil : $0.text.clipped }
      wrongType(
        entry.value, of: name,
        takes: "a list of values, or a map with one of "
          + FormReader.alternatives(FormReader.choiceKeys), hint: scalar.map { "write [\($0)]" })
      return nil
    }
    let known = entries.filter { FormReader.choiceKeys.contains($0.key) }
    if known.isEmpty, let inner = entries.first, inner.value.scalar == nil,
      nearest(to: inner.key, among: FormReader.choiceKeys) == nil
    {
      report(
        "bad-sweep", "'\(inner.key.clipped)' says nothing of what '\(name)' can be",
        hint:
          "write '\(entry.key.clipped).\(inner.key.clipped):' for a parameter in a map, or one of "
          + FormReader.alternatives(FormReader.choiceKeys), at: inner.keySpan)
      return nil
    }
    let before = problems.count
    _ = fields(entry.value, of: name, owner: "a swept parameter", known: FormReader.choiceKeys)
    guard problems.count == before else { return nil }
    guard let only = known.first, known.count == 1 else {
      report(
        "bad-sweep", "'\(name)' takes one of \(FormReader.alternatives(FormReader.choiceKeys))",
        hint: "write '\(name): [1, 2]'", at: entry.value.span)
      return nil
    }
    return bounded(only, method: method)
  }

  private mutating func bounded(
    _ entry: Syntax.Entry, method: SweepSpace.Method
  ) -> SweepSpace.Choices? {
    switch entry.key {
    case "values":
      return values(entry.value, of: "values")
    case "range":
      guard let numbers = decimals(entry.value, of: "range", ["from", "to", "step"]) else {
        return nil
      }
      return range(numbers, at: entry.value.span)
    case "integers":
      guard entry.value.items?.count == 2, let items = entry.value.items else {
        return wrongBounds(entry.value, of: "integers", ["from", "to"])
      }
      let reach = -FormReader.farthest...FormReader.farthest
      let bounds = items.map { integer($0, of: "integers", in: reach) }
      guard let first = bounds[0], let last = bounds[1] else { return nil }
      guard first <= last else { return backward(entry) }
      return .integers(first...last)
    default:
      return interval(entry, method: method)
    }
  }

  private mutating func interval(
    _ entry: Syntax.Entry, method: SweepSpace.Method
  ) -> SweepSpace.Choices? {
    if method == .grid {
      report(
        "bad-sweep", "'\(entry.key)' has no end of values, so a grid cannot hold it",
        hint: "write 'method: random', or a range", at: entry.keySpan)
    }
    guard let bounds = decimals(entry.value, of: entry.key, ["from", "to"]) else { return nil }
    guard bounds[0].double < bounds[1].double else { return backward(entry) }
    guard entry.key == "log-uniform" else { return .uniform(bounds[0], bounds[1]) }
    guard bounds[0].coefficient > 0 else {
      report(
        "bad-sweep",
        "'log-uniform' begins at \(bounds[0].text), but only what is above 0 has a logarithm",
        hint: "begin above 0, or write 'uniform'", at: entry.value.span)
      return nil
    }
    return .logUniform(bounds[0], bounds[1])
  }

  private mutating func backward(_ entry: Syntax.Entry) -> SweepSpace.Choices? {
    report(
      "bad-sweep", "'\(entry.key)' holds nothing: its first number is not below its last",
      hint: "write the smaller one first", at: entry.value.span)
    return nil
  }

  /// Values in a list, none twice.
  private mutating func values(_ syntax: Syntax, of key: String) -> SweepSpace.Choices? {
    let items = items(syntax, of: key)
    guard syntax.items != nil else { return nil }
    return choices(items.map { Located($0.value, at: $0.span) }, of: key, at: syntax.span)
  }

  /// Values in a list, none twice.
  mutating func choices(
    _ values: [Located<Value>], of key: String, at span: Span
  ) -> SweepSpace.Choices? {
    if values.isEmpty {
      report(
        "bad-sweep", "'\(key)' has no value, so nothing would be tried",
        hint: "give it one, or remove it", at: span)
      return nil
    }
    var seen: Set<String> = []
    var isGood = true
    for value in values where !seen.insert(JSON.canonical(value.content)).inserted {
      report(
        "bad-sweep",
        "\(JSON.text(value.content).clipped) stands twice among the values of '\(key)'",
        hint: "remove one", at: value.span)
      isGood = false
    }
    return isGood ? .values(values.map(\.content)) : nil
  }

  /// `from`, `to` and `step` as the numbers they lead through.
  mutating func range(_ numbers: [Decimal], at span: Span) -> SweepSpace.Choices? {
    let most = SweepSpace.mostTrials
    let range = Decimal.range(from: numbers[0], to: numbers[1], by: numbers[2], limit: most)
    guard let range, range.count <= most else {
      report(
        "bad-sweep", "the range has more than \(most) values", hint: "write a larger step",
        at: span)
      return nil
    }
    guard !range.isEmpty else {
      let step = numbers[2]
      let turned = Decimal(coefficient: -step.coefficient, exponent: step.exponent)
      report(
        "bad-sweep",
        "the range holds nothing: a step of \(step.text) does not lead from"
          + " \(numbers[0].text) to \(numbers[1].text)",
        hint: step.coefficient == 0
          ? "write another step than 0" : "write \(turned.text) for the step", at: span)
      return nil
    }
    return .values(range.map { .number($0.text) })
  }

  private mutating func decimals(
    _ syntax: Syntax, of key: String, _ names: [String]
  ) -> [Decimal]? {
    guard let items = syntax.items, items.count == names.count else {
      _ = wrongBounds(syntax, of: key, names)
      return nil
    }
    let numbers = items.map { decimal($0, of: key) }
    let known = numbers.compactMap { $0 }
    return known.count == numbers.count ? known : nil
  }

  private mutating func wrongBounds(
    _ syntax: Syntax, of key: String, _ names: [String]
  ) -> SweepSpace.Choices? {
    report(
      "bad-sweep", "'\(key)' takes a list of \(names.count) numbers",
      hint: "write \(key): [\(names.joined(separator: ", "))]", at: syntax.span)
    return nil
  }

  /// A number, as exactly as it is written.
  mutating func decimal(_ syntax: Syntax, of key: String) -> Decimal? {
    guard let scalar = syntax.scalar, scalar.isPlain, Value.isNumber(scalar.text) else {
      wrongType(syntax, of: key, takes: "a number")
      return nil
    }
    if let number = Decimal(scalar.text), number.double.isFinite { return number }
    report(
      "bad-number", "\(scalar.text.clipped) has more digits than '\(key)' takes",
      hint: "write at most 18 digits", at: syntax.span)
    return nil
  }
}
