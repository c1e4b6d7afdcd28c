import ArgumentParser
import PipelineEngine
import PipelineModel

/// Where what a run did is written down beside the terminal.
struct ReportOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Write what was done as JSON, schema 1.", valueName: "file"))
  var report: String?

  @Option(help: ArgumentHelp("Write what was done as JUnit XML.", valueName: "file"))
  var junit: String?

  /// Whether nothing is written beside what is told.
  var isNone: Bool {
    report == nil && junit == nil && Invocation.shared.value("GITHUB_ACTIONS") != "true"
  }

  /// Writes what was asked for, and on GitHub Actions what its pages show.
  ///
  /// - Throws: `ToolFailure` where a file cannot be written.
  func write(_ report: RunReport) throws {
    do {
      let here = try Directory(opening: .here)
      if let file = self.report {
        try put(JSON.pretty(report.json), at: Path(file), in: here)
      }
      if let file = junit {
        try put(report.junit, at: Path(file), in: here)
      }
      if Invocation.shared.value("GITHUB_ACTIONS") == "true" {
        report.gitHubAnnotations.forEach { Invocation.shared.print($0) }
        if let summary = Invocation.shared.value("GITHUB_STEP_SUMMARY") {
          try here.openForAppending(Path(summary)).write(Array(report.jobSummary.utf8))
        }
      }
    } catch {
      throw ToolFailure(error)
    }
  }

  private func put(
    _ text: String, at path: Path, in directory: Directory
  ) throws(SystemError) {
    if !path.parent.isHere { try directory.makeDirectories(path.parent, links: .followed) }
    try directory.replace(path, with: Array(text.utf8), links: .followed)
  }
}
