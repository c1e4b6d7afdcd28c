import Testing

/// One word for a thing, in names and in what users read.
///
/// - SeeAlso: `Glossary` in the documentation.
@Suite("Words") struct WordTests {
  /// A word that the glossary does not have, with the one it has.
  static let wrong: [String: String] = [
    "config": "manifest", "configuration": "manifest", "spec": "manifest", "op": "component",
    "template": "component", "task": "step", "job": "step", "stage": "step", "node": "step",
    "rule": "step", "target": "step", "dag": "pipeline", "workflow": "pipeline",
    "option": "parameter", "setting": "parameter", "asset": "artifact", "dependency": "artifact",
    "dependencies": "artifact", "dep": "input", "deps": "input", "signature": "fingerprint",
    "hash": "digest", "checksum": "digest", "dirty": "stale", "outdated": "stale",
    "cache": "store", "cached": "kept", "hit": "kept", "miss": "ran", "checkout": "materialise",
    "hydrate": "materialise",
  ]

  /// A wrong word where it stands: a path with a line, and a name or a text.
  struct Finding: Sendable {
    let word: String
    let file: String
    let line: Int
    let text: String
  }

  /// All that stand in names that we declare and in texts.
  static let findings: [Finding] = Repository.sources.flatMap { file in
    let names = file.declaredNames.map { ($0.line, $0.name, SourceFile.words(of: $0.name)) }
    let texts = file.literals.map { ($0.line, $0.text, SourceFile.words(ofText: $0.text)) }
    return (names + texts).flatMap { line, text, words in
      words.compactMap(singular).map {
        Finding(word: $0, file: file.path, line: line, text: String(text.prefix(80)))
      }
    }
  }

  @Test("Names that we declare and texts that users read have the glossary's words")
  func words() {
    for found in WordTests.findings {
      if ForeignWords.all.contains(where: { $0.allows(found.word, in: found.file) }) { continue }
      let right = WordTests.wrong[found.word] ?? ""
      Issue.record("\(found.file):\(found.line): '\(found.text)' says \(found.word), not \(right)")
    }
  }

  @Test("A foreign word is let in only where it is still used", arguments: ForeignWords.all)
  func used(_ foreign: ForeignWords) {
    let used = WordTests.findings.filter { foreign.allows($0.word, in: $0.file) }.map(\.word)
    #expect(Set(used) == Set(foreign.words), "\(foreign.reason)")
  }

  /// The word as the table above has it; nil where it has none.
  private static func singular(_ word: String) -> String? {
    if wrong[word] != nil { return word }
    let single = String(word.dropLast())
    return word.hasSuffix("s") && wrong[single] != nil ? single : nil
  }
}

extension SourceFile {
  /// Names of types, functions, values, cases and parameters, with their lines.
  var declaredNames: [(line: Int, name: String)] {
    codeLines.enumerated().flatMap { index, line -> [(line: Int, name: String)] in
      let declared = line.matches(
        of: /\b(?:struct|enum|class|actor|protocol|typealias|func|let|var|case) +`?(\w+)/)
      let labels = line.matches(
        of: /(?:^|[(,]) *(?:(\w+) +)?(\w+): +(?:@|\[|inout|borrowing|some|any|[A-Z(])/)
      let names =
        declared.map(\.1) + labels.flatMap { [$0.1, Optional($0.2)].compactMap { $0 } }
      return Set(names.map(String.init)).sorted().map { (index + 1, $0) }
    }
  }

  static func words(ofText text: String) -> [String] {
    text.utf8.split { !(UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) }
      .map { String(decoding: $0, as: UTF8.self).lowercased() }
  }

  /// `peakMemoryBytes` → peak, memory, bytes.
  static func words(of name: String) -> [String] {
    var words: [String] = []
    for character in name {
      if character == "_" {
        words.append("")
      } else if character.isUppercase || words.isEmpty {
        words.append(character.lowercased())
      } else {
        words[words.count - 1] += String(character)
      }
    }
    return words
  }
}
