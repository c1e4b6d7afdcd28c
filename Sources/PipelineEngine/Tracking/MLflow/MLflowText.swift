import PipelineModel

/// Names and values as MLflow takes them.
enum MLflowText {
  /// What MLflow 3 keeps of a parameter, in characters.
  static let longestParameter = 6_000
  /// What every version of MLflow keeps of a tag.
  static let longestTag = 5_000
  private static let longestName = 250

  /// A name with letters, digits, `_`, `-`, `.`, blanks and single slashes; all else becomes `_`.
  static func name(_ text: String) -> String {
    let plain = text.map { character in
      let isPlain =
        character.isASCII ? character.isLetter || character.isNumber : character.isLetter
      return isPlain || "_-./ ".contains(character) ? character : "_"
    }
    // It may become a file's name on the server, which must not lead elsewhere.
    let parts = String(plain).split(separator: "/", omittingEmptySubsequences: false).map {
      $0.isEmpty || $0.allSatisfy { $0 == "." } ? "_" : String($0)
    }
    let name = parts.joined(separator: "/")
    guard name.utf8.count > longestName else { return name }
    return "\(name.prefix(50))-\(Digest(of: text).short)"
  }

  /// The names, none twice, and none changed more than it has to be.
  static func unique(_ texts: [String]) -> [String] {
    var taken = Set(texts.filter { name($0) == $0 })
    return texts.map { text in
      let plain = name(text)
      if plain == text { return text }
      if taken.insert(plain).inserted { return plain }
      let other = "\(plain.prefix(200))-\(Digest(of: text).short)"
      taken.insert(other)
      return other
    }
  }

  static func unique(_ texts: [ExportedText]) -> [ExportedText] {
    zip(unique(texts.map(\.name)), texts).map { ExportedText($0, $1.value) }
  }

  /// A number as MLflow's JSON has it.
  static func value(_ number: Double) -> Value {
    if number.isNaN { return .text("NaN") }
    if number.isInfinite { return .text(number > 0 ? "Infinity" : "-Infinity") }
    return .number("\(number)")
  }

  /// What `value` wrote.
  static func number(_ value: Value?) -> Double? {
    value?.double ?? value?.text.flatMap(Double.init)
  }

  /// Where a file goes among a run's artifacts, escaped for a URL.
  ///
  /// The server refuses `#`, and unescapes `%` once more than it should.
  static func place(_ path: Path) -> String {
    URLText.escapedPath(stored(path).utf8)
  }

  /// The same as the server lists it.
  static func stored(_ path: Path) -> String {
    String(path.description.map { $0 == "#" || $0 == "%" ? "_" : $0 })
  }
}
