/// A measured value under its name: `evaluate.scores.accuracy` is 0.97.
package struct Metric: Sendable {
  package let name: String
  /// Nil where the value is no number; may be infinite, or not a number in the sense of floating
  /// point.
  package let number: Double?
  /// The value where it is no number.
  package let text: String?

  package init(_ name: String, _ number: Double) {
    self.name = name
    self.number = number
    text = nil
  }

  /// What a file of metrics says under a name. Booleans count as 0 and 1; the texts `NaN`,
  /// `Infinity` and `-Infinity` are numbers.
  ///
  /// - Returns: nil where a value measures nothing: null, a list, a map.
  package init?(_ name: String, _ value: Value) {
    if let number = Metric.number(value) {
      self.init(name, number)
    } else if case .text(let text) = value {
      self.init(name, text: text)
    } else {
      return nil
    }
  }

  private init(_ name: String, text: String) {
    self.name = name
    number = nil
    self.text = text
  }

  /// The same measure under another name, or in other words.
  package func with(name: String, text: String?) -> Metric {
    number.map { Metric(name, $0) } ?? Metric(name, text: text ?? "")
  }

  /// The value in JSON, which has no word for what is not finite: that is a text there.
  package var json: Value {
    if let number { return Metric.json(number) }
    return .text(text ?? "")
  }

  /// A number in JSON: the shortest text that reads back as the same; `"NaN"` and the infinities
  /// are texts.
  package static func json(_ number: Double) -> Value {
    if let word = word(number) { return .text(word) }
    return .number(Decimal(number).map(\.text) ?? number.description)
  }

  /// The number that a value of a metrics file stands for; nil where it is none.
  package static func number(_ value: Value) -> Double? {
    switch value {
    case .number: value.double
    case .boolean(let isTrue): isTrue ? 1 : 0
    case .text(let text): nonFinite(text)
    case .null, .list, .map: nil
    }
  }

  /// `-0.0625`, `1234568`, `NaN`: at most `digits` digits, but a whole part is never cut.
  package static func brief(_ number: Double, digits: Int = 4) -> String {
    if let word = word(number) { return word }
    guard let decimal = Decimal(number) else { return number.description }
    return decimal.rounded(digits: max(digits, decimal.magnitude + 1)).text
  }

  private static func word(_ number: Double) -> String? {
    if number.isNaN { return "NaN" }
    return number.isInfinite ? (number < 0 ? "-Infinity" : "Infinity") : nil
  }

  private static func nonFinite(_ text: String) -> Double? {
    switch text {
    case "NaN": .nan
    case "Infinity": .infinity
    case "-Infinity": -.infinity
    default: nil
    }
  }
}

extension Metric: Equatable {
  /// Two that are not a number are equal here: the same was measured.
  package static func == (a: Metric, b: Metric) -> Bool {
    guard a.name.utf8.elementsEqual(b.name.utf8), a.text == b.text else { return false }
    return a.number == b.number || (a.number?.isNaN == true && b.number?.isNaN == true)
  }
}
