#if os(Linux)
  import Testing

  /// What leaves its step for good; only Linux gives orphans to the tool.
  @Suite("Strays") struct StrayTests {
    @Test("A step that leaves a daemon nobody can know as its own is told of it")
    func daemon() async throws {
      let tool = try #require(Fixtures.tool)
      let lines = try await Fixtures.turnstile.pass {
        let stage = try Stage(nil, tool: tool)
        _ = try await stage.execute(
          """
          write pipeline.yaml 'project: p' 'steps:' '  a:' \\
            "    run: env -i setsid sh -c 'echo \\$\\$ > pid; exec sleep 300' > away 2>&1 & sleep 0.5"
          """)
        let ran = try await stage.execute("pipewright run")
        let processID = try await stage.execute("cat pid; kill $(cat pid)")
        await stage.clear()
        return (ran.output, processID.output)
      }
      let processID = lines.1.split(separator: "\n").first ?? "none"
      let note = "1 process goes on that left its session and dropped PIPELINE_EXECUTION"
      #expect(lines.0.contains("warning: step 'a': \(note): \(processID)\n"), "\(lines.0)")
    }
  }
#endif
