import Testing

@testable import PipelineModel

@Suite("Amounts") struct AmountTests {
  static let durations: [(Double, String)] = [
    (0, "0 s"), (-1, "0 s"), (.nan, "0 s"), (0.0004, "<1 ms"), (0.04, "40 ms"), (0.0994, "99 ms"),
    (0.0996, "0.1 s"), (0.4, "0.4 s"), (0.45, "0.5 s"), (9.949, "9.9 s"), (9.95, "10 s"),
    (12.4, "12 s"), (59.4, "59 s"), (59.5, "1 min 00 s"), (200, "3 min 20 s"),
    (3_599.4, "59 min 59 s"), (3_599.5, "1 h 00 min"), (3_720, "1 h 02 min"),
    (86_369, "23 h 59 min"), (86_370, "1 d 00 h"), (183_600, "2 d 03 h"),
  ]

  @Test("Durations round to what is shown and never to sixty", arguments: durations)
  func duration(seconds: Double, text: String) {
    #expect(Amount.duration(seconds: seconds) == text)
  }

  static let sizes: [(Int, String)] = [
    (0, "0 B"), (-5, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (1_249, "1.2 kB"),
    (1_250, "1.3 kB"), (99_949, "99.9 kB"), (99_950, "100 kB"), (999_499, "999 kB"),
    (999_500, "1.0 MB"), (1_200_000, "1.2 MB"), (123_000_000_000, "123 GB"),
    (Int.max, "9.2 EB"),
  ]

  @Test("Sizes are powers of ten", arguments: sizes)
  func size(bytes: Int, text: String) {
    #expect(Amount.size(bytes: bytes) == text)
  }

  @Test(
    "Estimates are rough",
    arguments: [
      (3, "a few seconds"), (41, "40 s"), (54, "50 s"), (56, "1 min"), (110, "2 min"),
      (4_000, "1 h 10 min"), (3_590, "1 h 00 min"),
    ])
  func estimate(seconds: Double, text: String) {
    #expect(Amount.estimate(seconds: seconds) == text)
  }

  @Test("Counts know their plural")
  func counts() {
    #expect(Amount.count(1, "step") == "1 step")
    #expect(Amount.count(0, "step") == "0 steps")
    #expect(Amount.count(2, "entry", plural: "entries") == "2 entries")
  }

  @Test(
    "Numbers for programs have at most three places",
    arguments: [
      (0, "0"), (2, "2"), (0.5, "0.5"), (0.0004, "0"), (-0.0004, "0"), (12.3456, "12.346"),
      (-1.25, "-1.25"), (.nan, "0"),
    ])
  func number(value: Double, text: String) {
    #expect(Amount.number(value) == .number(text))
  }

  @Test(
    "Moments are written in UTC",
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
      (951_782_400_000_000_000, "2000-02-29T00:00:00.000Z"),
      (1_740_830_405_123_999_999, "2025-03-01T12:00:05.123Z"),
      (4_107_542_399_000_000_000, "2100-02-28T23:59:59.000Z"),
      (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000Z"),
    ])
  func timestamp(nanoseconds: Int, text: String) {
    #expect(Timestamp.preciseText(nanoseconds: nanoseconds) == text)
    #expect(Timestamp.text(nanoseconds: nanoseconds) == text.dropLast(5) + "Z")
  }
}
