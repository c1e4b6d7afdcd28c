import Testing

@testable import PipelineModel

/// Digests that tell themselves apart by their first digits.
func digest(_ lead: String) -> Digest {
  Digest(lead + String(repeating: "0", count: 64 - lead.count)) ?? Digest(bytes: [])
}

private let old = digest("3f2a11b0").description
private let new = digest("9c01aa22").description

@Suite("Reasons as text") struct ReasonTests {
  struct Case: Sendable {
    var reason: Reason
    var text: String
    /// Nil where it is the text.
    var brief: String?
    var code: String
  }

  static func changed(
    _ kind: Field.Kind, _ name: String = "", from: String, to: String
  ) -> Reason {
    .changed(from: Field(kind, name, value: from), to: Field(kind, name, value: to))
  }

  static func input(_ name: String, _ path: String, _ value: String) -> Field {
    Field(.input, name, path: path, value: value)
  }

  static let plain = [
    Case(reason: .forced, text: "forced", code: "forced"),
    Case(reason: .always, text: "always executes", code: "always"),
    Case(reason: .firstRun, text: "first run", code: "first-run"),
    Case(reason: .neverSucceeded, text: "has never succeeded", code: "never-succeeded"),
    Case(
      reason: .resultMissing, text: "result was never recorded or has been removed",
      code: "result-missing"),
    Case(
      reason: .resultElsewhere,
      text: "result was made in another workspace, and this step has effects",
      code: "result-elsewhere"),
    Case(
      reason: .outputMissing("Models/model.json"), text: "output Models/model.json is missing",
      code: "output-missing"),
    Case(
      reason: .outputChanged(
        "m.json", from: Content(kind: .file, digest: digest("3f2a11b0"), sizeBytes: 1),
        to: Content(kind: .directory, digest: digest("9c01aa22"), sizeBytes: 1)),
      text: "output m.json was changed by hand: file 3f2a11b0 → directory 9c01aa22",
      brief: "output m.json was changed by hand", code: "output-changed-by-hand"),
    Case(
      reason: .outputReplaced("m.json"),
      text: "output m.json is or holds a link or a special file that no step may write",
      brief: "output m.json was changed by hand", code: "output-replaced"),
    Case(
      reason: .outputNotStored("m.json"), text: "output m.json is not in the store",
      code: "output-not-stored"),
  ]

  static let changes = [
    Case(
      reason: changed(.format, from: "1", to: "2"), text: "key format changed: 1 → 2",
      brief: "key format changed", code: "format-changed"),
    Case(
      reason: changed(.command, from: "a", to: "b"), text: #"command changed: "a" → "b""#,
      brief: "command changed", code: "command-changed"),
    Case(
      reason: changed(
        .command, from: "python3 Scripts/train.py --epochs 10\npython3 Scripts/check.py",
        to: "python3 Scripts/train.py --epochs 20\npython3 Scripts/check.py"),
      text: #"command changed: "…py --epochs 10⏎python3 Sc…" → "…py --epochs 20⏎python3 Sc…""#,
      brief: "command changed", code: "command-changed"),
    Case(
      reason: changed(
        .command, from: #"["swift:Train","--name","a b"]"#, to: #"["swift:Train","--name"]"#),
      text: #"command changed: "swift:Train --name 'a b'" → "swift:Train --name""#,
      brief: "command changed", code: "command-changed"),
    Case(
      reason: changed(.shell, from: "sh", to: "bash"), text: "shell changed: sh → bash",
      code: "shell-changed"),
    Case(
      reason: changed(.directory, from: ".", to: "Code"), text: "directory changed: . → Code",
      code: "directory-changed"),
    Case(
      reason: changed(.stepName, from: "a", to: "b"), text: "step name changed: a → b",
      brief: "step name changed", code: "step-name-changed"),
    Case(
      reason: changed(.source, "Scripts/check.py", from: old, to: new),
      text: "source Scripts/check.py changed: 3f2a11b0 → 9c01aa22",
      brief: "source Scripts/check.py changed", code: "source-changed"),
    Case(
      reason: changed(.source, "x.py", from: old, to: "executable \(old)"),
      text: "source x.py changed: file 3f2a11b0 → executable 3f2a11b0",
      brief: "source x.py changed", code: "source-changed"),
    Case(
      reason: changed(.component, "Train", from: old, to: new),
      text: "component Train changed: identity 3f2a11b0 → 9c01aa22",
      brief: "component Train changed", code: "component-changed"),
    Case(
      reason: changed(.variable, "X", from: "1", to: "2"),
      text: #"variable X changed: "1" → "2""#, code: "variable-changed"),
    Case(
      reason: changed(.tool, "python3", from: old, to: new),
      text: "tool python3 changed: 3f2a11b0 → 9c01aa22", brief: "tool python3 changed",
      code: "tool-changed"),
    Case(
      reason: changed(.parameter, "train.rate", from: "0.1", to: "0.01"),
      text: "parameter train.rate changed: 0.1 → 0.01", code: "parameter-changed"),
    Case(
      reason: changed(.parameter, "seed", from: "1", to: "\"1\""),
      text: #"parameter seed changed: 1 → "1""#, code: "parameter-changed"),
    Case(
      reason: changed(.parameter, "note", from: "\"one two three four\"", to: "\"five\""),
      text: #"parameter note changed: "one two three four" → "five""#,
      brief: "parameter note changed", code: "parameter-changed"),
    Case(
      reason: changed(.matrix, "seed", from: "1", to: "2"),
      text: "dimension seed changed: 1 → 2", code: "matrix-changed"),
    Case(
      reason: changed(.platform, from: "linux-x86_64", to: "macos-arm64"),
      text: "platform changed: linux-x86_64 → macos-arm64", code: "platform-changed"),
    Case(
      reason: .changed(
        from: input("raw", "Data/raw.csv", old), to: input("raw", "Data/raw.csv", new)),
      text: "input raw (Data/raw.csv) changed: 3f2a11b0 → 9c01aa22", brief: "input raw changed",
      code: "input-changed"),
    Case(
      reason: .changed(from: input("", "raw.csv", old), to: input("", "raw.csv", new)),
      text: "input raw.csv changed: 3f2a11b0 → 9c01aa22", brief: "input raw.csv changed",
      code: "input-changed"),
    Case(
      reason: .changed(
        from: input("raw", "Data/raw.csv", old), to: input("raw", "Data/other.csv", new)),
      text: "input raw now reads Data/other.csv, before Data/raw.csv", code: "input-changed"),
    Case(
      reason: .changed(
        from: Field(.output, "model", path: "a", value: ""),
        to: Field(.output, "model", path: "b", value: "")),
      text: "output model now goes to b, before a", code: "declared-output-changed"),
    Case(
      reason: .changed(
        from: Field(.output, "model", path: "a", value: ""),
        to: Field(.output, "model", path: "a", value: "persistent")),
      text: "output model (a) changed: replaced → persistent", brief: "output model changed",
      code: "declared-output-changed"),
  ]

  static let comings = [
    Case(
      reason: .added(Field(.source, "x.py", value: new)), text: "source x.py added",
      code: "source-added"),
    Case(
      reason: .removed(input("parts[]", "Data/a.csv", old)),
      text: "input parts (Data/a.csv) removed", brief: "input Data/a.csv removed",
      code: "input-removed"),
    Case(
      reason: .added(Field(.parameter, "rate", value: "0.1")),
      text: "parameter rate added: 0.1", brief: "parameter rate added", code: "parameter-added"),
    Case(
      reason: .removed(Field(.variable, "A", value: "x\u{1B}[2J\ty")),
      text: "variable A removed: \"x\u{FFFD}[2J⇥y\"", brief: "variable A removed",
      code: "variable-removed"),
    Case(
      reason: .removed(Field(.platform, value: "linux-x86_64")),
      text: "platform removed: linux-x86_64", brief: "platform removed", code: "platform-removed"),
  ]

  @Test("Every reason has its line and its code", arguments: plain + changes + comings)
  func text(_ c: Case) {
    #expect(c.reason.text == c.text)
    #expect(c.reason.brief == c.brief ?? c.text)
    #expect(c.reason.code == c.code)
    #expect(c.reason.json["code"] == .text(c.code))
  }

  @Test("As JSON a reason keeps whole digests and the type of values")
  func json() {
    let parameter = ReasonTests.changed(.parameter, "seed", from: "1", to: "\"1\"")
    #expect(
      JSON.text(parameter.json) == #"{"code":"parameter-changed","#
        + #""text":"parameter seed changed: 1 → \"1\"","name":"seed","from":1,"to":"1"}"#)
    let moved = Reason.changed(
      from: ReasonTests.input("raw", "a.csv", old), to: ReasonTests.input("raw", "b.csv", new))
    #expect(
      JSON.text(moved.json) == #"{"code":"input-changed","#
        + #""text":"input raw now reads b.csv, before a.csv","name":"raw","path":"b.csv","#
        + #""fromPath":"a.csv","from":"\#(old)","to":"\#(new)"}"#)
    #expect(
      JSON.text(Reason.outputMissing("m").json)
        == #"{"code":"output-missing","text":"output m is missing","path":"m"}"#)
  }

  @Test("A long value is shown by the part that differs")
  func longValues() {
    let lead = String(repeating: "x", count: 100_000)
    let reason = ReasonTests.changed(
      .command, from: lead + "a", to: lead + String(repeating: "b", count: 1_000))
    #expect(
      reason.text == #"command changed: "…xxxxxxxxxxxxa" → "…xxxxxxxxxxxx"#
        + String(repeating: "b", count: 48) + #"…""#)
  }
}
