import Foundation
import Testing

@testable import PipelineComponent

@Suite("Metrics") struct MetricsTests {
  struct Line: Sendable {
    var step: Int?
    var values: [String: Double]
    var text: String
  }

  static let lines = [
    Line(step: 3, values: ["loss": 0.5], text: #"{"step":3,"loss":0.5}"#),
    Line(step: nil, values: ["b": 2, "a": 1], text: #"{"a":1.0,"b":2.0}"#),
    Line(
      step: 0, values: ["a": .nan, "b": .infinity, "c": -.infinity],
      text: #"{"step":0,"a":"NaN","b":"Infinity","c":"-Infinity"}"#),
    Line(
      step: nil, values: ["a": 1e-7, "b": 1e300, "c": -0.0, "d": .leastNonzeroMagnitude],
      text: #"{"a":1e-07,"b":1e+300,"c":-0.0,"d":5e-324}"#),
    Line(step: 4, values: ["step": 9, "loss": 1], text: #"{"step":4,"loss":1.0}"#),
    Line(step: nil, values: ["step": 9], text: #"{"step":9.0}"#),
    Line(
      step: nil, values: ["a\"\\\n\u{1}é": 1], text: ##"{"a\"\\\u000a\u0001é":1.0}"##),
    Line(step: 1, values: [:], text: #"{"step":1}"#),
  ]

  @Test("Values become one line of JSON", arguments: lines)
  func text(_ line: Line) throws {
    let text = MetricLine.text(step: line.step, line.values)
    #expect(text == line.text + "\n")
    #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(text.utf8)) }
  }

  @Test("Lines of many tasks stand whole in the file")
  func together() async throws {
    let path = NSTemporaryDirectory() + "metrics-\(UUID().uuidString).jsonl"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let component = Component(environment: ["PIPELINE_METRICS": path])
    await withTaskGroup { group in
      for step in 0..<200 { group.addTask { component.log(step: step, ["loss": 0.5]) } }
    }
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    #expect(Set(lines.map(String.init)) == Set((0..<200).map { #"{"step":\#($0),"loss":0.5}"# }))
    #expect(lines.count == 200)
  }

  @Test("Outside a pipeline nothing is written")
  func outside() {
    Component(environment: [:]).log(step: 1, ["loss": 0.5])
  }
}
