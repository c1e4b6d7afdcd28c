/// Files that a command names as its own code, without their being declared.
///
/// The first word if it has a slash (without, it is found through PATH), and the first word behind
/// a known interpreter that is no option; behind a `cd`, as seen from there too. Only words that
/// stand there literally; whether such a file exists is for others to see.
package enum ImplicitSources {
  /// The candidates of a step's work, as written, each once.
  package static func candidates(_ work: Work) -> [String] {
    switch work {
    case .swift: []
    case .script(let script): script.sources
    case .command(let words): unique(candidates(words.map { $0.content.literal }[...]))
    }
  }

  /// The candidates of a script.
  package static func candidates(_ script: Template, shell: Shell) -> [String] {
    var lexer = ShellLexer(script, shell: shell)
    lexer.run()
    return candidates(lexer.commands)
  }

  /// The candidates of every simple command of a script, each once.
  static func candidates(_ commands: [[String?]]) -> [String] {
    var place: String?
    var found: [String] = []
    for words in commands {
      let words = words.drop { $0.map(isAssignment) ?? false }
      if words.first == "cd" {
        place = words.dropFirst().first.flatMap { $0 }.map { joined(place, $0) }
        continue
      }
      for word in candidates(words) {
        // Where a subshell ends is not seen, so it may be meant from either place.
        if let place { found.append(joined(place, word)) }
        found.append(word)
      }
    }
    return unique(found)
  }

  /// - Parameter words: nil for those that only the shell, or binding, knows.
  private static func candidates(_ words: ArraySlice<String?>) -> [String] {
    let words = behindPrefixes(words)
    guard let first = words.first, let command = first, !command.isEmpty else { return [] }
    let utf8 = command.utf8
    let own =
      utf8.contains(UInt8(ascii: "/")) || utf8.suffix(3).elementsEqual(".py".utf8)
      ? [command] : []
    let operand = operand(of: name(command), Array(words.dropFirst()))
    return own + (operand.map { [$0] } ?? [])
  }

  /// Programs that execute the command behind them, each with its options that take a word.
  private static let prefixes: [String: Set<String>] = [
    "env": ["-u", "--unset", "-C", "--chdir"], "exec": ["-a"], "nice": ["-n", "--adjustment"],
    "nohup": [], "time": ["-f", "--format", "-o", "--output"], "poetry run": [],
    "uv run": [
      "--with", "--with-requirements", "--extra", "--group", "--package", "--project",
      "--directory", "--env-file", "--python", "-p", "--index",
    ],
  ]

  /// The command that is left when what stands before it only says how it is executed.
  private static func behindPrefixes(_ words: ArraySlice<String?>) -> ArraySlice<String?> {
    var rest = words
    while let word = rest.first, let command = word {
      var prefix = name(command)
      var behind = rest.dropFirst()
      if behind.first == "run" {
        prefix += " run"
        behind.removeFirst()
      }
      guard let takingNext = prefixes[prefix] else { return rest }
      while let word = behind.first, let option = word,
        option.utf8.starts(with: "-".utf8) || (prefix == "env" && isAssignment(option))
      {
        behind.removeFirst()
        if option == "--" { break }
        if takingNext.contains(option) { _ = behind.popFirst() }
      }
      rest = behind
    }
    return rest
  }

  /// A word as seen from where the command began.
  private static func joined(_ place: String?, _ word: String) -> String {
    guard let place, !word.utf8.starts(with: "/".utf8) else { return word }
    return "\(place)/\(word)"
  }

  /// The program that an interpreter is told to execute.
  private static func operand(of interpreter: String, _ words: [String?]) -> String? {
    switch interpreter {
    case "awk", "gawk", "mawk", "sed":
      guard let option = words.firstIndex(of: "-f"), option + 1 < words.count else { return nil }
      return words[option + 1]
    case "sh", "bash", "dash", "zsh":
      // Letters stand together: `-ec` says a program, `-euo` takes the next word.
      return operand(
        words, isProgram: { isCluster($0) && $0.utf8.contains(UInt8(ascii: "c")) },
        takesNext: { isCluster($0) && "oO".utf8.contains($0.utf8.last ?? 0) })
    case "Rscript", "node", "perl", "ruby", "julia":
      return operand(
        words, isProgram: { ["-e", "-E", "--eval", "-p", "--print"].contains($0) },
        takesNext: { _ in false })
    default:
      guard isPython(interpreter) else { return nil }
      return operand(
        words, isProgram: { ["-c", "-m"].contains($0) }, takesNext: { ["-W", "-X"].contains($0) })
    }
  }

  /// The first word that is no option; nil behind an option that says another program.
  private static func operand(
    _ words: [String?], isProgram: (String) -> Bool, takesNext: (String) -> Bool
  ) -> String? {
    var rest = words[...]
    while let next = rest.popFirst() {
      guard let word = next else { return nil }
      if isProgram(word) { return nil }
      if word == "--" { return rest.first ?? nil }
      if takesNext(word) { _ = rest.popFirst() }
      if !word.utf8.starts(with: "-".utf8) { return word.isEmpty ? nil : word }
    }
    return nil
  }

  /// `-eu`: one dash and letters.
  private static func isCluster(_ word: String) -> Bool {
    word.utf8.starts(with: "-".utf8) && !word.utf8.starts(with: "--".utf8)
  }

  private static func isPython(_ name: String) -> Bool {
    guard name.utf8.starts(with: "python".utf8) else { return false }
    return name.utf8.dropFirst(6).allSatisfy {
      ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")) || $0 == UInt8(ascii: ".")
    }
  }

  private static func name(_ command: String) -> String {
    String(decoding: Path(command).name, as: UTF8.self)
  }

  private static func isAssignment(_ word: String) -> Bool {
    guard let equals = word.utf8.firstIndex(of: UInt8(ascii: "=")) else { return false }
    let name = word[..<equals].utf8.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "a") : $0 }
    let text = String(decoding: name, as: UTF8.self)
    return Name(text) != nil && !text.utf8.contains(UInt8(ascii: "-"))
  }

  private static func unique(_ words: [String]) -> [String] {
    if words.count < 2 { return words }
    var seen: Set<[UInt8]> = []
    return words.filter { seen.insert(Array($0.utf8)).inserted }
  }
}
