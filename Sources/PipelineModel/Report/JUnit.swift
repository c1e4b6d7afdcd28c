extension RunReport {
  /// What `run --junit` writes: one suite, the pipeline, with one case per step.
  ///
  /// Only what all readers of the format agree on. Steps that are kept or restored have passed;
  /// so has the run where a step failed that may, which counts as skipped.
  package var junit: String {
    let failures = steps.count { $0.ending == .failed && !$0.mayFail }
    let skipped = steps.count { $0.isSkippedInJUnit }
    let head = [
      ("name", project), ("tests", "\(steps.count)"), ("failures", "\(failures)"),
      ("errors", "0"), ("skipped", "\(skipped)"), ("time", RunReport.time(seconds)),
    ]
    let stamp = [("timestamp", String(Timestamp.text(nanoseconds: started).dropLast()))]
    var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>"]
    lines.append(RunReport.tag("testsuites", head) + ">")
    lines.append("  " + RunReport.tag("testsuite", head + stamp) + ">")
    for step in steps { lines += testCase(step) }
    lines += ["  </testsuite>", "</testsuites>"]
    return lines.joined(separator: "\n") + "\n"
  }

  private func testCase(_ step: Step) -> [String] {
    let open = RunReport.tag(
      "testcase",
      [
        ("classname", project), ("name", "\(step.name)"),
        ("time", RunReport.time(step.usage?.seconds ?? 0)),
      ])
    var lines = ["    \(open)>"]
    let message = step.failure?.message ?? ""
    let log = (step.failure?.excerpt ?? []) + (step.failure?.log.map { ["log: \($0)"] } ?? [])
    let text = Markup.xml(log.joined(separator: "\n"))
    if step.ending == .failed, !step.mayFail {
      let tag = RunReport.tag("failure", [("type", "failed"), ("message", message)])
      lines.append("      \(tag)>\(text)</failure>")
    } else if step.isSkippedInJUnit {
      let detail = message.isEmpty ? "" : ": \(message)"
      lines.append(
        "      \(RunReport.tag("skipped", [("message", step.ending.rawValue + detail)]))/>")
    }
    let told = step.line.line().text
    lines.append("      <system-out>\(Markup.xml(Excerpt.shown(told)))</system-out>")
    lines.append("    </testcase>")
    return lines
  }

  private static func tag(_ name: String, _ attributes: [(name: String, value: String)]) -> String {
    attributes.reduce("<\(name)") {
      "\($0) \($1.name)=\"\(Markup.xmlAttribute($1.value))\""
    }
  }

  private static func time(_ seconds: Double) -> String { Amount.number(seconds).argument }
}

extension RunReport.Step {
  fileprivate var isSkippedInJUnit: Bool {
    switch ending {
    case .kept, .restored, .ran: false
    case .failed: mayFail
    case .skipped, .cancelled: true
    }
  }
}
