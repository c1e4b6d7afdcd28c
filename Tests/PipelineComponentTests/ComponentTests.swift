import Foundation
import Testing

@testable import PipelineComponent

@Suite("Component") struct ComponentTests {
  let component = Component(environment: [
    "PIPELINE_INPUT_RAW_ROWS": "Data/raw rows.csv",
    "PIPELINE_INPUT_FOLDS": "Folds/1.csv\nFolds/2.csv\n",
    "PIPELINE_INPUT_NOTHING": "",
    "PIPELINE_OUTPUT_MODEL": "Models/model.json",
    "HOME": "/home/someone",
  ])

  @Test("A name finds its variable, whatever its case and with - for _")
  func names() throws {
    #expect(try component.input("raw-rows") == "Data/raw rows.csv")
    #expect(try component.input("Raw_Rows") == "Data/raw rows.csv")
    #expect(try component.output("model") == "Models/model.json")
  }

  @Test("A list has a path per line, and may be empty")
  func lists() throws {
    #expect(try component.inputs("folds") == ["Folds/1.csv", "Folds/2.csv"])
    #expect(try component.inputs("nothing").isEmpty)
    #expect(try component.inputs("raw-rows") == ["Data/raw rows.csv"])
  }

  @Test("A list that is too long for a variable stands in a file")
  func longList() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "parts.txt")
    try Data("Parts/1\nParts/2\n".utf8).write(to: file)
    let component = Component(environment: ["PIPELINE_INPUT_PARTS_FILE": file.path])
    #expect(try component.inputs("parts") == ["Parts/1", "Parts/2"])
    try FileManager.default.removeItem(at: file)
    #expect(throws: ComponentProblem.self) { try component.inputs("parts") }
  }

  @Test("One path is asked for and there are more or fewer")
  func notOne() {
    #expect(throws: ComponentProblem.notOnePath(input: "folds", count: 2)) {
      try component.input("folds")
    }
    #expect(throws: ComponentProblem.notOnePath(input: "nothing", count: 0)) {
      try component.input("nothing")
    }
  }

  @Test("An unknown name is told with those that the step has")
  func unknown() {
    let expected = ComponentProblem.notWired(
      .input, "clean", known: ["folds", "nothing", "raw_rows"])
    #expect(throws: expected) { try component.input("clean") }
    #expect(
      expected.description == """
        'clean' is no input of this step, which has: folds, nothing, raw_rows
         hint: write 'inputs: { clean: STEP.ARTIFACT }' in the step that executes this component
        """)
    #expect(throws: ComponentProblem.notWired(.output, "curve", known: ["model"])) {
      try component.output("curve")
    }
  }

  @Test("Started by hand, the component says how to start it")
  func outside() {
    let alone = Component(environment: ["HOME": "/home/someone"])
    #expect(throws: ComponentProblem.outsidePipeline(missing: "PIPELINE_INPUT_CLEAN")) {
      try alone.input("clean")
    }
  }

  @Test("The process's own environment is read")
  func process() {
    #expect(Component().environment["PATH"]?.isEmpty == false)
  }
}
