import Seeds
import Testing

@testable import PipelineModel

@Suite("Metric series") struct MetricSeriesTests {
  struct Case: Sendable {
    let text: String
    /// Each point as `name@step=number`.
    let points: String
    var latest: String?
    var skipped = 0
  }

  static let cases = [
    Case(
      text: #"{"step":3,"loss":0.5,"val":{"loss":1,"top":{"5":2}}}"#,
      points: "loss@3=0.5 val.loss@3=1 val.top.5@3=2"),
    Case(text: #"{"epoch":1,"batch":20,"loss":2}"#, points: "batch@1=20 loss@1=2"),
    Case(text: #"{"iteration":7,"loss":2}"#, points: "loss@7=2"),
    Case(text: #"{"step":1,"epoch":9}"#, points: "epoch@1=9"),
    Case(text: #"{"step":"first","epoch":9,"a":1}"#, points: "a@9=1", latest: "step=first a=1"),
    Case(text: #"{"step":2.0,"a":1}"#, points: "a@2=1"),
    Case(text: #"{"step":0.25,"a":1}"#, points: "a@0.25=1"),
    Case(text: #"{"step":NaN,"a":1}"#, points: "step@0=NaN a@0=1"),
    Case(
      text: """
        {"a":1}
        {"a":2,"b":5}
        {"step":9,"a":3}
        {"a":4}
        """, points: "a@0=1 a@1=2 b@0=5 a@9=3 a@3=4", latest: "a=4 b=5"),
    Case(
      text: #"{"step":0,"a":NaN,"b":Infinity,"c":-Infinity,"d":"NaN","e":"-Infinity","f":1e999}"#,
      points: "a@0=NaN b@0=Infinity c@0=-Infinity d@0=NaN e@0=-Infinity f@0=Infinity"),
    Case(
      text: #"{"step":1,"ok":true,"bad":false,"what":"warm NaN","none":null,"list":[1]}"#,
      points: "ok@1=1 bad@1=0", latest: "ok=1 bad=0 what=warm NaN"),
    Case(text: "\r\n \n{\"a\":1}\r\n", points: "a@0=1"),
    Case(text: #"{"step":1,"time":5.5,"a":1}"#, points: "a@1=1"),
    Case(text: #"{"time":"soon"}"#, points: "", latest: "time=soon"),
    Case(text: "{\"a\":1}\n{\"a\":2,\"b", points: "a@0=1", skipped: 1),
    Case(text: "{\"a\":1}\n[1]\n7\nepoch 3\n{a:1}\n{\"a\":2}", points: "a@0=1 a@1=2", skipped: 4),
    Case(text: #"{"a":1,"a":2}"#, points: "", skipped: 1),
    Case(text: "", points: ""),
  ]

  static func text(_ points: [MetricSeries.Point]) -> String {
    points.map { "\($0.name)@\($0.step)=\(Metric.json($0.number).argument)" }
      .joined(separator: " ")
  }

  @Test("Lines become points", arguments: cases)
  func points(_ c: Case) {
    let (points, series) = MetricSeries.read(Array(c.text.utf8))
    #expect(MetricSeriesTests.text(points) == c.points)
    #expect(points.map(\.position) == Array(points.indices))
    #expect(series.skippedLines == c.skipped)
    guard let latest = c.latest else { return }
    let last = series.latest.map { "\($0.name)=\($0.json.argument)" }
    #expect(last.joined(separator: " ") == latest)
  }

  @Test("The time of a line is no metric, and the word of its step is kept")
  func time() {
    let (points, series) = MetricSeries.read(Array(#"{"epoch":1,"time":5.5,"a":1}"#.utf8))
    #expect(points.map(\.time) == [5.5])
    #expect(series.latest == [Metric("a", 1)])
    #expect(series.moment?.word == "epoch")
    #expect(series.moment?.step == .whole(1))
  }

  @Test("Nothing depends on where the pieces are cut", arguments: 0..<20)
  func pieces(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    let all = Array(MetricSeriesTests.cases.map(\.text).joined(separator: "\n").utf8)
    let (whole, expected) = MetricSeries.read(all)
    var series = MetricSeries()
    var points: [MetricSeries.Point] = []
    var rest = all[...]
    while !rest.isEmpty {
      let piece = rest.prefix(1 + generator.below(30))
      points += series.feed(Array(piece))
      rest = rest.dropFirst(piece.count)
    }
    points += series.finish()
    #expect(MetricSeriesTests.text(points) == MetricSeriesTests.text(whole))
    #expect(series.latest == expected.latest)
    #expect(series.skippedLines == expected.skippedLines)
  }

  @Test("A line that never ends costs no memory, and the next one counts")
  func overlong() {
    var series = MetricSeries()
    let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 600_000)
    for _ in 0..<3 { #expect(series.feed(piece).isEmpty) }
    #expect(MetricSeriesTests.text(series.feed(Array("\n{\"a\":1}\n".utf8))) == "a@0=1")
    #expect(series.skippedLines == 1)
  }

  static let briefs: [(Double, String)] = [
    (0.314159, "0.3142"), (1_234_567.8, "1234568"), (-0.0625, "-0.0625"), (1e-7, "0.0000001"),
    (1e300, "1e300"), (.nan, "NaN"), (-.infinity, "-Infinity"), (200, "200"), (0, "0"),
    (0.99999, "1"),
  ]

  @Test("A number is shown in four digits", arguments: briefs)
  func brief(_ number: Double, _ text: String) { #expect(Metric.brief(number) == text) }

  @Test("JSON of any number reads back as the same")
  func json() throws {
    var generator = SplitMix64(seed: 2)
    let seeds = (0..<500).map { _ in Double(bitPattern: generator.next()) }
    for number in seeds + [.nan, .infinity, -.infinity, 0, .leastNonzeroMagnitude] {
      let read = try JSON.read(JSON.text(Metric("x", number).json))
      #expect(Metric("x", read) == Metric("x", number))
    }
  }
}
