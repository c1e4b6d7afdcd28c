import PipelineModel
import Testing

@testable import PipelineEngine

/// What reaches a step that really executes, and what leaves it.
@Suite("Steps on this machine") struct StepWiringTests {
  @Test("A tool is the one that the step's own PATH leads to")
  func tools() async throws {
    let workspace = try RealRun()
    for (folder, text) in [("one", "echo 1"), ("two", "echo 2")] {
      try workspace.program(Path("\(folder)/bin/mytool"), text)
    }
    let text = """
      project: tools
      steps:
        a:
          run: mytool > a
          outputs: [one/a]
          directory: one
          environment: { tools: [mytool], variables: { PATH: "bin:/usr/bin:/bin" } }
        b:
          run: mytool > two/${{ matrix.place }}
          outputs: ["two/${{ matrix.place }}"]
          environment:
            tools: [mytool]
            variables: { PATH: "${{ matrix.place }}/bin:/usr/bin:/bin" }
          matrix: { place: [two] }

      """
    #expect(try await workspace.run(text).endings == "a ran, b@place=two ran")
    try workspace.program("one/bin/mytool", "echo 3")
    #expect(try await workspace.run(text).endings == "a ran, b@place=two kept")
    #expect(try workspace.scratch.text("one/a") == "3\n")
  }

  @Test("A secret is hidden in metrics, and in the log of a step that was not given it")
  func secrets() async throws {
    let workspace = try RealRun()
    let ended = try await workspace.run(
      """
      project: secrets
      steps:
        given:
          run: 'true'
          environment: { secrets: [TOKEN] }
        other:
          run: |
            cat stolen
            cat stolen-line >> "$PIPELINE_METRICS"
          inputs: [stolen, stolen-line]

      """, variables: ["TOKEN": "s3cr\"t"],
      before: [
        "stolen": "it is s3cr\"t\n", "stolen-line": "{\"a\": \"s3cr\\\"t\"}\n",
      ])
    #expect(ended.endings == "given ran, other ran")
    #expect(ended.log == "it is ***\n")
    #expect(ended.metrics == "{\"a\": \"***\"}\n")
  }

  @Test("A secret is hidden in why a step failed, also between control characters")
  func secretsOfFailures() async throws {
    let workspace = try RealRun()
    let ended = try await workspace.run(
      """
      project: secrets
      steps:
        pipe:
          run: mkdir od && mkfifo "od/$TOKEN"
          outputs: [od]
          environment: { secrets: [TOKEN] }
        split:
          run: printf 'a sek\\033[0mrit-12345 b\\n'; exit 1
          environment: { secrets: [TOKEN] }

      """, variables: ["TOKEN": "sekrit-12345"])
    #expect(ended.endings == "pipe failed, split failed")
    #expect(ended.failures.first?.contains("'od/***'") == true)
    #expect(ended.excerpts == ["a *** b"])
  }

  @Test("A step that reads more files than a variable holds finds their paths in a file")
  func longLists() async throws {
    let workspace = try RealRun()
    let long = String(repeating: "n", count: 200)
    for number in 0..<1000 { try workspace.scratch.write(Path("in/\(long)-\(number)"), "") }
    let ended = try await workspace.run(
      """
      project: lists
      steps:
        count:
          run: |
            echo "${PIPELINE_INPUT_ALL-none} $(wc -l < "$PIPELINE_INPUT_ALL_FILE")"
            echo "$PIPELINE_INPUT_ONE ${PIPELINE_INPUT_ONE_FILE-none}"
          inputs: { all: in/*, one: in/*-1 }

      """)
    #expect(ended.endings == "count ran")
    #expect(ended.log == "none 1000\nin/\(long)-1 none\n")
  }
}
