import PipelineModel
import Testing

@testable import PipelineEngine

@Suite("Hidden secrets") struct HiddenSecretsTests {
  @Test(
    "A secret is hidden however JSON writes it",
    arguments: [
      #"s3\"cr\\e\nt/é🔑<&"#, #"s3\"cr\\e\nt\/é🔑<&"#, #"s3\"cr\\e\nt/\u00e9\ud83d\udd11<&"#,
      #"s3\"cr\\e\nt/\u00E9\uD83D\uDD11<&"#, #"s3\"cr\\e\nt/é🔑\u003c\u0026"#,
      #"s3\"cr\\e\nt\/\u00e9\ud83d\udd11\u003c\u0026"#,
    ])
  func escaped(form: String) {
    let mask = SecretMask(hiding: ["s3\"cr\\e\nt/é🔑<&"])
    #expect(mask.masked("{\"key\": \"\(form)\"}") == "{\"key\": \"***\"}")
  }

  struct Meaning: Sendable {
    var lines: String
    var masked: String
  }

  static let meanings = [
    Meaning(lines: #"{"a": "\u0068ush", "b": 1}"#, masked: #"{"a":"***","b":1}"#),
    Meaning(
      lines: #"{"\u0068us\u0068-x": [{"y": "hus\u0068"}]}"#, masked: #"{"***-x":[{"y":"***"}]}"#),
    Meaning(lines: #"{"a": "no \n secret"}"# + "\n\n", masked: #"{"a": "no \n secret"}"# + "\n\n"),
    Meaning(lines: "{\"a\": 1}\n\\torn \"hus\\u0068", masked: "{\"a\": 1}\n\\torn \"hus\\u0068"),
    Meaning(lines: #"{"n": NaN, "t": "\u0068ush"}"#, masked: #"{"n":"NaN","t":"***"}"#),
  ]

  @Test("A secret is hidden in what a line of JSON means", arguments: meanings)
  func meaning(_ c: Meaning) {
    let shown = SecretMask(hiding: ["hush"]).maskedMeaning(ofLines: Array(c.lines.utf8))
    #expect(String(decoding: shown, as: UTF8.self) == c.masked)
    #expect(SecretMask([]).maskedMeaning(ofLines: Array(c.lines.utf8)) == Array(c.lines.utf8))
  }
}
