import Seeds

/// Keys, values and bytes that files of this program have, or had better not.
enum Words {
  /// A key of any of the files.
  static func key(_ random: inout SplitMix64) -> String { keys[random.below(keys.count)] }

  /// A value, mostly in a wrong place.
  static func value(_ random: inout SplitMix64) -> String {
    switch random.below(12) {
    case 0: return "\(Int64(bitPattern: random.next()))"
    case 1: return "\(Double(bitPattern: random.next()))"
    case 2: return "[\(value(&random)), \(value(&random))]"
    case 3: return "{ \(key(&random)): \(value(&random)), b: \(value(&random)) }"
    case 4: return "\"\(values[random.below(values.count)])\""
    case 5: return "\(random.below(300))"
    case 6: return key(&random)
    default: return values[random.below(values.count)]
    }
  }

  /// What an editor, another system or an attacker puts into a text.
  static func bytes(_ random: inout SplitMix64) -> [UInt8] { pieces[random.below(pieces.count)] }

  private static let keys =
    """
    project parameters parameters-from steps ignore outside models registry component arguments run
    shell inputs outputs sources matrix after environment resources timeout retry directory role
    description frozen always manual effects allow-failure platform path kind x y store persist
    variables pass secrets tools times on include exclude from better metric goal by require deploy
    cpus memory gpus method seed trials stop at-least at-most uniform log-uniform integers step
    epoch time schema id who model act alias version digest size artifact why metrics experiment
    commit key fields name value outputs log workspace finished seconds cpuSeconds peakMemoryBytes
    attempts stored a b é
    """.split { $0 == " " || $0 == "\n" }.map(String.init)

  private static let values =
    [
      "", "~", "null", "true", "no", "0", "-0", "-1", "1e999", "-1e999", "1e-999", "1e5", "01",
      "+1",
      "9223372036854775807", "9223372036854775808", "-9223372036854775808",
      "18446744073709551616", "0.\(String(repeating: "9", count: 400))", ".nan", "-.inf", "NaN",
      "Infinity", "-Infinity", "0x10", "1_000", "12:30", "2001-01-01", "''", "[]", "{}", "[[]]",
      "{a: {}}", "*a", "&a b", "&a [*a]", "!!str 1", "!!binary aGk=", "!foo bar", "|", ">-", "|+9",
      "? a", "- a", "a: b", "<<: *a", "=", "@x", "`x`", "%x", "a.b", "./a", "../a", "/abs",
      "a/../b", ".", "..", "a//b", "a/", "*", "**", "**/*", "[a", "[!a]", "\\", "file:x", "file:",
      "https://x", "swift:A", "swift:", "${{", "${{}}", "${{ parameters }}", "${{ parameters.a }}",
      "${{ inputs.x }}", "${{ outputs.o }}", "${{ matrix.x }}", "${{ step.name }}", "$${{ x }}",
      "${{ ${{ }} }}", "90s", "1h30m", "99999999999999999999h", "1e9s", "-1s", "0s", "2GB",
      "99999999999999999999GB", "1.5GB", "range(0, 1, 0.1)", "range(0,1,0)", "range(1,1e9,1)",
      "range(1e308,-1e308,-1)", "range(,)", "a@b=c.d", "a@", "@", "train.model", "x >= 0.9", ">= 1",
      "x >=", "x == nan", "not not x", "((x))", "x and y or z", "train.model:v3", "m@production",
      ":latest", "v99999999999999999999", "é", "e\u{301}", "\u{202E}", "\u{FEFF}", "\u{2028}",
      "\u{1F600}", "\u{1B}[31m", "\u{0}", "\u{7F}", "\u{85}", "2026-01-01T00:00:00Z",
      "2026-02-30T25:61:61.9999999999Z", "9999-12-31T23:59:59Z", "-1-01-01T00:00:00Z",
      "sha256:\(String(repeating: "a", count: 64))", "sha256:",
      "sha256:\(String(repeating: "A", count: 64))",
      "file", "directory", "executable", "maximize", "metrics", "plot", "bash", "any",
    ] + [
      String(repeating: "a", count: 3000), String(repeating: "a.", count: 300),
      Array(repeating: "a", count: 500).joined(separator: "/"),
      String(repeating: "[", count: 120), String(repeating: "{a: ", count: 70),
      String(repeating: "\"$(", count: 80), String(repeating: "${a:-", count: 80),
    ]

  private static let pieces: [[UInt8]] =
    [
      "\u{0}", "\u{FEFF}", "\r", "\r\n", "\n", "\t", "\u{1B}[2J", "\u{7F}", "\u{85}", "\u{2028}",
      "---\n", "...\n", "%YAML 1.2\n", " #", ": ", "- ", "? ", "{", "}", "[", "]", ",", "&a ", "*a",
      "'", "\"", "|\n", ">\n", "\\", "\\u0000", "\\ud800", "\\ud83d\\ude00", "\\x41", "${{", "}}",
      "<<<<<<< a\n", "$(", "`", "<<EOF\n", "$((", "\u{301}", "\u{1F468}\u{200D}\u{1F469}",
    ].map { Array($0.utf8) }
    + [
      [0xFF], [0xFE, 0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
      [0xE2, 0x28], [0xE2, 0x80],
    ]
}
