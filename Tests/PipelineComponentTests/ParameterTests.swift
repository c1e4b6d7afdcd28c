import Foundation
import Testing

@testable import PipelineComponent

@Suite("Parameters") struct ParameterTests {
  struct Training: Decodable, Equatable {
    var rate: Double
    var epochs: Int
    var note: String?
  }

  struct Everything: Decodable, Equatable {
    struct Split: Decodable, Equatable { var seed: Int }
    var split: Split
    var train: Training
    var names: [String]
  }

  static let json = """
    {"names": ["a", "b"], "split": {"seed": 7}, "train": {"epochs": 200, "note": null, "rate": 1.1}}
    """

  /// Gives the work a component whose parameters are the text.
  func withParameters(_ json: String, _ work: (Component, String) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "parameters-\(UUID().uuidString).json"
    try json.write(toFile: path, atomically: false, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try work(Component(environment: ["PIPELINE_PARAMETERS": path]), path)
  }

  @Test("A dotted name leads to a group, to one value, or to all")
  func paths() throws {
    try withParameters(Self.json) { (component, _) throws in
      let training = Training(rate: 1.1, epochs: 200, note: nil)
      #expect(try component.parameters(as: Training.self, at: "train") == training)
      #expect(try component.parameters(as: Double.self, at: "train.rate") == 1.1)
      #expect(try component.parameters(as: Int.self, at: "split.seed") == 7)
      #expect(
        try component.parameters(as: Everything.self)
          == Everything(split: .init(seed: 7), train: training, names: ["a", "b"]))
    }
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    var json = ParameterTests.json
    var path: String
    var problem: ComponentProblem
    var testDescription: String { path }
  }

  static let refusals = [
    Refusal(path: "train.depth", problem: .noParameter("train.depth")),
    Refusal(path: "trane.rate", problem: .noParameter("trane")),
    Refusal(json: "{}", path: "train", problem: .noParameter("train")),
  ]

  @Test("A parameter that the step does not use is named", arguments: refusals)
  func refused(_ refusal: Refusal) throws {
    try withParameters(refusal.json) { (component, _) throws in
      #expect(throws: refusal.problem) {
        try component.parameters(as: Double.self, at: refusal.path)
      }
    }
  }

  @Test("A property without a parameter is named in full")
  func missingProperty() throws {
    try withParameters(#"{"train": {"rate": 0.1}}"#) { (component, _) throws in
      #expect(throws: ComponentProblem.noParameter("train.epochs")) {
        try component.parameters(as: Training.self, at: "train")
      }
    }
  }

  struct Misfit: Sendable {
    var epochs: String
    var reason: String
  }

  static let misfits = [
    Misfit(
      epochs: "0.5",
      reason: "it is the number 0.5, not a whole number from \(Int.min) to \(Int.max)"),
    Misfit(
      epochs: #""many""#,
      reason: #"it is the text "many", not a whole number from \#(Int.min) to \#(Int.max)"#),
    Misfit(
      epochs: "null", reason: "it is null, not a whole number from \(Int.min) to \(Int.max)"),
  ]

  @Test("A value that does not fit is named in full", arguments: misfits)
  func unfit(_ misfit: Misfit) throws {
    let json = #"{"train": {"rate": 0.1, "epochs": \#(misfit.epochs)}}"#
    try withParameters(json) { (component, _) throws in
      let problem = ComponentProblem.parameterUnfit("train.epochs", reason: misfit.reason)
      #expect(throws: problem) { try component.parameters(as: Training.self, at: "train") }
    }
  }

  enum Activation: String, Decodable { case relu, tanh }

  @Test("A value is refused by the type that it is for")
  func refusedByType() throws {
    try withParameters(#"{"a": "relu", "b": "sine", "c": [1, true]}"#) { (component, _) throws in
      #expect(try component.parameters(as: Activation.self, at: "a") == .relu)
      let problem = ComponentProblem.parameterUnfit(
        "b", reason: "Cannot initialize Activation from invalid String value sine")
      #expect(throws: problem) { try component.parameters(as: Activation.self, at: "b") }
      #expect(throws: ComponentProblem.parameterUnfit("c.1", reason: "it is true, not a number")) {
        try component.parameters(as: [Double].self, at: "c")
      }
    }
  }

  @Test("A file that is missing or no JSON is named")
  func unreadable() throws {
    try withParameters("train: 1") { component, path in
      let problem = ComponentProblem.parametersUnreadable(
        path: path, reason: "no value at byte 0")
      #expect(throws: problem) { try component.parameters(as: Training.self, at: "train") }
    }
    let missing = Component(environment: ["PIPELINE_PARAMETERS": "/nowhere/p.json"])
    let problem = ComponentProblem.parametersUnreadable(
      path: "/nowhere/p.json", reason: "open '/nowhere/p.json': No such file or directory")
    #expect(throws: problem) { try missing.parameters(as: Int.self, at: "split.seed") }
  }

  @Test("A step without parameters is told which line to write")
  func none() {
    let problem = ComponentProblem.noParameter("train")
    #expect(throws: problem) {
      try Component(environment: [:]).parameters(as: Training.self, at: "train")
    }
    #expect(problem.description.contains("write 'parameters: [train]' in the step"))
  }
}
