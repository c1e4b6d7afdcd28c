extension RunReport {
  /// The run in Markdown, for the summary page of a CI job.
  ///
  /// One table, then what was promoted, then the ends of the logs of what failed. Kept steps are only counted where there
  /// are many, and of many failures only the first have their logs: a page has a limit of 1 MiB.
  package var jobSummary: String {
    let shown = steps.count <= 100 ? steps : steps.filter { $0.ending != .kept }
    var lines = ["### Pipeline \(Markup.markdown(project)): \(outcome.rawValue)", ""]
    lines.append(summary + (experiment.map { ", experiment `\(Markup.markdown($0))`" } ?? ""))
    lines.append("")
    if !shown.isEmpty {
      lines += ["| step | ending | why | time |", "| :-- | :-- | :-- | --: |"]
      lines += shown.prefix(1_000).map(RunReport.row)
      lines.append("")
    }
    let left = steps.count - min(shown.count, 1_000)
    if left > 0 { lines += ["\(Amount.count(left, "more step")) not shown.", ""] }
    for promotion in promotions { lines += promotion.markdown }
    let failed = steps.filter { $0.failure != nil }
    for step in failed.prefix(10) { lines += RunReport.log(of: step) }
    return lines.joined(separator: "\n")
  }

  private static func row(_ step: Step) -> String {
    let ending = step.ending == .failed ? "**failed**" : step.ending.rawValue
    let cells = [
      Markup.markdown("\(step.name)"), ending, Markup.markdown(step.line.detail),
      step.usage.map { Amount.duration(seconds: $0.seconds) } ?? "",
    ]
    return "| " + cells.joined(separator: " | ") + " |"
  }

  private static func log(of step: Step) -> [String] {
    guard let failure = step.failure, !failure.excerpt.isEmpty else { return [] }
    let lines = failure.excerpt.suffix(200).map { Excerpt.clipped($0, to: 400) }
    // Markdown is read inside the element only after an empty line.
    return ["<details><summary>The log of \(Markup.xml("\(step.name)"))</summary>", ""]
      + Markup.fenced(lines) + ["", "</details>", ""]
  }
}
