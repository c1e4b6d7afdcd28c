import Testing

@testable import PipelineModel

@Suite("Conditions") struct ConditionTests {
  static let values: [String: Value] = [
    "scores.accuracy": .number("0.95"), "rate": .number("0.10"), "epochs": .number("200"),
    "seed": .number("9007199254740993"), "loss": .text("NaN"), "best": .text("-Infinity"),
    "commit": .text("1234567"), "started": .text("2026-11-21T06:03:34Z"), "dirty": .boolean(false),
    "tag": .null, "note": .text("first \"good\" one's"), "layers": .list([.number("8")]),
    "train@seed=1.loss": .number("1e-3"), "val/loss": .number("-0.5"), "and": .number("1"),
    "größe": .text("groß"),
  ]

  static let holding = [
    // Numbers.
    "rate = 0.1", "rate == 1e-1", "rate != 0.2", "rate < 0.2", "rate <= 0.1", "rate >= 0.1",
    "scores.accuracy > 0.9", "scores.accuracy>0.9", "epochs > 3e1", "val/loss < -0.1",
    "seed = 9007199254740993", "seed > 9007199254740992", "epochs < Infinity",
    "epochs > -Infinity", "best < 0", "loss = NaN", "best = -Infinity", "best < Infinity",
    "not epochs = NaN", "rate = \"0.10\"", "rate != \"0.1\"", "epochs ~ 20",
    // Texts.
    "commit = 1234567", "commit = \"1234567\"", "commit ~ 345", "started > 2026-11-01",
    "started < 2026-12", "started > 2026", "note ~ good", "note ~ 'first \"good\"'",
    "note = 'first \"good\" one\\'s'", "note ~ \"\"", "größe ~ ß",
    // Others.
    "dirty = false", "dirty != true", "tag = null", "layers = [8]", "layers ~ 8",
    "dirty != \"false\"",
    // Joined.
    "rate = 0.1 and epochs = 200", "rate = 0.2 or epochs = 200", "not rate = 0.2",
    "not gone = 1", "not gone != 1", "not not rate = 0.1",
    "rate = 0.1 or rate = 9 and rate = 9", "not (rate = 0.1 and rate = 9)",
    "rate = 9 and rate = 9 or rate = 0.1", "not rate = 9 and epochs = 200",
    "rate = 9 or not rate = 9", "NOT rate = 9 AND epochs = 200",
    "((rate = 0.1))", "(rate=0.1)and(epochs=200)", "rate = 0.1\n  and epochs = 200",
    "`train@seed=1.loss` = 0.001", "`and` = 1", "(rate = 9 or rate = 0.1) and epochs = 200",
  ]

  static let failing = [
    "rate = 0.2", "rate < 0.1", "rate > 0.1", "rate != 0.1", "seed = 9007199254740992",
    "loss < 1", "loss > 1", "loss = 1", "loss != 1", "epochs = NaN", "epochs != NaN", "loss < NaN",
    "best < NaN", "gone = 1", "gone != 1", "gone = null", "gone ~ \"\"", "started > 2026-11-22",
    "note ~ Good", "note ~ \"first good\"", "dirty < true", "tag != null", "layers > 1",
    "rate < abc", "dirty = \"false\"", "rate = 9 or rate = 0.1 and rate = 9",
    "(rate = 0.1 or rate = 9) and rate = 9", "not rate = 0.1 or rate = 9",
    "not rate = 0.1 and rate = 9",
  ]

  @Test("What holds", arguments: holding)
  func holds(_ text: String) throws {
    #expect(try Condition.read(text).holds { ConditionTests.values[$0] })
  }

  @Test("What does not hold", arguments: failing)
  func fails(_ text: String) throws {
    #expect(try !Condition.read(text).holds { ConditionTests.values[$0] })
  }

  @Test("The names that a condition mentions, each once")
  func names() throws {
    let condition = try Condition.read("b = 1 and (a.c > 2 or `b` = 3) and not `x y` ~ b")
    #expect(condition.names == ["b", "a.c", "x y"])
  }

  struct Refusal: Sendable {
    var text: String
    var column: Int
    var fact: String
    var hint: String
  }

  static let example = "write a comparison like 'scores.accuracy > 0.9'"
  static let operators = "write one of = != < <= > >= ~"
  static let blanks = "put a value that holds blanks into quotes"

  static let refused = [
    Refusal(text: "", column: 1, fact: "a name is missing at the end", hint: example),
    Refusal(text: "a = 1 and", column: 10, fact: "a name is missing at the end", hint: example),
    Refusal(
      text: "a = 1 and or b = 2", column: 11, fact: "a name is missing before 'or'", hint: example),
    Refusal(text: "a = (1)", column: 5, fact: "a value is missing before '('", hint: value),
    Refusal(text: "a =", column: 4, fact: "a value is missing at the end", hint: value),
    Refusal(text: "a = and", column: 5, fact: "a value is missing before 'and'", hint: value),
    Refusal(
      text: "accuracy", column: 9, fact: "an operator after 'accuracy' is missing at the end",
      hint: operators),
    Refusal(
      text: "a is 1", column: 3, fact: "an operator after 'a' is missing before 'is'",
      hint: operators),
    Refusal(text: "a <> 1", column: 3, fact: "'<>' is no operator", hint: "write '!='"),
    Refusal(text: "a =~ 1", column: 3, fact: "'=~' is no operator", hint: "write '~'"),
    Refusal(text: "a >> 1", column: 3, fact: "'>>' is no operator", hint: operators),
    Refusal(
      text: "0.9 < a", column: 1, fact: "'0.9' is a number: a comparison begins with a name",
      hint: "write it like 'scores.accuracy > 0.9'"),
    Refusal(
      text: "(a = 1", column: 1, fact: "'(' is not closed", hint: "write ')' at the end"),
    Refusal(
      text: "a = 1)", column: 6, fact: "')' closes nothing",
      hint: "remove it, or write '(' before"),
    Refusal(text: "()", column: 2, fact: "a name is missing before ')'", hint: example),
    Refusal(text: "a = 1 && b = 2", column: 7, fact: "'&&' joins nothing", hint: "write 'and'"),
    Refusal(text: "a = 1||b = 2", column: 6, fact: "'||' joins nothing", hint: "write 'or'"),
    Refusal(text: "!a = 2", column: 1, fact: "a name is missing before '!'", hint: "write 'not'"),
    Refusal(
      text: "ä = good one", column: 10, fact: "'one' stands where 'and' or 'or' is expected",
      hint: blanks),
    Refusal(
      text: "t@seed=1.loss > 2", column: 15,
      fact: "'>' stands where 'and' or 'or' is expected",
      hint: "put a name that holds other signs into backticks, and such a value into quotes"),
    Refusal(
      text: "a = \"x", column: 5, fact: "\" is not closed", hint: "write \" again at the end"),
    Refusal(text: "`` = 1", column: 1, fact: "the name is empty", hint: "write a name"),
  ]

  static let value =
    "write a number or text; text that is a word of the language stands in quotes"

  @Test("What is no condition is refused with its place and an act", arguments: refused)
  func refuse(_ c: Refusal) {
    do throws(Condition.Problem) {
      Issue.record("'\(c.text)' is read as \(try Condition.read(c.text))")
    } catch {
      #expect(error.fact == whole(c.fact))
      #expect(error.hint == c.hint)
      #expect(error.column == c.column)
    }
  }

  /// A value is missing after an operator, which the table leaves out.
  private func whole(_ fact: String) -> String {
    fact.replacing("a value is missing", with: "a value after '=' is missing")
  }

  @Test("A problem on a later line has that line")
  func lines() {
    #expect {
      try Condition.read("a = 1\n and b", as: 3)
    } throws: { error in
      (error as? Condition.Problem)?.span == Span(text: 3, line: 2, column: 7)
    }
  }

  @Test("Depth costs no stack")
  func deep() throws {
    let depth = 20_000
    let nested =
      String(repeating: "not (", count: depth) + "rate = 0.1" + String(repeating: ")", count: depth)
    #expect(try Condition.read(nested).holds { ConditionTests.values[$0] })
    #expect(throws: Condition.Problem.self) {
      try Condition.read(String(repeating: "(", count: depth))
    }
  }
}
