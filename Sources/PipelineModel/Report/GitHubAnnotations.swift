extension RunReport {
  /// Lines that GitHub Actions shows beside the manifest: one per failed step, at most ten, since
  /// more are dropped there without a word; then one that says how many there were.
  package var gitHubAnnotations: [String] {
    let failed = steps.filter { $0.ending == .failed }
    // What fails the run comes before what may fail.
    let ordered = failed.filter { !$0.mayFail } + failed.filter(\.mayFail)
    var lines = ordered.prefix(RunReport.mostAnnotations).map(RunReport.annotation)
    let dropped = ordered.count - lines.count
    if dropped > 0 {
      let more = Amount.count(dropped, "more failed step")
      lines.append("::notice title=Pipeline::\(more) not shown here; the log has all")
    }
    return lines
  }

  private static let mostAnnotations = 10

  private static func annotation(_ step: Step) -> String {
    var properties: [String] = []
    if let file = step.failure?.file { properties.append("file=\(escapedProperty(file))") }
    if let line = step.failure?.line { properties.append("line=\(line)") }
    properties.append("title=\(escapedProperty("step \(step.name) failed"))")
    let message = [step.failure?.message ?? "failed"] + (step.failure?.excerpt ?? [])
    let text = escaped(message.joined(separator: "\n"))
    return "::\(step.mayFail ? "warning" : "error") \(properties.joined(separator: ","))::\(text)"
  }

  private static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "%": out += "%25"
      case "\r": out += "%0D"
      case "\n": out += "%0A"
      case "\t": out.unicodeScalars.append(scalar)
      default: out.unicodeScalars.append(VisibleText.isControl(scalar) ? "\u{FFFD}" : scalar)
      }
    }
    return out
  }

  private static func escapedProperty(_ text: String) -> String {
    var out = ""
    for scalar in escaped(text).unicodeScalars {
      switch scalar {
      case ":": out += "%3A"
      case ",": out += "%2C"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
