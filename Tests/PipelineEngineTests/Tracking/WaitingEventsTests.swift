import PipelineModel
import Testing

@testable import PipelineEngine

@Suite("Events that wait") struct WaitingEventsTests {
  /// What steps printed, as `name: text`; `-` for anything else.
  private static func shown(_ events: [RunEvent]) -> [String] {
    events.map { event in
      guard case .printed(let step, let bytes) = event else { return "-" }
      return "\(step): \(String(decoding: bytes, as: UTF8.self))"
    }
  }

  @Test("What is printed too fast is left out, counted and told of before the step ends")
  func flood() throws {
    let (a, b) = (try #require(StepName("a")), try #require(StepName("b")))
    var waiting = WaitingEvents(limit: 10)
    func printed(_ step: StepName, _ text: String) -> RunEvent { .printed(step, Array(text.utf8)) }
    let other = RunEvent.progress(ended: 0, of: 1, secondsLeft: 0)
    for event in [
      printed(a, "1\n2\n3"), printed(b, "x\n"), printed(a, "4\n5\n6\n"), printed(b, "y\n"),
      printed(a, "\n"), other, printed(b, "z\n"),
    ] { waiting.add(event) }
    let left = "not shown, being too many at once; the log has them\n"
    #expect(
      Self.shown(waiting.takeAll()) == [
        "a: 1\n2\n3", "b: x\n", "b: y\n", "a: \n… 4 lines \(left)", "-", "b: … 1 line \(left)",
      ])
    waiting.add(printed(a, "7\n"))
    #expect(Self.shown(waiting.takeAll()) == ["a: 7\n"])
    #expect(waiting.takeAll().isEmpty)
  }
}
