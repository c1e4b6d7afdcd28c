import Testing

/// Where things lie, and that nothing tells of the places where they were made.
@Suite("Places") struct PlaceTests {
  @Test("The top level holds what the documentation says")
  func top() {
    let visible = Repository.entries(of: "").filter { !$0.hasPrefix(".") }
    let expected = [
      "Fixtures", "LICENSE", "Package.swift", "Plugins", "README.md", "Sources", "Tests",
    ]
    #expect(visible.filter { $0 != "Package.resolved" } == expected)
  }

  @Test("Every target has its folder and no other")
  func targets() {
    #expect(
      Repository.entries(of: "Sources") == [
        "CPipelineDigest", "CPipelineSystem", "PipelineComponent", "PipelineEngine",
        "PipelineModel", "pipewright",
      ])
    #expect(Repository.entries(of: "Plugins") == ["RunPipeline"])
  }

  @Test("The plugin is thin")
  func plugin() {
    for file in Repository.sources where file.target == "RunPipeline" {
      #expect(file.lines.count < 200, "\(file) is not")
    }
  }

  @Test("No file names a place or a person that only its maker has")
  func foreign() {
    // In parts, so that this file does not find itself.
    let words = [
      "/wo" + "rk/", "/opt/" + "swift", "fa" + "rm-", "/ro" + "ot/", "/Use" + "rs/",
      "/tmp/" + "house",
      "Clau" + "de", "Anthro" + "pic", "Chat" + "GPT", "Co" + "pilot", "A" + "I agent",
    ]
    for (path, text) in Repository.texts {
      for word in words where text.contains(word) {
        Issue.record("\(path) has '\(word)'")
      }
    }
  }
}
