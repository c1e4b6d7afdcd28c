import Testing

@testable import PipelineModel

@Suite("Version references") struct VersionReferenceTests {
  struct Case: Sendable {
    var text: String
    /// What the subject is, and its name.
    var subject: String
    var version = VersionReference.Version.latest
    /// Where it is written in another way than it was read.
    var printed: String?
  }

  static let cases = [
    Case(text: "train.model", subject: "artifact train.model"),
    Case(text: "train.model:v3", subject: "artifact train.model", version: .number(3)),
    Case(text: "train.model:latest", subject: "artifact train.model", printed: "train.model"),
    Case(
      text: "train.model@best", subject: "artifact train.model", version: .alias(name("best"))),
    Case(text: "train@seed=1.model", subject: "artifact train@seed=1.model"),
    Case(
      text: "train@rate=0.1,seed=2.model:v12", subject: "artifact train@rate=0.1,seed=2.model",
      version: .number(12)),
    Case(
      text: "train@rate=0.1.model@production", subject: "artifact train@rate=0.1.model",
      version: .alias(name("production"))),
    Case(text: "train@at=a%40b.model", subject: "artifact train@at=a%40b.model"),
    Case(text: "train@seed=.model", subject: "artifact train@seed=.model"),
    Case(text: "penguin-classifier", subject: "model penguin-classifier"),
    Case(
      text: "penguin-classifier:v3", subject: "model penguin-classifier", version: .number(3)),
    Case(
      text: "penguin-classifier@production", subject: "model penguin-classifier",
      version: .alias(name("production"))),
    Case(text: "v3:v3", subject: "model v3", version: .number(3)),
    Case(text: "fetch:Data/raw.csv", subject: "path fetch:Data/raw.csv"),
    Case(text: "fetch:Data/raw.csv:v2", subject: "path fetch:Data/raw.csv", version: .number(2)),
    Case(
      text: "fetch:Data/a@b:latest", subject: "path fetch:Data/a@b", printed: "fetch:Data/a@b"),
    Case(text: "fetch@rate=0.1:out/x", subject: "path fetch@rate=0.1:out/x"),
    Case(text: "fetch:a:b:v1", subject: "path fetch:a:b", version: .number(1)),
    Case(text: "fetch:./v3", subject: "path fetch:v3", printed: "fetch:v3:latest"),
    Case(text: "fetch:v3:v2", subject: "path fetch:v3", version: .number(2)),
    Case(text: "fetch:a:7:latest", subject: "path fetch:a:7"),
    Case(text: "fetch:Data/v3", subject: "path fetch:Data/v3"),
  ]

  @Test("A reference is read, and reads back as it is written", arguments: cases)
  func read(_ c: Case) throws {
    let reference = try VersionReference.read(c.text)
    let kind =
      switch reference.subject {
      case .artifact: "artifact"
      case .path: "path"
      case .model: "model"
      }
    #expect("\(kind) \(reference.name)" == c.subject)
    #expect(reference.version == c.version)
    #expect(reference.description == c.printed ?? c.text)
    #expect(try VersionReference.read(reference.description) == reference)
  }

  static let refused = [
    ("", "write it like train.model:v3 or penguin-classifier@production"),
    (":v3", "write it like train.model:v3 or penguin-classifier@production"),
    ("train.model:3", "write 'train.model:v3'"),
    ("train.model:V3", "write 'train.model:v3'"),
    ("train.model:v03", "write 'train.model:v3'"),
    ("train.model:v0", "write 'train.model:v1'"),
    ("train.model:v99999999999999999999", "write 'train.model:latest'"),
    ("train.model:Latest", "write 'train.model:latest'"),
    ("train.model:production", "write 'train.model@production' where it is an alias"),
    ("train.model:", "write 'train.model:latest'"),
    ("train.model@v3", "write 'train.model:v3'"),
    ("penguins@latest", "write 'penguins:latest'"),
    ("penguins@", "write it like 'penguins@production'"),
    ("penguins@1.0", "write it like 'penguins@production'"),
    ("@production", "write it like train.model:v3 or penguin-classifier@production"),
    ("evaluate.scores.accuracy", "write 'evaluate.scores'"),
    ("train@seed=1", "write 'train@seed=1.' and the name of its output"),
    ("train@seed=1:v3", "write 'train@seed=1.' and the name of its output"),
    ("train@rate=0.1", "write 'train@rate=0.1.' and the name of its output"),
    ("train@=1.model", "write it like train.model:v3 or penguin-classifier@production"),
    ("train@seed=1,.model", "write it like train.model:v3 or penguin-classifier@production"),
    ("fetch:/etc/passwd", "write the path as the manifest has it"),
    ("fetch:../raw.csv", "write the path as the manifest has it"),
    ("fetch:", "write the path as the manifest has it"),
    ("my model", "write it like train.model:v3 or penguin-classifier@production"),
  ]

  @Test("What is no reference is refused with an act", arguments: refused)
  func refuse(_ text: String, hint: String) {
    do throws(VersionReference.Problem) {
      Issue.record("'\(text)' is read as \(try VersionReference.read(text))")
    } catch {
      #expect(error.hint == hint)
    }
  }

  @Test(
    "An alias cannot look like a version",
    arguments: [
      ("production", true), ("v3", false), ("V3", false), ("latest", false), ("v3a", true),
      ("v", true),
    ])
  func alias(_ text: String, may: Bool) {
    #expect(VersionReference.isAlias(VersionReferenceTests.name(text)) == may)
  }

  private static func name(_ text: String) -> Name {
    guard let name = Name(text) else { preconditionFailure("\(text) is no name") }
    return name
  }
}
