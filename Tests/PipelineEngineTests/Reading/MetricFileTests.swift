import PipelineEngine
import PipelineModel
import Testing

@Suite("Files of metrics") struct MetricFileTests {
  struct Case: Sendable {
    let text: String
    /// The leaves as one JSON map.
    let leaves: String
  }

  static let cases = [
    Case(
      text: #"{"accuracy": 0.970, "precision": {"Adelie": 1, "Gentoo": true}, "n": null}"#,
      leaves: #"{"accuracy":0.970,"precision.Adelie":1,"precision.Gentoo":true,"n":null}"#),
    Case(
      text: #"{"loss": NaN, "best": {"up": Infinity, "down": -Infinity}, "says": "NaN: x"}"#,
      leaves: #"{"loss":"NaN","best.up":"Infinity","best.down":"-Infinity","says":"NaN: x"}"#),
    Case(
      text: #"{"list": [1, NaN], "far": -1e999}"#,
      leaves: #"{"list":[1,"NaN"],"far":"-Infinity"}"#),
    Case(
      text: "loss: .nan\nup: .inf\nin:\n  down: -.Inf\n  text: '.nan'\nlist: [.INF, 1]\n",
      leaves:
        #"{"loss":"NaN","up":"Infinity","in.down":"-Infinity","in.text":".nan","#
        + #""list":["Infinity",1]}"#
    ),
    Case(text: "accuracy: 0.97\nloss: NaN\n", leaves: #"{"accuracy":0.97,"loss":"NaN"}"#),
    Case(text: "a: 1e999", leaves: #"{"a":"Infinity"}"#),
    Case(text: "NaN", leaves: "{}"),
    Case(text: "[1, 2]", leaves: "{}"),
    Case(text: "a: [", leaves: "{}"),
    Case(text: "", leaves: "{}"),
  ]

  @Test("Leaves come by dotted names, and what is not finite as text", arguments: cases)
  func leaves(_ c: Case) throws {
    let values = MetricFile.values(Array(c.text.utf8))
    let text = JSON.text(.map(values.map { (key: $0.name, value: $0.value) }))
    #expect(text == c.leaves)
    #expect(throws: Never.self) { try JSON.read(text) }
  }
}
