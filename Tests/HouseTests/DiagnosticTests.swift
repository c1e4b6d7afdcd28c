import Testing

/// Every mistake that a user can make has a fixture that shows what is said of it.
@Suite("Diagnostics") struct DiagnosticTests {
  /// Codes that no manifest alone can bring about: they tell of files, programs or the machine.
  static let atRunTime = [
    "bad-assignment": "'-P' on the command line",
    "bad-condition": "'--where' on the command line",
    "bad-version": "a version of an artifact or a model on the command line",
    "ambiguous-name": "a metric or a parameter on the command line",
    "unknown-name": "a metric or a parameter on the command line",
    "bad-sweep": "'--sweep' on the command line, or a sweep file",
    "missing-parameters": "a file of 'parameters-from' or '--parameters' is not there",
    "missing-input": "no file has it",
    "missing-source": "no file has it",
    "missing-directory": "no file has it",
    "missing-tool": "not found through PATH",
    "missing-secret": "not in the environment",
    "empty-glob": "no file matches",
    "unreadable-input": "an input that is a pipe, or a link that leads nowhere",
    "unreadable-source": "the same of a source, or a file that may not be read",
    "unreadable": "a file of this machine that may not be read",
    "linked-output": "a symbolic link in the workspace",
    "linked-directory": "a symbolic link in the workspace",
    "hidden-by-link": "a symbolic link in the workspace",
    "frozen-missing": "neither in the workspace nor in the store",
    "frozen-forced": "'--force' on the command line",
    "pool-too-small": "'--jobs' or '--resources', or the machine's own size",
    "nothing-to-adopt": "'--adopt' on the command line",
    "no-version": "a model's version on the command line",
    "promotion-failed": "what a step did",
    "no-rollback": "what happened to the model",
    "replaced-output": "a version given for an artifact on the command line",
    "missing-version": "the store has lost it",
    "wrote-outside": "what a step did",
    "no-package": "no Package.swift",
    "bad-graph": "what the plugin wrote",
    "swiftpm-failed": "SwiftPM",
    "unknown-product": "the package has no such product",
    "build-failed": "the compiler",
  ]

  @Test("Every code has a fixture")
  func fixtures() {
    let missing = codes.subtracting(shown).subtracting(DiagnosticTests.atRunTime.keys)
    #expect(missing.sorted() == [])
  }

  @Test("A code that only a run can give has no fixture, and is given somewhere")
  func runTime() {
    let listed = Set(DiagnosticTests.atRunTime.keys)
    #expect(listed.subtracting(codes).sorted() == [])
    #expect(listed.intersection(shown).sorted() == [])
  }

  @Test("A fixture is named for a code that it shows")
  func names() {
    for path in paths where path.hasSuffix(".txt") {
      let code = path.split(separator: "/").last?.split(separator: ".").first.map(String.init) ?? ""
      let isMany = code == "ten-mistakes"
      let text = Repository.texts.first { $0.path == path }?.text ?? ""
      #expect(isMany || text.contains("[\(code)]"), "\(path) does not show [\(code)]")
    }
  }

  /// Codes that the sources give to a problem.
  private var codes: Set<String> {
    let found = Repository.sources.flatMap { file in
      file.text.matches(
        of:
          /\b(?:Diagnostic|StepProblem|report|self\.init)\(\s*(?:code: +)?"([a-z]+(?:-[a-z]+)*)"/
      ).map { String($0.1) }
    }
    return Set(found)
  }

  /// Codes that a fixture's expected text has.
  private var shown: Set<String> {
    let texts = Repository.texts.filter { $0.path.hasPrefix(DiagnosticTests.folder) }
    return Set(texts.flatMap { $0.text.matches(of: /\[([a-z-]+)\]/).map { String($0.1) } })
  }

  private var paths: [String] { Repository.files(in: DiagnosticTests.folder) }

  private static let folder = "Fixtures/manifests/rejected"
}
