import Seeds
import Testing

@testable import PipelineModel

@Suite("Decimal") struct DecimalTests {
  static let texts = [
    ("0", "0"), ("-0.00", "0"), ("1.10", "1.1"), ("100", "100"), ("-0.05", "-0.05"),
    ("1e3", "1000"), ("2.5E-3", "0.0025"), ("123456789012345678", "123456789012345678"),
    ("0.000000000000000000001", "1e-21"), ("1.5e300", "1.5e300"), ("-12e-40", "-1.2e-39"),
    ("1e20", "1e20"), ("1e19", "10000000000000000000"),
  ]

  @Test("A number is written plainly, and as exactly as it was read", arguments: texts)
  func text(_ written: String, _ text: String) throws {
    let decimal = try #require(Decimal(written))
    #expect(decimal.text == text)
    #expect(Decimal(text) == decimal)
    #expect(Value.isNumber(text))
    #expect(decimal.double == Double(written))
  }

  @Test(
    "What is no number, or has too many digits, is none",
    arguments: ["", "a", "+1", ".5", "1.", "NaN", "1234567890123456789", "1e999999999999"])
  func refused(_ text: String) { #expect(Decimal(text) == nil) }

  static let roundings = [
    ("0.123456", 4, "0.1235"), ("0.99996", 4, "1"), ("-2.5", 1, "-3"), ("1234567", 3, "1230000"),
    ("0.00012345", 2, "0.00012"), ("7", 4, "7"), ("0", 4, "0"), ("0.04", 0, "0"),
    ("0.06", 0, "0.1"),
  ]

  @Test("Rounding keeps the first digits, halves away from zero", arguments: roundings)
  func rounding(_ written: String, _ digits: Int, _ text: String) throws {
    #expect(try #require(Decimal(written)).rounded(digits: digits).text == text)
  }

  @Test("Rounding to a place far above leaves nothing")
  func far() throws {
    #expect(try #require(Decimal("999")).rounded(to: 300).text == "0")
    #expect(try #require(Decimal("999")).rounded(to: 3).text == "1000")
  }

  @Test("Every floating-point number comes back as it was")
  func doubles() {
    var generator = SplitMix64(seed: 1)
    for _ in 0..<2_000 {
      let number = Double(bitPattern: generator.next())
      guard number.isFinite else { continue }
      let text = Decimal(number)?.text
      #expect(text.flatMap(Double.init) == number, "\(number)")
    }
  }

  struct Range: Sendable {
    let first, last, step: String
    let numbers: String?
  }

  static let ranges = [
    Range(first: "0.1", last: "0.5", step: "0.1", numbers: "0.1 0.2 0.3 0.4 0.5"),
    Range(first: "100", last: "500", step: "100", numbers: "100 200 300 400 500"),
    Range(first: "0", last: "1", step: "0.3", numbers: "0 0.3 0.6 0.9"),
    Range(first: "1", last: "-1", step: "-0.5", numbers: "1 0.5 0 -0.5 -1"),
    Range(first: "1e-5", last: "3e-5", step: "1e-5", numbers: "0.00001 0.00002 0.00003"),
    Range(first: "3", last: "3", step: "7", numbers: "3"),
    Range(first: "1", last: "0", step: "1", numbers: ""),
    Range(first: "0", last: "1", step: "0", numbers: ""),
    Range(first: "0", last: "9e9", step: "1", numbers: "0 1 2 3 4 5"),
    Range(first: "1e-10", last: "1e15", step: "1", numbers: nil),
  ]

  @Test("A range has no floating error", arguments: ranges)
  func range(_ range: Range) throws {
    let numbers = Decimal.range(
      from: try #require(Decimal(range.first)), to: try #require(Decimal(range.last)),
      by: try #require(Decimal(range.step)), limit: 5)
    #expect(numbers?.map(\.text).joined(separator: " ") == range.numbers)
  }
}
