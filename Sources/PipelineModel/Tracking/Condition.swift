/// What `--where` asks of an experiment or a run: `scores.accuracy > 0.95 and train.rate = 0.1`.
///
/// Comparisons joined by `and`, `or`, `not` and parentheses. A comparison with a name that is not
/// there is false, also with `!=`; `not` makes it true.
package struct Condition: Sendable, Equatable {
  /// How a value is compared with what is written.
  package enum Comparator: String, Sendable, CaseIterable {
    case equal = "="
    case unequal = "!="
    case less = "<"
    case atMost = "<="
    case greater = ">"
    case atLeast = ">="
    /// The text contains the one that is written.
    case contains = "~"
  }

  /// `NAME op VALUE`.
  struct Comparison: Sendable, Equatable {
    let name: String
    let comparator: Comparator
    let value: Written
  }

  /// The value that a comparison has been given.
  struct Written: Sendable, Equatable {
    let value: Value
    /// As it is written, without quotes: what recorded text is compared with.
    let text: String
  }

  /// One act of a machine with a stack, since a nested value would need a deep stack of calls for
  /// a condition that is nested deeply.
  enum Act: Sendable, Equatable {
    case compare(Comparison)
    case not, and, or
  }

  /// Operands before their operator; never empty, and leaves one answer.
  let acts: [Act]

  /// The names it mentions, each once, in the order of the text.
  package let names: [String]

  /// - Parameter acts: leave one answer on the stack.
  init(acts: [Act]) {
    self.acts = acts
    var seen: Set<[UInt8]> = []
    names = acts.compactMap { act in
      guard case .compare(let comparison) = act,
        seen.insert(Array(comparison.name.utf8)).inserted
      else { return nil }
      return comparison.name
    }
  }

  /// Whether the condition holds for something that has these values.
  ///
  /// - Parameter value: the value of a name as it is written in the condition; nil where there is
  ///   none.
  package func holds(_ value: (String) -> Value?) -> Bool {
    holds(any: { value($0).map { [$0] } ?? [] })
  }

  /// Whether the condition holds for something that may have several values under one name: a
  /// comparison holds where it does for any of them.
  package func holds(any values: (String) -> [Value]) -> Bool {
    var answers: [Bool] = []
    for act in acts {
      switch act {
      case .compare(let comparison):
        answers.append(values(comparison.name).contains { comparison.holds($0) })
      case .not: answers.append(!(answers.popLast() ?? true))
      case .and:
        let second = answers.popLast() ?? false
        answers.append((answers.popLast() ?? false) && second)
      case .or:
        let second = answers.popLast() ?? false
        answers.append((answers.popLast() ?? false) || second)
      }
    }
    return answers.last ?? false
  }
}

extension Condition.Comparison {
  /// Whether it holds for a recorded value.
  ///
  /// Two numbers are compared as numbers, and NaN is neither equal nor unequal to one. Recorded
  /// text is compared byte by byte with what is written, so a commit that happens to be digits is
  /// still text, and so is a time. Else only `=` and `!=` say something.
  func holds(_ recorded: Value?) -> Bool {
    guard let recorded else { return false }
    if comparator == .contains { return recorded.argument.containsBytes(of: value.text) }
    if let numbers = numbers(recorded) { return comparator.holds(numbers) }
    if case .text(let text) = recorded {
      return comparator.holds(order: text.order(with: value.text))
    }
    let isEqual =
      switch recorded {
      case .null, .boolean: recorded == value.value
      case .number, .text, .list, .map: recorded.argument.order(with: value.text) == .same
      }
    switch comparator {
    case .equal: return isEqual
    case .unequal: return !isEqual
    case .less, .atMost, .greater, .atLeast, .contains: return false
    }
  }

  /// Both sides as numbers where both are: one is a JSON number and the other as well or the text
  /// of a non-finite one, or both are such texts and an order is asked for.
  private func numbers(_ recorded: Value) -> (RecordedNumber, RecordedNumber)? {
    guard let a = RecordedNumber(recorded), let b = RecordedNumber(value.value) else { return nil }
    if case .text = recorded, case .text = value.value {
      // `loss = NaN` finds what was recorded as such.
      guard comparator != .equal, comparator != .unequal else { return nil }
    }
    return (a, b)
  }
}

/// A number as it is recorded: a JSON number, or the text of one that JSON cannot say.
private struct RecordedNumber {
  /// Nil beyond `Int` or where it has a fraction.
  let whole: Int?
  let approximate: Double

  init?(_ value: Value) {
    switch value {
    case .number(let text):
      whole = Int(text)
      guard let number = Double(text) else { return nil }
      approximate = number
    case .text("NaN"): (whole, approximate) = (nil, .nan)
    case .text("Infinity"): (whole, approximate) = (nil, .infinity)
    case .text("-Infinity"): (whole, approximate) = (nil, -.infinity)
    case .text, .null, .boolean, .list, .map: return nil
    }
  }
}

private enum Ranking {
  case before, same, after
}

extension Condition.Comparator {
  fileprivate func holds(_ numbers: (RecordedNumber, RecordedNumber)) -> Bool {
    // Seeds use all of their 64 bits, of which a Double has 53.
    if let a = numbers.0.whole, let b = numbers.1.whole {
      return holds(order: a == b ? .same : a < b ? .before : .after)
    }
    let (a, b) = (numbers.0.approximate, numbers.1.approximate)
    guard !a.isNaN, !b.isNaN else { return false }
    return holds(order: a == b ? .same : a < b ? .before : .after)
  }

  fileprivate func holds(order: Ranking) -> Bool {
    switch self {
    case .equal: order == .same
    case .unequal: order != .same
    case .less: order == .before
    case .atMost: order != .after
    case .greater: order == .after
    case .atLeast: order != .before
    case .contains: false
    }
  }
}

extension String {
  fileprivate func order(with other: String) -> Ranking {
    if utf8.elementsEqual(other.utf8) { return .same }
    return utf8.lexicographicallyPrecedes(other.utf8) ? .before : .after
  }

  fileprivate func containsBytes(of part: String) -> Bool {
    guard let first = part.utf8.first else { return true }
    var rest = utf8[...]
    while let start = rest.firstIndex(of: first) {
      rest = rest[start...]
      if rest.starts(with: part.utf8) { return true }
      rest = rest.dropFirst()
    }
    return false
  }
}
