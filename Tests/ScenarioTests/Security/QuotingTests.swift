import Foundation
import Testing

/// Values that would be something else to a shell, to YAML or to a terminal.
@Suite("Quoting") struct QuotingTests {
  static let values = [
    "", " ", "  a  b ", "-n", "--", "-rf /", "$(touch owned)", "`touch owned`", "$HOME", "${HOME}",
    "${HOME:-x}", "$((1/0))", "$'x'", "$\"x\"", "$", "$$", "\\", "\\\\", "\\n", "a\\", "\\\"",
    "\\'",
    "\\$(touch owned)", "\\`touch owned\\`", "'", "\"", "'\"'\"'", "'; touch owned; '",
    "\"; touch owned; \"", "'$(touch owned)'", "\"$(touch owned)\"", "; touch owned",
    "& touch owned", "&& touch owned", "| touch owned", "> owned", "< /etc/passwd",
    "<(touch owned)",
    "a\ntouch owned\n", "\n", "a\n\n", "a\r\n", "\r", "\t", "*", "?", "[a-z]", "~", "~root",
    "{a,b}", "{1..9}", "!!", "!$", "# touch owned", "%s%n%d", "%41", "a=b", "PW_1=x", "${PW_1}",
    "\"${PW_1}\"", "'\"${PW_1}\"'", "${{ parameters.t.v0 }}", "$${{", "}}", "EOF",
    "\nEOF\ntouch owned",
    "[x", "{", "key: value", "- item", "&a", "*a", "!tag", "|", ">", "null", "true", "no", "1.10",
    "0x10", "1e3", "é", "e\u{301}", "\u{202E}txt", "\u{1B}[2J\u{1B}]0;title\u{7}", "\u{85}",
    "\u{7F}",
    "\u{FEFF}", "\u{FFFF}", "👩‍👩‍👧", String(repeating: "x", count: 100_000),
  ]

  /// Each value in each kind of quoting.
  private static func script(_ output: String) -> String {
    values.indices.map { index in
      let reference = "${{ parameters.t.v\(index) }}"
      return """
                printf '%s\\0' \(reference) "a\(reference)b" 'c\(reference)d'
                printf '%s\\0' e\(reference)\(reference)f
        """
    }.joined(separator: "\n")
  }

  private static let words = values.indices.map { "\"${{ parameters.t.v\($0) }}\"" }
    .joined(separator: ", ")

  private static let manifest = """
    project: quoting
    parameters-from: [values.json]
    steps:
      sh:
        run: |
          {
    \(script("sh"))
          } > sh.out
        outputs: [sh.out]
      bash:
        shell: bash
        run: |
          {
    \(script("bash"))
          } > bash.out
        outputs: [bash.out]
      words:
        run: [sh, -c, 'printf "%s\\0" "$@" > words.out', sh, \(words)]
        outputs: [words.out]
      parameters:
        run: cp "$PIPELINE_PARAMETERS" ${{ outputs.o }}
        parameters: [t]
        outputs: { o: parameters.out }
      variable:
        run: printf '%s\\0' "$VALUE" > variable.out
        environment: { variables: { VALUE: "${{ parameters.t.v38 }}" } }
        outputs: [variable.out]
      combination:
        matrix: { v: "${{ parameters.list }}" }
        run: printf '%s\\0' "${{ matrix.v }}" >> combinations

    """

  @Test("A parameter and a value of a matrix arrive byte for byte, in whatever quotes they stand")
  func arrive() async throws {
    let tool = try #require(Fixtures.tool)
    let values = QuotingTests.values
    try await Fixtures.turnstile.pass {
      let stage = try Stage(nil, tool: tool)
      func read(_ name: String) throws -> Data {
        try Data(contentsOf: stage.workspace.appending(path: name))
      }
      func lines(_ texts: [String]) -> Data { Data(texts.map { $0 + "\0" }.joined().utf8) }
      let named = Dictionary(
        uniqueKeysWithValues: values.enumerated().map { ("v\($0.offset)", $0.element) })
      let members = values.enumerated().map {
        "\"v\($0.offset)\": \(QuotingTests.json($0.element))"
      }
      let list = values.map(QuotingTests.json).joined(separator: ", ")
      let given = "{\"t\": {\(members.joined(separator: ", "))}, \"list\": [\(list)]}"
      try Data(given.utf8).write(to: stage.workspace.appending(path: "values.json"))
      try Data(QuotingTests.manifest.utf8)
        .write(to: stage.workspace.appending(path: "pipeline.yaml"))
      let ended = try await stage.execute("pipewright run --quiet --jobs 1")
      #expect(ended.code == 0, "\(ended.output)")
      let quoted = lines(values.flatMap { [$0, "a\($0)b", "c\($0)d", "e\($0)\($0)f"] })
      #expect(try read("sh.out") == quoted)
      #expect(try read("bash.out") == quoted)
      #expect(try read("words.out") == lines(values))
      #expect(try read("variable.out") == lines([values[38]]))
      #expect(try read("combinations") == lines(values))
      let told = try JSONSerialization.jsonObject(with: read("parameters.out")) as? [String: Any]
      let received = told?["t"] as? [String: Any] ?? [:]
      // Foundation leaves out a mark of the order of bytes where it reads one.
      let differing = named.filter {
        $0.value != "\u{FEFF}" && received[$0.key] as? String != $0.value
      }
      #expect(received.count == named.count && differing.isEmpty, "\(differing)")
      // Nor does any of them reach the terminal as what it is, though it is told of.
      let controls = Set<Unicode.Scalar>(["\u{1B}", "\u{202E}", "\u{85}"])
      let changes = values.indices
        .filter { !controls.isDisjoint(with: values[$0].unicodeScalars) }
        .map { "-P t.v\($0)=new" }.joined(separator: " ")
      let shown = try await stage.execute(
        "pipewright status parameters \(changes); pipewright graph; pipewright runs list")
      #expect(shown.output.contains("[2J") && shown.output.contains("title"), "\(shown.output)")
      #expect(controls.isDisjoint(with: shown.output.unicodeScalars), "\(shown.output)")
      #expect(
        !FileManager.default.fileExists(atPath: stage.workspace.appending(path: "owned").path))
      await stage.clear()
    }
  }

  /// A text of JSON in which nothing stands that YAML would refuse.
  private static func json(_ text: String) -> String {
    let parts = text.unicodeScalars.map { scalar in
      let isPlain =
        scalar.value > 0x1F && !(0x7F...0x9F).contains(scalar.value)
        && !["\"", "\\", "\u{FEFF}", "\u{FFFF}"].contains(scalar)
      let digits = String(scalar.value, radix: 16)
      return isPlain
        ? String(scalar) : "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
    return "\"\(parts.joined())\""
  }

  static let paths = ["../o", "/tmp/o", "a/../../o", ".pipeline/o", "", "a//b", ".", "a\u{0}b"]

  @Test("A value that leads out of the workspace is refused in a path", arguments: paths)
  func refused(_ path: String) async throws {
    let tool = try #require(Fixtures.tool)
    try await Fixtures.turnstile.pass {
      let stage = try Stage(nil, tool: tool)
      let manifest = """
        project: paths
        parameters: { place: x }
        parameters-from: [values.json]
        steps:
          a: { run: "echo 1 > o", outputs: [ "${{ parameters.place }}" ] }

        """
      try Data(manifest.utf8).write(to: stage.workspace.appending(path: "pipeline.yaml"))
      try Data("{\"place\": \(QuotingTests.json(path))}".utf8)
        .write(to: stage.workspace.appending(path: "values.json"))
      let ended = try await stage.execute("pipewright run; code=$?; ls; exit $code")
      #expect(ended.code == (path == "a//b" ? 1 : 2), "\(ended.output)")
      await stage.clear()
    }
  }
}
