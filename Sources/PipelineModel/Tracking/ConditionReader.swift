extension Condition {
  /// Why a text is no condition, where, and what to write instead.
  package struct Problem: Error, Equatable {
    package let fact: String
    package let hint: String
    package let span: Span

    /// In characters of its line, from 1.
    package var column: Int { span.column }

    package var diagnostic: Diagnostic {
      Diagnostic("bad-condition", fact, hint: hint, at: span)
    }
  }

  /// Reads comparisons `NAME op VALUE`, joined by `and`, `or`, `not` and parentheses; `not` binds
  /// closest, then `and`.
  ///
  /// The operators are `= == != < <= > >=`, and `~` for text that contains another. A name in
  /// backticks and a value in single or double quotes may hold any character; in quotes a
  /// backslash stands before a quote or another backslash. A value without quotes is read as a
  /// plain scalar of the manifest is.
  ///
  /// - Parameter source: which of the run's texts this is, for the place of a problem.
  package static func read(_ text: String, as source: Int = 0) throws(Problem) -> Condition {
    var reader = ConditionReader(words: ConditionWords(text, as: source))
    return Condition(acts: try reader.acts())
  }
}

/// Sorts acts behind their operands as they are read, without recursion.
///
/// - SeeAlso: Dijkstra, "Algol 60 translation", 1961: the shunting yard.
private struct ConditionReader {
  var words: ConditionWords
  /// What waits for its operands or for a parenthesis to close.
  var open: [(mark: Mark, position: Int)] = []
  var done: [Condition.Act] = []

  /// The later, the closer it binds.
  enum Mark: Int {
    case parenthesis, or, and, not
  }

  mutating func acts() throws(Condition.Problem) -> [Condition.Act] {
    repeat {
      try operand()
      while words.take(")") { try close() }
    } while try join()
    while let (mark, position) = open.popLast() {
      if mark == .parenthesis {
        throw words.problem(
          "'(' is not closed", hint: "write ')' at the end", at: words.place(position))
      }
      emit(mark)
    }
    return done
  }

  /// All that may stand before a comparison, and the comparison.
  private mutating func operand() throws(Condition.Problem) {
    while true {
      let position = words.position
      if words.take("(") {
        open.append((.parenthesis, position))
      } else if words.take(word: "not") {
        open.append((.not, position))
      } else {
        done.append(.compare(try words.comparison()))
        return
      }
    }
  }

  private mutating func close() throws(Condition.Problem) {
    while let (mark, _) = open.popLast() {
      if mark == .parenthesis { return }
      emit(mark)
    }
    throw words.problem(
      "')' closes nothing", hint: "remove it, or write '(' before", at: words.place(words.last))
  }

  /// - Returns: whether another operand follows.
  private mutating func join() throws(Condition.Problem) -> Bool {
    if words.isAtEnd { return false }
    let position = words.position
    let mark: Mark
    if words.take(word: "and") {
      mark = .and
    } else if words.take(word: "or") {
      mark = .or
    } else {
      throw words.noJoin()
    }
    while let last = open.last, last.mark.rawValue >= mark.rawValue {
      emit(last.mark)
      open.removeLast()
    }
    open.append((mark, position))
    return true
  }

  private mutating func emit(_ mark: Mark) {
    switch mark {
    case .parenthesis: break
    case .or: done.append(.or)
    case .and: done.append(.and)
    case .not: done.append(.not)
    }
  }
}
