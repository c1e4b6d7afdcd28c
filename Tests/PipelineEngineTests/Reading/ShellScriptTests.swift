import Foundation
import PipelineModel
import Seeds
import Testing

/// Renders scripts and lets real shells say what arrives.
@Suite("Shell scripts in real shells") struct ShellScriptTests {
  static let none = Span(line: 1, column: 1)

  static func read(_ text: String, _ shell: Shell) -> (ShellScript, [Diagnostic]) {
    let reader = TemplateReader(text, at: none)
    let (script, problems) = ShellScript.read(
      Located(reader.template, at: none), shell: shell)
    return (script, reader.problems + problems.filter { $0.severity == .error })
  }

  /// What the script prints, with nothing in its environment but its variables and PATH.
  static func output(
    _ script: String, _ shell: Shell, _ variables: [(name: String, value: [UInt8])]
  ) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      [shell.rawValue, shell == .sh ? "-eu" : "-euo"]
      + (shell == .bash ? ["pipefail"] : []) + ["-c", script]
    var environment = ["PATH": "/usr/bin:/bin", "PIPELINE_CANARY": "canary"]
    for variable in variables {
      environment[variable.name] = String(decoding: variable.value, as: UTF8.self)
    }
    process.environment = environment
    process.currentDirectoryURL = FileManager.default.temporaryDirectory
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let bytes = [UInt8](pipe.fileHandleForReading.readDataToEndOfFile())
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(script)")
    return bytes
  }

  static let fragments = [
    "'", "\"", "\\", "\n", "$(touch hostile)", "`touch hostile`", "*", "?", "[a-z]", "~", "-n",
    "--", " ", "\t", "$PIPELINE_CANARY", "${PIPELINE_CANARY}", "$$", ";", "&", "|", "<", ">", "(",
    ")", "{a,b}", "#", "!", "%s", "größe", "👩‍👩‍👧", "e\u{301}", "\r", "\u{1}", "EOF", "\\\n",
    "${{ inputs.x }}", "a", "1", "=", "PW_1",
  ]

  static func hostile(_ random: inout some RandomNumberGenerator) -> String {
    (0..<Int.random(in: 0...6, using: &random)).map { _ in
      fragments.randomElement(using: &random) ?? ""
    }.joined()
  }

  /// Each prints `[`, the value, `]` and NUL, by another way of quoting.
  static let contexts = [
    "printf '[%s]\\0' ${{ parameters.v }}",
    "printf '[%s]\\0' \"${{ parameters.v }}\"",
    "printf '%s\\0' [${{ parameters.v }}]",
    "printf '%s\\0' \"[${{ parameters.v }}]\"",
    "printf '%s\\0' '[${{ parameters.v }}]'",
    "printf '[%s]\\0' ''${{ parameters.v }}\"\"",
    "x=${{ parameters.v }}; printf '[%s]\\0' \"$x\"",
    "x=${{ parameters.v }} ; case ${{ parameters.v }} in \"$x\") printf '[%s]\\0' \"$x\" ;; esac",
    "f() { printf '[%s]\\0' \"$1\"; }; f ${{ parameters.v }}",
    "for x in ${{ parameters.v }}; do printf '[%s]\\0' \"$x\"; done",
    "x=$(printf '[%s]_' ${{ parameters.v }}); printf '%s\\0' \"${x%_}\"",
    "( (printf '[%s]\\0' ${{ parameters.v }}) )",
    "if true; then printf '[%s]\\0' \\\n${{ parameters.v }}\nfi",
    "# it's ${{ parameters.v }} `\nprintf '[%s]\\0' ${{ parameters.v }}",
    "x=a'b'; : \"${x#a}\" ${#x} $# \"$$\" `echo x`; printf '[%s]\\0' ${{ parameters.v }}",
    "cat <<'EOF' >/dev/null\nit's \"\nEOF\nprintf '[%s]\\0' ${{ parameters.v }}",
    "cat <<-EOF >/dev/null; printf '[%s]\\0' ${{ parameters.v }}\n\tit's \" ) \n\tEOF",
    ": $((1 + (2 * 3))) \"$((4 << 1))\"; printf '[%s]\\0' ${{ parameters.v }}",
    "case x in a|b) ;; (x) printf '[%s]\\0' ${{ parameters.v }};; esac",
    "printf '[%s]\\0' \"\\\"\\\\${{ parameters.v }}\" | cut -b 1,4-",
  ]

  @Test("Whatever a value holds, the command receives it", arguments: Shell.allCases)
  func values(_ shell: Shell) throws {
    var random = SplitMix64(seed: 20)
    for text in ShellScriptTests.contexts {
      let (script, problems) = ShellScriptTests.read(text, shell)
      #expect(problems.isEmpty, "\(text): \(problems)")
      for _ in 0..<12 where !text.contains("cut") {
        let value = ShellScriptTests.hostile(&random)
        let rendered = script.render { _ in [Array(value.utf8)] }
        let output = try ShellScriptTests.output(rendered.script, shell, rendered.variables)
        #expect(output == Array("[\(value)]\0".utf8), "\(text) with \(value.debugDescription)")
      }
    }
  }

  @Test("A list that stands alone is a word for each of its values", arguments: Shell.allCases)
  func lists(_ shell: Shell) throws {
    var random = SplitMix64(seed: 7)
    let text =
      "set -- ${{ inputs.l }} \"${{ parameters.v }}\" ${{ inputs.l }}\nprintf '%s\\0' \"$#\" \"$@\""
    let (script, problems) = ShellScriptTests.read(text, shell)
    #expect(problems.isEmpty)
    #expect(script.listsMustStandAlone.map(\.content.description) == ["parameters.v"])
    for count in 0...4 {
      let values = (0..<count).map { _ in ShellScriptTests.hostile(&random) }
      let rendered = script.render { reference in
        if case .input = reference { values.map { Array($0.utf8) } } else { [Array("v".utf8)] }
      }
      let words = ["\(2 * count + 1)"] + values + ["v"] + values
      let output = try ShellScriptTests.output(rendered.script, shell, rendered.variables)
      #expect(output == words.flatMap { Array($0.utf8) + [0] })
    }
  }

  /// Scripts put together at random: what is not refused must arrive unharmed.
  @Test("A script of any quoting either refuses a value or delivers it", arguments: Shell.allCases)
  func quotings(_ shell: Shell) throws {
    var random = SplitMix64(seed: 99)
    let openings = [
      "\"", "'", "$(", "`", "${x:-", "$((", "(", "\\", "#", "a", " ", "$'", "<<E\n", "\n", ";",
      "{ ",
    ]
    let closings = ["\"", "'", ")", "`", "}", "))", "\n", " ", "E\n", ";"]
    var delivered = 0
    for _ in 0..<400 {
      var text = "x=1\n: "
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        text += openings.randomElement(using: &random) ?? ""
      }
      text += "${{ parameters.v }}"
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        text += closings.randomElement(using: &random) ?? ""
      }
      let (script, problems) = ShellScriptTests.read(text, shell)
      guard problems.isEmpty else { continue }
      let value = "$(echo HOSTILE >&2; echo HOSTILE)`echo HOSTILE`'\"; echo HOSTILE #"
      let rendered = script.render { _ in [Array(value.utf8)] }
      // Not every such script is one that a shell can read; but nothing of the value is executed.
      let output = try ShellScriptTests.outcome(rendered.script, shell, rendered.variables)
      #expect(
        !output.contains("\nHOSTILE") && !output.hasPrefix("HOSTILE"),
        "\(text) -> \(rendered.script)")
      delivered += 1
    }
    #expect(delivered > 20)
  }

  /// Both outputs, whatever the script's fate.
  static func outcome(
    _ script: String, _ shell: Shell, _ variables: [(name: String, value: [UInt8])]
  ) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [shell.rawValue, "-c", script]
    var environment = ["PATH": "/usr/bin:/bin"]
    for variable in variables {
      environment[variable.name] = String(decoding: variable.value, as: UTF8.self)
    }
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: bytes, as: UTF8.self)
  }
}
