import Testing

/// What was another while a step worked, and the same again when it had ended.
@Suite("Put back") struct PutBackTests {
  /// How something is changed and put back, and what is told of that; nil where the result counts.
  struct Change: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Shell that prepares the workspace.
    var before = "write in/a 1; write in/sub/b 1"
    let change: String
    let back: String
    /// The step's declarations of what it reads.
    var reads = "inputs: [in]"
    let told: String?

    init(
      _ description: String, before: String? = nil, change: String, back: String,
      reads: String? = nil, told: String?
    ) {
      testDescription = description
      if let before { self.before = before }
      self.change = change
      self.back = back
      if let reads { self.reads = reads }
      self.told = told
    }
  }

  static let changes = [
    Change(
      "a file", change: "echo 2 > in/a", back: "echo 1 > in/a",
      told: "'in/a' was written to, though it is as it was before"),
    Change(
      "a file's mode", change: "chmod +x in/a", back: "chmod -x in/a",
      told: "'in/a' was written to, though it is as it was before"),
    Change(
      "an entry that comes and goes", change: "echo 2 > in/c", back: "rm in/c",
      told: "'in' had other entries for a while"),
    Change(
      "an entry below", change: "mkdir in/sub/sub", back: "rmdir in/sub/sub",
      told: "'in/sub' had other entries for a while"),
    Change(
      "a directory with another name", change: "mv in/sub in/other", back: "mv in/other in/sub",
      told: "'in' had other entries for a while…"),
    Change(
      "a file of the code", change: "echo 2 > in/a", back: "echo 1 > in/a", reads: "sources: [in]",
      told: "'in/a' was written to, though it is as it was before"),
    Change(
      "what an editor leaves and takes away beside code", change: "echo 2 > in/.a.swp",
      back: "rm in/.a.swp", reads: "sources: [in]", told: nil),
    Change(
      "a link", before: "write x 1; write y 2; ln -s x in", change: "ln -sfn y in",
      back: "ln -sfn x in", told: "'in' led elsewhere for a while"),
    Change(
      "a link on the way", before: "write x/a 1; write y/a 2; ln -s x in", change: "ln -sfn y in",
      back: "ln -sfn x in", reads: "inputs: [in/a]", told: "'in' led elsewhere for a while"),
    Change(
      "what does not count and stays", change: "mkdir in/__pycache__", back: "true", told: nil),
    Change(
      "what lies beside the files of a pattern", change: "echo 2 > in/c", back: "rm in/c",
      reads: "inputs: [\"in/[ab]\"]", told: nil),
    Change(
      "what is in a file's directory", change: "echo 2 > in/c", back: "rm in/c",
      reads: "inputs: [in/a]", told: nil),
  ]

  @Test("What was made meanwhile is no result, and the next run makes it anew", arguments: changes)
  func putBack(_ change: Change) async throws {
    let told = change.told.map {
      "warning: step 'work': not recorded, since this changed while it worked: \($0)\n"
    }
    let next = change.told == nil ? "kept      work\n1 kept" : "ran       work  first run\n1 ran, …"
    let incident = Incident(
      change.testDescription,
      steps: """
        work:
          run: |
            test -e quiet || { \(change.change); }
            find -L in -type f -exec cat {} + > ${{ outputs.o }}
            test -e quiet || { \(change.back); }
          \(change.reads)
          outputs: { o: o.txt }
        """,
      script: """
        \(change.before)
        pipewright run
        write quiet
        pipewright run
        """,
      expected: """
        ran       work  first run
        \(told ?? "")1 ran, experiment NAME-1
        \(next)
        """)
    try await incident.check()
  }

  @Test("The same of what another step has made")
  func artifact() async throws {
    let incident = Incident(
      "an artifact",
      steps: """
        make:
          run: mkdir made; echo 1 > made/a
          outputs: [made]
        work:
          run: echo 2 > made/b; cat made/* > o.txt; rm made/b
          inputs: [made]
          outputs: [o.txt]
        """,
      script: "pipewright run; pipewright status --check",
      expected: """
        ran       make  first run
        ran       work  first run
        warning: step 'work': not recorded, since this changed while it worked: 'made' had other entries for a while
        2 ran, experiment NAME-1
        fresh      make
        stale      work
                     first run

        2 steps: 1 fresh, 1 stale
        [exit 3]
        """)
    try await incident.check()
  }
}
